"""What long work brought, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.support.formats import Formats
from desktop.support.translation import tr
from domain.scoring import ClassifierVersion

if TYPE_CHECKING:  # at run time it would bring DuckDB into the window
    from domain.pipeline import ScoringResult


def trained_words(version: ClassifierVersion, formats: Formats) -> str:
    precision = dict(version.metrics).get("average_precision")
    rows, frauds = formats.count(version.rows), formats.count(version.frauds)
    told = [
        tr("A classifier was trained on {rows} transactions, {frauds} of them known fraud.", rows=rows, frauds=frauds)
    ]
    if precision is not None:
        told.append(tr("Average precision {value}.", value=formats.decimal(precision, 3)))
    return " ".join([*told, tr("Score next.")])


def scored_words(result: ScoringResult, formats: Formats) -> str:
    scored, alerts, upstream = (formats.count(n) for n in (result.scored, result.alerts, result.upstream))
    return tr(
        "{scored} transactions were scored: {alerts} alerts, {upstream} of them flagged upstream.",
        scored=scored,
        alerts=alerts,
        upstream=upstream,
    )
