"""A proposal in words and figures. No widgets."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from desktop.screens.threshold.view_model import Proposed
from desktop.support.formats import Formats
from desktop.support.translation import mark, tr, trn
from desktop.tables.changed_alerts_model import ChangedAlert
from domain.thresholds import AlertBudget, AnyPolicy, CurvePoint, TargetPrecision, ThresholdPreview

if TYPE_CHECKING:  # at run time it would bring DuckDB into the window
    from domain.alerting import AppliedThreshold

UNKNOWN = "—"
BY_KNOWN = mark(
    "From the third figure on, only transactions count whose outcome is known and that the classifier did not learn"
    " from."
)
TOO_FEW = mark(
    "Too few frauds are known among what the classifier did not learn from: only an alert budget can be chosen, and"
    " what it would catch cannot be said."
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One figure, as it is and as it would be."""

    name: str
    now: str
    then: str


def policy_words(policy: AnyPolicy, formats: Formats) -> str:
    """As the audit words it, in the person's language."""
    match policy:
        case AlertBudget():
            count = policy.alerts_per_day
            return trn(
                "at most {count} alert a day",
                "at most {count} alerts a day",
                1 if count == 1 else 2,
                count=formats.number(count),
            )
        case TargetPrecision():
            return tr(
                "at least {share} of alerts are fraud", share=f"{formats.number(round(100 * policy.precision))} %"
            )
    return tr("least cost at {cost} a review", cost=formats.number(policy.per_review))


def threshold_words(threshold: float, formats: Formats) -> str:
    return formats.share(threshold) if isfinite(threshold) else tr("No alert")


def outcomes(proposed: Proposed, formats: Formats) -> tuple[Outcome, ...]:
    """What is known of all that was scored, then what only known outcomes tell."""
    proposal = proposed.proposal
    before, after = (threshold_words(value, formats) for value in (proposal.threshold_before, proposal.threshold))
    return (
        Outcome(tr("Alert from"), before, after),
        Outcome(tr("Alerts a day"), formats.decimal(proposed.alerts_before), formats.decimal(proposed.alerts_after)),
        *(
            Outcome(name, now, then)
            for (name, now), (_, then) in zip(
                _figures(proposal.now, formats), _figures(proposal.then, formats), strict=True
            )
        ),
    )


def _figures(point: CurvePoint | None, formats: Formats) -> tuple[tuple[str, str], ...]:
    return (
        (tr("… with a known outcome"), formats.decimal(point.alerts_per_day) if point else UNKNOWN),
        (tr("Precision"), formats.share(point.precision) if point and point.alerts_per_day else UNKNOWN),
        (tr("Recall"), formats.share(point.recall) if point else UNKNOWN),
        (tr("Value detected"), formats.share(point.value_detected) if point else UNKNOWN),
        (tr("Cost a day"), formats.money(point.cost, None) if point else UNKNOWN),
    )


def preview_title(preview: ThresholdPreview, formats: Formats) -> str:
    return tr("What it would do to the queue of {day}", day=formats.day(preview.day))


def preview_words(preview: ThresholdPreview, formats: Formats) -> str:
    """'12 added, 3 removed, 88 kept'."""
    added, removed, kept = (formats.count(n) for n in (len(preview.added), len(preview.removed), preview.kept))
    return tr("{added} added, {removed} removed, {kept} kept", added=added, removed=removed, kept=kept)


def changed_alerts(preview: ThresholdPreview) -> tuple[ChangedAlert, ...]:
    return (
        *(ChangedAlert(tr("+ Added"), id_) for id_ in preview.added),
        *(ChangedAlert(tr("− Removed"), id_) for id_ in preview.removed),
    )


def applied_words(applied: AppliedThreshold, policy: AnyPolicy, formats: Formats) -> str:
    alerts, added, removed = (formats.count(n) for n in (applied.alerts, applied.added, applied.removed))
    return tr(
        "Applied: {policy}, alert from {threshold}. {alerts} alerts now, {added} added, {removed} removed.",
        policy=policy_words(policy, formats),
        threshold=threshold_words(applied.threshold, formats),
        alerts=alerts,
        added=added,
        removed=removed,
    )
