"""Charts of known outcomes: what is counted, and what is not."""

import numpy as np
import pytest

from domain.curves import outcome_curves
from domain.thresholds import ScoredHistory


def history(scores: list[float], fraud: list[bool], known: list[bool] | None = None) -> ScoredHistory:
    told = np.array(known if known is not None else [True] * len(scores))
    return ScoredHistory(np.array(scores), np.ones(len(scores)), np.array(fraud), told, 1.0, 1.0)


def test_precision_falls_along_recall_as_the_threshold_falls() -> None:
    curves = outcome_curves(history([0.9, 0.8, 0.7, 0.1], [True, False, True, False]))
    assert curves.precision_recall == ((0.5, 1.0), (0.5, 0.5), (1.0, pytest.approx(2 / 3)), (1.0, 0.5))


def test_rows_of_one_score_are_taken_together() -> None:
    curves = outcome_curves(history([0.5, 0.5, 0.1], [True, False, False]))
    assert curves.precision_recall == ((1.0, 0.5), (1.0, pytest.approx(1 / 3)))


def test_a_calibrated_score_lies_on_the_diagonal() -> None:
    rng = np.random.default_rng(3)
    scores = rng.beta(0.5, 2.0, 200_000)
    curves = outcome_curves(history(list(scores), list(rng.random(200_000) < scores)))
    assert len(curves.reliability) > 10 and len(curves.precision_recall) <= 400
    assert all(abs(point.predicted - point.observed) < 0.03 for point in curves.reliability if point.count > 1000)


def test_only_known_outcomes_count() -> None:
    curves = outcome_curves(history([0.9, 0.8, 0.1], [True, False, False], [True, False, True]))
    assert (curves.rows, curves.frauds) == (2, 1)
    assert curves.precision_recall[0] == (1.0, 1.0)


def test_without_known_fraud_there_is_no_curve() -> None:
    curves = outcome_curves(history([0.9, 0.1], [False, False]))
    assert curves.reliability == () and curves.precision_recall == () and curves.rows == 2
