"""Measures of the handbook's protocols on cases counted by hand."""

from datetime import datetime, timedelta

import numpy as np
import pytest

from domain.errors import NotEnoughLabels
from domain.store.features import Outcomes
from domain.transactions import Period, Transaction
from models.classifier.candidates import stacked
from models.classifier.measures import (
    Assessed,
    alerted,
    calibration_error,
    card_precision,
    measure,
    measure_typologies,
    precision_recall,
    reliability,
)
from models.classifier.prequential import HANDBOOK_START, fold, not_yet_known, protocol
from tests.feature_tables import computed


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
        np.ones(len(rows)),
        np.full(len(rows), None, dtype=object),
    )


def test_customers_known_to_be_defrauded_leave_the_test() -> None:
    start = np.datetime64(HANDBOOK_START, "us")
    since_training = outcomes([("trained", 3.5, True), ("early", 7.5, True), ("late", 12.5, True)], start)
    test = outcomes(
        [("trained", 14.1, False), ("early", 14.1, False), ("early", 15.9, True), ("late", 14.1, True),
         ("late", 20.9, True), ("other", 20.9, True)],
        start,
    )  # fmt: skip
    kept = not_yet_known(test, since_training, HANDBOOK_START)
    # Day 7's fraud is known to the test from day 15 on, day 12's from day 20 on.
    assert kept.tolist() == [False, True, False, True, False, True]


SPAN = Period(datetime(2018, 4, 1), datetime(2018, 9, 30))


def test_the_handbook_is_reported_on_its_own_weeks_and_chosen_on_earlier_ones() -> None:
    plan = protocol(SPAN, weeks=4)
    assert [split.train_from for split in plan.reported] == [
        datetime(2018, 7, 25), datetime(2018, 8, 1), datetime(2018, 8, 8), datetime(2018, 8, 15),
    ]  # fmt: skip
    assert [split.train_from for split in plan.validation] == [
        datetime(2018, 6, 20), datetime(2018, 6, 27), datetime(2018, 7, 4), datetime(2018, 7, 11),
    ]  # fmt: skip
    assert plan.reported[0].test == Period(datetime(2018, 8, 8), datetime(2018, 8, 15))


@pytest.mark.parametrize("weeks", [1, 3, 4])
@pytest.mark.parametrize("start", [None, datetime(2018, 6, 30)])
def test_what_is_chosen_on_was_known_before_the_first_reported_week(weeks: int, start: datetime | None) -> None:
    plan = protocol(SPAN, weeks, start)
    outcomes_known = plan.validation[-1].test.end + timedelta(days=7)
    assert outcomes_known <= plan.reported[0].test.start
    for split in (*plan.validation, *plan.reported):
        assert split.training.end + timedelta(days=7) == split.known_at == split.test.start


def test_other_data_is_reported_on_its_last_weeks_with_known_outcomes() -> None:
    plan = protocol(Period(datetime(2026, 1, 1), datetime(2026, 4, 1, 13)), weeks=2)
    assert plan.reported[-1].test.end == datetime(2026, 3, 25)
    assert len(plan.validation) == 4


def test_too_short_data_is_refused() -> None:
    with pytest.raises(NotEnoughLabels, match="2026-01-01 until 2026-02-01"):
        protocol(Period(datetime(2026, 1, 1), datetime(2026, 2, 1)), weeks=1)


def test_a_fold_trains_on_what_was_known_and_tests_on_what_came_later() -> None:
    """A fraud reported in time, one reported too late, one before training; and the test's own."""
    start = datetime(2026, 1, 1)

    def paid(number: int, day: float, customer: str, fraud: bool = False, known: float | None = None) -> Transaction:
        return Transaction(
            f"T-{number}", start + timedelta(days=day), customer, 10.0 + number, label=fraud,
            label_time=None if known is None else start + timedelta(days=known),
        )  # fmt: skip

    rows = [
        paid(0, 15, "before", fraud=True, known=16),
        paid(1, 30, "in time", fraud=True, known=35),
        paid(2, 31, "too late", fraud=True, known=60),
        paid(3, 32, "genuine"),
        paid(4, 44, "in time"),
        paid(5, 45, "test", fraud=True, known=70),
        paid(6, 46, "genuine"),
    ]
    plan = protocol(Period(start, start + timedelta(days=60)), 1, start + timedelta(days=28))
    data = fold(computed(rows), plan.reported[0])
    assert data.training.labels.tolist() == [True, False, False]
    assert data.training.occurred_at.max() < np.datetime64(plan.reported[0].train_until, "us")
    # Of the test only customers stay whose fraud was not known by then.
    assert data.features.transaction_ids.tolist() == ["T-5", "T-6"]
    assert data.tested.fraud.tolist() == [True, False]
    assert data.tested.amounts.tolist() == [15.0, 16.0]


def assessed() -> Assessed:
    """Two days of three rows; two frauds of the pattern x, one of y."""
    return Assessed(
        np.array([0, 0, 0, 1, 1, 1]),
        np.array(list("abcdef"), dtype=object),
        np.array([100.0, 10.0, 300.0, 50.0, 60.0, 100.0]),
        np.array([True, False, True, False, False, True]),
        np.array(["x", None, "y", None, None, "x"], dtype=object),
    )


def test_value_and_precision_are_of_each_days_highest_scores() -> None:
    scores = np.array([0.9, 0.8, 0.1, 0.7, 0.2, 0.6])
    assert alerted(assessed().days, scores, 2).tolist() == [True, True, False, True, False, True]
    found = measure(assessed(), scores, cards=2, alerts=2)
    assert found.value_detection_rate == pytest.approx(200 / 500)
    assert found.alert_precision == 0.5
    assert found.auc_roc == pytest.approx(4 / 9)


def test_each_typology_is_measured_against_what_is_no_fraud() -> None:
    scores = np.array([0.9, 0.8, 0.1, 0.7, 0.2, 0.6])
    x, y = measure_typologies(assessed(), scores, alerts=2)
    assert (x.typology, x.frauds, x.captured, x.precision, x.value_detection_rate) == ("x", 2, 1.0, 0.5, 1.0)
    assert (y.typology, y.frauds, y.captured, y.precision, y.value_detection_rate) == ("y", 1, 0.0, 0.0, 0.0)
    assert x.auc_roc == pytest.approx(4 / 6) and y.auc_roc == 0.0


def test_reliability_bins_hold_all_rows_and_rise() -> None:
    rng = np.random.default_rng(0)
    scores = rng.random(5000) ** 4
    bins = reliability(rng.random(5000) < scores, scores)
    assert sum(one.rows for one in bins) == 5000
    means = [one.mean_score for one in bins]
    assert means == sorted(means) and len(bins) > 10
    assert max(abs(one.mean_score - one.fraud_share) for one in bins) < 0.15


def test_few_frauds_still_fill_several_bins() -> None:
    fraud = np.arange(400) % 20 == 19
    assert len(reliability(fraud, np.linspace(0, 1, 400))) == 6


def test_the_precision_recall_curve_passes_through_known_points() -> None:
    curve = precision_recall(np.array([True, False, True, True]), np.array([0.9, 0.8, 0.7, 0.1]))
    points = dict(zip(curve.recall, curve.precision, strict=True))
    assert points[1.0] == 0.75 and points[0.0] == 1.0
    assert list(curve.recall) == sorted(curve.recall)


def test_a_stack_is_the_mean_in_log_odds() -> None:
    assert stacked([np.array([0.5, 0.9]), np.array([0.5, 0.1])]) == pytest.approx([0.5, 0.5])
    assert stacked([np.array([0.8]), np.array([0.8])]) == pytest.approx([0.8])
