"""The use cases, in the order of the walk: train, score. (Import: `intake`; decide: `deciding`; report: `exporting`.)

Each takes what it depends on as arguments; long ones yield Progress. A change and its audit entry are one transaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from domain.access.roles import require
from domain.alerting import finite, raise_alerts, threshold_of_run
from domain.errors import NoClassifier, NotEnoughLabels, StoreEmpty
from domain.progress import Progress, Work
from domain.scoring import ClassifierVersion, Scorer, Trainer
from domain.similar import remember_reasons
from domain.store import Store
from domain.thresholds import AnyPolicy
from domain.transactions import Period

LABEL_DELAY = timedelta(days=7)  # a fraud is taken to be known a week later where the source gives no time


@dataclass(frozen=True, slots=True)
class ScoringResult:
    """What a scoring run did. `threshold` is on the calibrated probability and follows `policy`, in words."""

    classifier_id: str
    period: Period
    scored: int
    threshold: float
    policy: str
    alerts: int
    upstream: int


def whole_period(store: Store) -> Period:
    """The span of all transactions. Raises StoreEmpty."""
    span = store.transactions.span()
    if span is None:
        raise StoreEmpty(f"{store.path} holds no transactions.", "Import a file, or make a demo: `whyflag demo`.")
    return span


def train_classifier(
    store: Store,
    trainer: Trainer,
    *,
    actor: str,
    period: Period | None = None,
    known_at: datetime | None = None,
    seed: int = 0,
) -> Work[ClassifierVersion]:
    """Trains on `period` with the labels known by `known_at` and registers the version.

    By default all of the store but its last week, whose frauds are not known yet. Raises NotEnoughLabels.
    """
    require(store.person, "model")
    span = whole_period(store)
    period = period or Period(span.start, max(span.start, span.end - LABEL_DELAY))
    known_at = known_at or span.end
    yield from ensure_features(store)
    yield Progress("reading features and labels")
    data = store.features.training_set(period, known_at)
    if not len(data.labels):
        raise NotEnoughLabels(
            f"No transactions from {period.start:%Y-%m-%d} until {period.end:%Y-%m-%d}.",
            f"The store holds {span.start:%Y-%m-%d} until {span.end:%Y-%m-%d}.",
        )
    yield Progress(f"training on {len(data.labels):,} transactions, {int(data.labels.sum()):,} of them known fraud")
    scorer, artifact = trainer.train(data, seed)
    version = scorer.version
    with store.transaction():
        former = store.models.latest()
        store.models.put(version, artifact)
        store.audit.append(
            actor,
            "train",
            version.classifier_id,
            {
                "from": period.start.isoformat(),
                "until": period.end.isoformat(),
                "known_at": known_at.isoformat(),
                "rows": version.rows,
                "frauds": version.frauds,
                "seed": seed,
                "features": store.features.version(),
                "before": former[0].classifier_id if former else None,
                "after": version.classifier_id,
            },
        )
    return version


def latest_scorer(store: Store, trainer: Trainer) -> Scorer:
    """The newest registered classifier. Raises NoClassifier, ClassifierRefused."""
    found = store.models.latest()
    if found is None:
        raise NoClassifier(f"{store.path} holds no trained classifier.", "Run `whyflag train` first.")
    version, artifact = found
    return trainer.restore(artifact, version)


def score_transactions(
    store: Store,
    scorer: Scorer,
    policy: AnyPolicy | None = None,
    *,
    actor: str,
    now: datetime,
    period: Period | None = None,
) -> Work[ScoringResult]:
    """Scores `period` (default: all) and raises alerts: scores over the policy's threshold, and those flagged upstream.

    Without a policy, by the one applied last (`alerting.apply_threshold`), else by a budget. Alerts with a decision
    stay; other alerts of the period are replaced.
    """
    require(store.person, "score")
    period = period or whole_period(store)
    yield from ensure_features(store)
    version = scorer.version
    with store.transaction():
        alerts_before, threshold_before = store.alerts.count(), store.alerts.newest_threshold()
        batches = []
        for batch in store.features.batches(period, version.features):
            scores = scorer.score(batch)
            store.alerts.record_scores(batch.transaction_ids, scores, version.classifier_id)
            batches.append((batch.transaction_ids, scores))
            yield Progress("scoring", sum(len(part) for part, _ in batches), store.transactions.count())
        ids = np.concatenate([part for part, _ in batches]) if batches else np.empty(0, dtype=object)
        scores = np.concatenate([part for _, part in batches]) if batches else np.empty(0)
        threshold, wording = threshold_of_run(store, version, policy, scores, period)
        yield Progress("raising alerts")
        alerts, upstream = raise_alerts(store, version, ids, scores, threshold, period, now)
        yield from remember_reasons(store, scorer)
        result = ScoringResult(version.classifier_id, period, len(scores), threshold, wording, alerts, upstream)
        store.audit.append(
            actor,
            "score",
            version.classifier_id,
            {
                "from": period.start.isoformat(),
                "until": period.end.isoformat(),
                "scored": result.scored,
                "policy": wording,
                "threshold": finite(threshold),
                "alerts": result.alerts,
                "upstream": result.upstream,
                "alerts_before": alerts_before,
                "alerts_after": store.alerts.count(),
                "threshold_before": threshold_before,
                "threshold_after": finite(threshold),
            },
        )
    return result


def ensure_features(store: Store) -> Work[None]:
    """Features of all transactions; made anew only where rows were added since."""
    if store.features.current():
        return
    yield from store.features.compute()
    store.reasons.forget()
