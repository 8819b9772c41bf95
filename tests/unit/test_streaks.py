"""Streaks of fraud at a place and payments out of proportion, on histories counted by hand."""

import math
from datetime import datetime, timedelta

import pytest

from domain.transactions import Transaction
from tests.feature_tables import computed, values_of

START = datetime(2026, 3, 1)


def paid(id_: str, day: float, amount: float = 10.0, fraud: bool = False, known: float | None = None) -> Transaction:
    """At terminal K by one customer; a fraud is reported on the day `known`."""
    return Transaction(
        id_, START + timedelta(days=day), "C", amount, terminal_id="K", label=fraud,
        label_time=None if known is None else START + timedelta(days=known),
    )  # fmt: skip


def features(rows: list[Transaction], id_: str) -> dict[str, float]:
    return values_of(computed(rows), [id_])[id_]


def test_a_streak_is_the_known_frauds_since_the_newest_genuine_payment() -> None:
    rows = [
        paid("genuine", 0),
        paid("first", 1, fraud=True, known=8),
        paid("second", 2, fraud=True, known=4),
        paid("unknown", 9.5, fraud=True, known=16),
        paid("now", 10),
    ]
    found = features(rows, "now")
    assert found["terminal_fraud_streak"] == 2
    assert found["terminal_fraud_streak_days"] == 9.0
    assert found["terminal_settled_days"] == 8.0


def test_a_genuine_payment_ends_a_streak() -> None:
    rows = [paid("fraud", 0, fraud=True, known=3), paid("genuine", 1), paid("now", 9)]
    found = features(rows, "now")
    assert found["terminal_fraud_streak"] == 0
    assert math.isnan(found["terminal_fraud_streak_days"])
    assert found["terminal_settled_days"] == 8.0


def test_a_streak_may_begin_with_the_first_payment_ever() -> None:
    found = features([paid("fraud", 0, fraud=True, known=3), paid("now", 9)], "now")
    assert (found["terminal_fraud_streak"], found["terminal_fraud_streak_days"]) == (1, 9.0)


def test_a_fraud_reported_too_late_counts_as_genuine_and_nothing_is_known_within_seven_days() -> None:
    late = features([paid("late", 0, fraud=True, known=20), paid("now", 30)], "now")
    assert (late["terminal_fraud_streak"], late["terminal_settled_days"]) == (0, 30.0)
    fresh = features([paid("fraud", 5, fraud=True, known=6), paid("now", 10)], "now")
    assert math.isnan(fresh["terminal_fraud_streak"]) and math.isnan(fresh["terminal_settled_days"])


def test_payments_out_of_proportion_are_counted_before_this_one() -> None:
    rows = [paid("a", 0), paid("b", 1), paid("old", 2, 30.0), paid("large", 10, 80.0), paid("now", 12, 500.0)]
    found = features(rows, "now")
    assert (found["outsize_payments_7d"], found["outsize_payments_14d"]) == (1, 2)
    assert found["largest_outsize_14d"] == pytest.approx(80 / ((10 + 10 + 30) / 3))
    first = features(rows, "a")
    assert first["outsize_payments_14d"] == 0 and math.isnan(first["largest_outsize_14d"])
