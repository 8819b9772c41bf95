"""The queue's threshold: how alerts are raised, what a policy would choose and change, and applying it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from domain.access.roles import require
from domain.errors import StoreEmpty
from domain.progress import Progress, Work
from domain.scoring import Alert, ClassifierVersion, FloatArray, Scorer, alert_id_of, band
from domain.similar import remember_reasons
from domain.store import Store
from domain.thresholds import (
    AlertBudget,
    AnyPolicy,
    AppliedPolicy,
    CurvePoint,
    ScoredHistory,
    ThresholdPreview,
    at_threshold,
    preview_threshold,
)
from domain.transactions import Period


@dataclass(frozen=True, slots=True)
class ThresholdProposal:
    """A policy's threshold beside the one in force, and what it would do to the last scored day's queue.

    `now` and `then` say what either would have done to the transactions with a known outcome; None where too few of
    them are frauds. Thresholds are on the calibrated probability; infinite: no alert.
    """

    classifier_id: str
    policy: str
    threshold_before: float
    threshold: float
    now: CurvePoint | None
    then: CurvePoint | None
    preview: ThresholdPreview


@dataclass(frozen=True, slots=True)
class AppliedThreshold:
    """What applying did: the whole scored period has `alerts` now, `added` and `removed` against before."""

    classifier_id: str
    policy: str
    threshold_before: float
    threshold: float
    alerts: int
    added: int
    removed: int


def scored_period(store: Store, version: ClassifierVersion) -> Period:
    """The days that `version` scored. Raises StoreEmpty."""
    period = store.scores.span(version.classifier_id)
    if period is None:
        raise StoreEmpty(
            f"Classifier {version.classifier_id[:12]} has scored no transactions in {store.path}.",
            "Run `whyflag score` first.",
        )
    return period


def scored_history(store: Store, version: ClassifierVersion) -> ScoredHistory:
    """Everything that `version` scored, with the outcomes known by the end of the data. Raises StoreEmpty."""
    return store.scores.history(version, scored_period(store, version))


def propose_threshold(
    store: Store,
    version: ClassifierVersion,
    policy: AnyPolicy,
    *,
    per_review: float = 0.0,
    history: ScoredHistory | None = None,
) -> ThresholdProposal:
    """Computes, changes nothing. `per_review` is for the costs shown. Raises StoreEmpty, NotEnoughLabels.

    `history` is what `scored_history` gave, where that was read already: it is the slow part.
    """
    period = scored_period(store, version)
    history = history or store.scores.history(version, period)
    before = store.alerts.threshold(version.classifier_id)
    threshold = policy.threshold(history)
    last_day = Period(period.end - timedelta(days=1), period.end)
    return ThresholdProposal(
        classifier_id=version.classifier_id,
        policy=policy.wording(),
        threshold_before=before,
        threshold=threshold,
        now=at_threshold(history, before, per_review) if history.enough_frauds else None,
        then=at_threshold(history, threshold, per_review) if history.enough_frauds else None,
        preview=preview_threshold(store.scores.day(version, last_day, before), threshold),
    )


def apply_threshold(
    store: Store, scorer: Scorer, policy: AnyPolicy, *, actor: str, now: datetime
) -> Work[AppliedThreshold]:
    """Raises the scored period's alerts anew by `policy`, which later scoring follows too. One transaction with its
    audit entry. Alerts with a decision, and those flagged upstream, stay. Raises StoreEmpty, NotEnoughLabels.
    """
    require(store.person, "model")
    version = scorer.version
    period = scored_period(store, version)
    yield Progress("reading scores and outcomes")
    history = store.scores.history(version, period)
    threshold = policy.threshold(history)
    queue = store.scores.day(version, period, store.alerts.threshold(version.classifier_id))
    change = preview_threshold(queue, threshold)
    with store.transaction():
        yield Progress("raising alerts")
        raise_alerts(store, version, queue.transaction_ids, queue.scores, threshold, period, now)
        yield from remember_reasons(store, scorer)
        store.scores.set_policy(AppliedPolicy(policy, float(np.sum(history.scores >= threshold)) / history.days))
        applied = AppliedThreshold(
            version.classifier_id,
            policy.wording(),
            queue.threshold,
            threshold,
            change.kept + len(change.added),
            len(change.added),
            len(change.removed),
        )
        store.audit.append(
            actor,
            "threshold",
            version.classifier_id,
            {
                "policy": applied.policy,
                "before": finite(queue.threshold),
                "after": finite(threshold),
                "from": period.start.isoformat(),
                "until": period.end.isoformat(),
                "added": applied.added,
                "removed": applied.removed,
            },
        )
    return applied


def raise_alerts(
    store: Store,
    version: ClassifierVersion,
    ids: NDArray[np.object_] | Sequence[str],
    scores: FloatArray,
    threshold: float,
    period: Period,
    now: datetime,
) -> tuple[int, int]:
    """Replaces the undecided alerts of `period`: scores from the threshold on, and what was flagged upstream.

    Returns how many there are, and how many of them were flagged upstream.
    """
    reasons = {row.transaction_id: row.flag_reason for row in store.transactions.flagged(period)}
    names = np.asarray(ids, dtype=object)
    chosen = (scores >= threshold) | np.isin(names, list(reasons))
    alerts = [
        Alert(
            alert_id=alert_id_of(id_),
            transaction_id=id_,
            classifier_id=version.classifier_id,
            score=float(score),
            threshold=threshold,
            band=band(float(score), threshold),
            origin="upstream" if id_ in reasons else "model",
            created_at=now,
            flag_reason=reasons.get(id_),
        )
        for id_, score in zip(names[chosen], scores[chosen], strict=True)
    ]
    store.alerts.replace_alerts(alerts, period)
    return len(alerts), len(reasons)


def threshold_of_run(
    store: Store, version: ClassifierVersion, policy: AnyPolicy | None, scores: FloatArray, period: Period
) -> tuple[float, str]:
    """The threshold for scores just recorded of `period`, and the policy it follows, in words.

    None is the policy applied last (before the first: a budget). Where too few outcomes are known for it yet, as after
    training anew, the alerts a day that it gave are the budget. Raises NotEnoughLabels for a policy that was asked for.
    """
    days = max((period.end - period.start) / timedelta(days=1), 1.0)
    applied = store.scores.policy() if policy is None else None
    chosen = policy or (applied.policy if applied else AlertBudget())
    if isinstance(chosen, AlertBudget):
        return chosen.threshold(ScoredHistory.of_scores(scores, days)), chosen.wording()
    history = store.scores.history(version, period)
    if applied is None or history.enough_frauds:
        return chosen.threshold(history), chosen.wording()
    budget = AlertBudget(applied.alerts_per_day)
    return budget.threshold(history), f"{budget.wording()}, as too few outcomes are known for: {chosen.wording()}"


def finite(threshold: float) -> float | None:
    """For JSON, which has no infinity: None is a threshold that raises no alert."""
    return threshold if isfinite(threshold) else None
