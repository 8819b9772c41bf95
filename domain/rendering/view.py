"""A report as lines of text and a few numbers to draw: what PDF, HTML and spreadsheet show, in one wording.

All text is printable (see rendering.text), so a rendering only has to escape for its own format.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.rendering import wording
from domain.rendering.case_view import CaseView, Pairs, case_view
from domain.rendering.charts import Chart, charts, figures
from domain.rendering.template import Brand, Section
from domain.rendering.text import cut, moment, printable, probability, short, shown
from domain.reporting import Drift, Report
from domain.summary import summarise
from domain.suspicion import DRAFT


@dataclass(frozen=True, slots=True)
class ReportView:
    """The whole report."""

    title: str
    institution: str
    note: str
    sections: tuple[Section, ...]
    created_at: str
    store: str
    confidential: str
    machine_drafted: str
    draft_notice: str
    about: Pairs
    bands: Pairs
    dispositions: Pairs
    sentences: Pairs
    figures: Pairs
    charts: tuple[Chart, ...]
    cases: tuple[CaseView, ...]
    definitions: Pairs
    classifier: Pairs
    metrics: Pairs
    limits: tuple[str, ...]
    audit: Pairs


def view(report: Report, brand: Brand) -> ReportView:
    """Everything as shown, in the report's order; of a volume its own cases, the summary and model in the first."""
    counts, summary, volume = report.counts, summarise(report), report.volume
    first = volume is None or volume.number == 1
    start, stop = (volume.start, volume.stop) if volume else (0, None)
    return ReportView(
        title=cut(printable(brand.title or report.title), 120).strip() or "Report",
        institution=short(brand.institution),
        note=printable(brand.note),
        sections=tuple(section for section in brand.sections if first or section not in ("summary", "model")),
        created_at=moment(report.created_at),
        store=printable(report.store),
        confidential=printable(brand.confidential) or wording.CONFIDENTIAL,
        machine_drafted=wording.MACHINE_DRAFTED if counts.drafts else wording.NOT_DRAFTED,
        draft_notice=DRAFT,
        about=_about(report),
        bands=_labelled(counts.bands, wording.BANDS),
        dispositions=_labelled(counts.dispositions, wording.DISPOSITIONS),
        sentences=_labelled(counts.sentences, wording.STATUSES),
        figures=figures(report, summary),
        charts=charts(report, summary),
        cases=tuple(case_view(number, case) for number, case in enumerate(report.cases[start:stop], start + 1)),
        definitions=wording.DEFINITIONS,
        classifier=_classifier(report),
        metrics=_metrics(report),
        limits=wording.LIMITS,
        audit=_audit(report),
    )


def _about(report: Report) -> Pairs:
    scope, counts = report.scope, report.counts
    filters = "; ".join(f"{name}: {value}" for name, value in scope.filters) or "all alerts"
    limit = "no limit" if scope.limit is None else f"the first {scope.limit:,} by the queue's order"
    classifier = report.classifier.classifier_id[:16] if report.classifier else "none"
    return (
        *_volume(report),
        ("Created", moment(report.created_at)),
        ("Store", shown(report.store)),
        ("Scope", shown(f"{filters}; {limit}")),
        ("Period", _period(report)),
        ("Cases", f"{counts.cases:,} of {scope.available:,} that match"),
        ("Masking", wording.MASKS[report.mask]),
        ("Classifier", classifier),
        ("Alert threshold", probability(report.threshold) if report.threshold is not None else "stated with each case"),
        ("Drafts that passed unmended", f"{counts.drafts_verified:,} of {counts.drafts:,} by the language model"),
    )


def _volume(report: Report) -> Pairs:
    volume = report.volume
    if volume is None:
        return ()
    cases = f"cases {volume.start + 1:,} to {volume.stop:,} of {len(report.cases):,}"
    return (("Volume", f"{volume.number} of {volume.of}: {cases}"),)


def _classifier(report: Report) -> Pairs:
    version = report.classifier
    if version is None:
        return ()
    return (
        ("Version (sha256)", version.classifier_id),
        ("Trained", moment(version.created_at)),
        ("Trained on", f"{version.trained_from:%Y-%m-%d} until {version.trained_until:%Y-%m-%d}"),
        ("Rows", f"{version.rows:,}, of which {version.frauds:,} known fraud"),
        ("Features", f"{len(version.features):,}"),
        ("Seed", str(version.seed)),
        ("Alert threshold", probability(report.threshold) if report.threshold is not None else "stated with each case"),
        ("Drift of the scores", _drift(report.drift)),
    )


def _drift(drift: Drift | None) -> str:
    """By the usual bounds of the population stability index."""
    if drift is None:
        return "not measured: there are no scores from before and after the training period's end"
    state = (
        "stable"
        if drift.index < 0.1
        else "moderate, to be watched"
        if drift.index < 0.25
        else "large, to be validated anew"
    )
    counted = f"{drift.trained:,} scores of the training period, {drift.since:,} since"
    return f"{state} (population stability index {drift.index:.3f}; {counted})"


def _period(report: Report) -> str:
    times = [case.transaction.occurred_at for case in report.cases]
    return f"{min(times):%Y-%m-%d} to {max(times):%Y-%m-%d}" if times else "no transaction"


def _audit(report: Report) -> Pairs:
    head = (("Audit head", report.audit.hash), ("Entries", f"{report.audit.entries:,}"))
    if report.seal is None:
        return head
    seal = report.seal
    return (
        *head,
        ("Content (sha256)", seal.document),
        ("Signature (Ed25519)", seal.signature),
        ("Key (sha256)", seal.key),
    )


def _metrics(report: Report) -> Pairs:
    version = report.classifier
    if version is None:
        return ()
    return tuple((wording.METRICS.get(name, shown(name)), _metric(name, value)) for name, value in version.metrics)


def _metric(name: str, value: float) -> str:
    return f"{value:,.0f}" if name in wording.COUNTED_METRICS else f"{value:.4f}"


def _labelled(tally: Sequence[tuple[str, int]], labels: dict[str, str]) -> Pairs:
    return tuple((labels[key], f"{count:,}") for key, count in tally)
