"""Measures of the handbook's protocols on cases counted by hand."""

import numpy as np
import pytest

from domain.store.features import Outcomes
from models.classifier.evaluation import HANDBOOK_START, _not_yet_known, calibration_error, card_precision


def test_card_precision_counts_customers_once_and_leaves_out_the_found() -> None:
    days = np.array([0, 0, 0, 0, 1, 1, 1])
    customers = np.array(["a", "a", "b", "c", "a", "b", "d"], dtype=object)
    fraud = np.array([False, True, False, False, True, True, False])
    scores = np.array([0.9, 0.1, 0.8, 0.2, 0.99, 0.5, 0.6])
    # Day 0, two cards: a (its fraud counts) and b. Day 1 without a: d and b.
    assert card_precision(days, customers, fraud, scores, cards=2) == pytest.approx((1 / 2 + 1 / 2) / 2)
    assert card_precision(days, customers, fraud, scores, cards=1) == pytest.approx((1 / 1 + 0 / 1) / 2)


def test_calibration_error_is_the_mean_gap() -> None:
    fraud = np.array([False, False, True, True])
    assert calibration_error(fraud, np.array([0.1, 0.1, 0.8, 0.8]), bins=2) == pytest.approx(0.15)
    assert calibration_error(fraud, fraud.astype(float), bins=2) == 0.0


def outcomes(rows: list[tuple[str, float, bool]], start: np.datetime64) -> Outcomes:
    moments = start + np.array([int(day * 86400e6) for _, day, _ in rows]).astype("timedelta64[us]")
    return Outcomes(
        np.array([f"T-{place}" for place in range(len(rows))], dtype=object),
        np.array([customer for customer, *_ in rows], dtype=object),
        moments,
        np.array([fraud for *_, fraud in rows]),
        moments,
    )


def test_customers_known_to_be_defrauded_leave_the_test() -> None:
    start = np.datetime64(HANDBOOK_START, "us")
    since_training = outcomes([("trained", 3.5, True), ("early", 7.5, True), ("late", 12.5, True)], start)
    test = outcomes(
        [("trained", 14.1, False), ("early", 14.1, False), ("early", 15.9, True), ("late", 14.1, True),
         ("late", 20.9, True), ("other", 20.9, True)],
        start,
    )  # fmt: skip
    kept = _not_yet_known(test, since_training, HANDBOOK_START)
    # Day 7's fraud is known to the test from day 15 on, day 12's from day 20 on.
    assert kept.tolist() == [False, True, False, True, False, True]
