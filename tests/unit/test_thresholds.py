"""Threshold policies, their curve and what a change does to a day, on outcomes made by hand."""

from datetime import date
from math import inf

import numpy as np
import pytest

from domain.errors import InvalidThreshold, NotEnoughLabels
from domain.thresholds import (
    AlertBudget,
    BandCount,
    QueueDay,
    ReviewCost,
    ScoredHistory,
    TargetPrecision,
    at_threshold,
    preview_threshold,
    threshold_curve,
)

# Fourteen frauds of 100 each over 24 scores: falling, fraud where the letter is f.
PATTERN = "fffffgffgfffggfggfggffgg"
SCORES = np.linspace(0.96, 0.04, len(PATTERN))
FRAUD = np.array([letter == "f" for letter in PATTERN])


def history(scores: np.ndarray = SCORES, fraud: np.ndarray = FRAUD, known: np.ndarray | None = None) -> ScoredHistory:
    known = np.ones(len(scores), bool) if known is None else known
    return ScoredHistory(scores, np.full(len(scores), 100.0), fraud, known, days=2.0, known_days=2.0)


def score_of(rank: int) -> float:
    """The score of the `rank`-th highest row."""
    return float(SCORES[rank - 1])


def test_a_budget_counts_all_rows_known_or_not() -> None:
    unknown = history(known=np.zeros(len(SCORES), bool))
    assert AlertBudget(3).threshold(unknown) == score_of(6)
    assert AlertBudget(3.4).threshold(unknown) == score_of(6)
    assert AlertBudget(0).threshold(unknown) == inf
    assert AlertBudget(1000).threshold(unknown) == score_of(24)
    assert AlertBudget(3).threshold(ScoredHistory.of_scores(SCORES, 2.0)) == score_of(6)


def test_a_target_precision_takes_the_lowest_score_that_keeps_it() -> None:
    # 10 of the first 12 are frauds; 11 of 15; after that less than .7.
    assert TargetPrecision(0.83).threshold(history()) == score_of(12)
    assert TargetPrecision(0.7).threshold(history()) == score_of(15)
    assert TargetPrecision(1.0).threshold(history()) == score_of(5)


def test_a_precision_that_no_score_reaches_raises_no_alert() -> None:
    fraud = FRAUD.copy()
    fraud[:2] = False
    fraud[-2:] = True
    assert TargetPrecision(0.99).threshold(history(fraud=fraud)) == inf


def test_the_cost_of_reviews_weighs_against_the_money_missed() -> None:
    # At 30 a review the rows 13 to 22 cost 300 and save 400; at 45 they cost 450.
    assert ReviewCost(30.0).threshold(history()) == score_of(22)
    assert ReviewCost(45.0).threshold(history()) == score_of(12)
    assert ReviewCost(0.0).threshold(history()) == score_of(22)
    assert ReviewCost(90.0).threshold(history()) == score_of(5)
    assert ReviewCost(101.0).threshold(history()) == inf


@pytest.mark.parametrize("review", [0.0, 7.0, 30.0, 45.0, 90.0, 101.0])
def test_no_threshold_costs_less_than_the_one_chosen(review: float) -> None:
    chosen = at_threshold(history(), ReviewCost(review).threshold(history()), review).cost
    assert chosen == min(at_threshold(history(), score, review).cost for score in [inf, *SCORES])


def test_equal_scores_are_raised_together() -> None:
    scores = np.repeat([0.9, 0.5, 0.1], 8)
    assert TargetPrecision(0.8).threshold(history(scores)) == 0.9  # 7 of 8; all 16: 11
    assert at_threshold(history(scores), 0.9, 0.0).alerts_per_day == 4.0


def test_outcomes_that_are_not_known_change_nothing() -> None:
    known = np.arange(len(SCORES)) < 20
    changed = FRAUD.copy()
    changed[~known] = ~changed[~known]
    for policy in (TargetPrecision(0.6), ReviewCost(30.0)):
        assert policy.threshold(history(known=known)) == policy.threshold(history(fraud=changed, known=known))
    assert threshold_curve(history(known=known), 5.0) == threshold_curve(history(fraud=changed, known=known), 5.0)


def test_too_few_known_frauds_are_refused() -> None:
    few = history(known=np.arange(len(SCORES)) < 8)
    for policy in (TargetPrecision(0.5), ReviewCost(10.0)):
        with pytest.raises(NotEnoughLabels, match="7 are known frauds"):
            policy.threshold(few)


@pytest.mark.parametrize(
    ("policy", "value"),
    [(AlertBudget, -1), (AlertBudget, inf), (TargetPrecision, 0), (TargetPrecision, 1.1), (ReviewCost, -0.1)],
)
def test_impossible_policies_are_refused(policy: type, value: float) -> None:
    with pytest.raises(InvalidThreshold):
        policy(value)


def test_the_curve_counts_what_each_threshold_would_have_done() -> None:
    curve = threshold_curve(history(), per_review=10.0)
    assert (curve[0].threshold, curve[0].alerts_per_day, curve[0].recall) == (inf, 0.0, 0.0)
    assert curve[0].cost == 14 * 100 / 2  # all frauds missed, in two days
    fifth = next(point for point in curve if point.threshold == score_of(5))
    assert (fifth.alerts_per_day, fifth.precision) == (2.5, 1.0)
    assert fifth.recall == fifth.value_detected == pytest.approx(5 / 14)
    assert fifth.cost == (5 * 10 + 9 * 100) / 2
    assert curve[-1].recall == 1.0 and curve[-1].precision == pytest.approx(14 / 24)
    assert [point.threshold for point in curve] == sorted((point.threshold for point in curve), reverse=True)


def queue() -> QueueDay:
    """A threshold of .5: a and b alerted by it, c flagged by another system, d decided on, e and f nothing."""
    return QueueDay(
        date(2026, 3, 1),
        np.array(["a", "b", "c", "d", "e", "f"], dtype=object),
        np.array([0.95, 0.55, 0.1, 0.6, 0.4, 0.3]),
        alerted=np.array([True, True, True, True, False, False]),
        upstream=np.array([False, False, True, False, False, False]),
        decided=np.array([False, False, False, True, False, False]),
        threshold=0.5,
    )


def test_a_lower_threshold_adds_alerts_and_moves_bands() -> None:
    change = preview_threshold(queue(), 0.35)
    assert (change.added, change.removed, change.kept) == (("e",), (), 4)
    assert change.bands == (
        BandCount("critical", 1, 1),
        BandCount("high", 0, 0),
        BandCount("medium", 2, 3),
        BandCount("low", 1, 1),
    )


def test_a_higher_threshold_removes_only_undecided_alerts_of_ours() -> None:
    change = preview_threshold(queue(), inf)
    assert (change.added, change.removed, change.kept) == ((), ("a", "b"), 2)
    assert change.bands[2] == BandCount("medium", 2, 1)  # d keeps the band it was decided in
    assert sum(band.after for band in change.bands) == 2
