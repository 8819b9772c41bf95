"""Threshold proposals over a scored history made by hand; what brings DuckDB is imported only when it is called."""

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from domain.thresholds import AnyPolicy, QueueDay, ScoredHistory, ThresholdPreview, at_threshold, preview_threshold

if TYPE_CHECKING:
    from domain.alerting import AppliedThreshold, ThresholdProposal

ROWS, DAYS = 20_000, 20


def a_scored_history(frauds: bool = True) -> ScoredHistory:
    """20,000 scores over 20 days; the higher a score, the more often it is fraud. `frauds` False: none is known."""
    rng = np.random.default_rng(7)
    scores = np.sort(rng.beta(0.25, 6.0, ROWS))[::-1].copy()
    fraud = rng.random(ROWS) < scores
    known = np.full(ROWS, frauds)
    return ScoredHistory(scores, rng.gamma(2.0, 60.0, ROWS), fraud & known, known, float(DAYS), float(DAYS))


def a_proposal(before: AnyPolicy, policy: AnyPolicy, per_review: float, history: ScoredHistory) -> "ThresholdProposal":
    from domain.alerting import ThresholdProposal

    now, then = before.threshold(history), policy.threshold(history)
    known = history.enough_frauds
    return ThresholdProposal(
        "c" * 64,
        policy.wording(),
        now,
        then,
        at_threshold(history, now, per_review) if known else None,
        at_threshold(history, then, per_review) if known else None,
        _preview(now, then, history),
    )


def an_applied(before: AnyPolicy, policy: AnyPolicy, history: ScoredHistory) -> "AppliedThreshold":
    from domain.alerting import AppliedThreshold

    now, then = before.threshold(history), policy.threshold(history)
    alerts, former = int(np.sum(history.scores >= then)), int(np.sum(history.scores >= now))
    added, removed = max(alerts - former, 0), max(former - alerts, 0)
    return AppliedThreshold("c" * 64, policy.wording(), now, then, alerts, added, removed)


def _preview(now: float, then: float, history: ScoredHistory) -> ThresholdPreview:
    """A day of every 20th row; the first alert is decided, none was flagged upstream."""
    scores = history.scores[::DAYS]
    ids = np.array([f"T-{number}" for number in range(len(scores))], dtype=object)
    nobody, first = np.zeros(len(scores), bool), np.arange(len(scores)) == 0
    return preview_threshold(QueueDay(date(2026, 2, 27), ids, scores, scores >= now, nobody, first, now), then)
