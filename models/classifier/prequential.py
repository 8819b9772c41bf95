"""Prequential splits, as in the Fraud Detection Handbook: train, wait until outcomes are known, then test.

Reported weeks follow the weeks that models are chosen on: the choice knows nothing of what it is reported on.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from domain.errors import NotEnoughLabels
from domain.evaluation import DELAY, WEEK, Split
from domain.scoring import FeatureMatrix, TrainingSet
from domain.store.features import FeatureTable, Outcomes
from domain.transactions import Period
from models.classifier.measures import Assessed

HANDBOOK_START = datetime(2018, 7, 25)
VALIDATION_WEEKS = 4


@dataclass(frozen=True, slots=True)
class Protocol:
    """Which weeks models are chosen on and which are reported, each in order of time."""

    validation: tuple[Split, ...]
    reported: tuple[Split, ...]


def protocol(span: Period, weeks: int, start: datetime | None = None) -> Protocol:
    """`weeks` reported splits a week apart, the first trained from `start` on; validation shifts back from there.

    By default the handbook's dates where the data holds them (chapter 5: 4 weeks; chapter 3: the first), else the last
    weeks whose outcomes are known. The last validation week ends a week before the first reported one, when its
    outcomes are known: the handbook's -14 days. Raises NotEnoughLabels.
    """
    last = span.end - DELAY - (weeks - 1) * WEEK - 3 * WEEK
    if start is None:
        start = HANDBOOK_START if span.start <= HANDBOOK_START <= last else last
        start = start.replace(hour=0, minute=0, second=0, microsecond=0)
    reported = tuple(_split(start + week * WEEK) for week in range(weeks))
    validation = tuple(
        split
        for back in range(VALIDATION_WEEKS)
        if (split := _split(start - (2 + back) * WEEK)).train_from >= span.start
    )
    if start < span.start or reported[-1].test.end > span.end or not validation:
        raise NotEnoughLabels(
            f"The data of {span.start:%Y-%m-%d} until {span.end:%Y-%m-%d} does not hold a validation split and"
            f" {weeks} reported one(s) from {start:%Y-%m-%d} on: each takes three weeks.",
            "Ask for fewer weeks, or choose another start with --from.",
        )
    return Protocol(validation[::-1], reported)


def _split(start: datetime) -> Split:
    return Split(start, start + WEEK)


@dataclass(frozen=True)
class Fold:
    """A split's data. `features` and `tested` are aligned, without customers known to be defrauded by then."""

    split: Split
    training: TrainingSet
    features: FeatureMatrix
    tested: Assessed


def fold(table: FeatureTable, split: Split) -> Fold:
    """Reads a split. Training holds the frauds that were known when its delay ended. Raises NotEnoughLabels."""
    outcomes = table.outcomes(split.test)
    since = max(split.train_from, split.train_until - WEEK)
    kept = not_yet_known(outcomes, table.outcomes(Period(since, split.test.end)), since)
    fraud = outcomes.fraud[kept]
    if not fraud.any() or fraud.all():
        raise NotEnoughLabels(
            f"The test week from {split.test.start:%Y-%m-%d} holds no known fraud, or nothing else.",
            "Choose a start so that training, delay and test weeks lie within the data.",
        )
    matrix = table.matrix(split.test)
    return Fold(
        split,
        table.training_set(split.training, split.known_at),
        FeatureMatrix(matrix.transaction_ids[kept], matrix.names, matrix.values[kept]),
        Assessed(
            _days(outcomes.occurred_at[kept], split.test.start),
            outcomes.customer_ids[kept],
            outcomes.amounts[kept],
            fraud,
            outcomes.scenarios[kept],
        ),
    )


def not_yet_known(test: Outcomes, since_training: Outcomes, train_start: datetime) -> NDArray[np.bool_]:
    """Rows of the test whose customer had no fraud, since training began, that was known before the row's day.

    As in the book: those of the training week, and those of the days up to a week (the delay) before the test day.
    """
    fraud_day: dict[object, int] = {}
    days = _days(since_training.occurred_at, train_start)
    for customer, day in zip(
        since_training.customer_ids[since_training.fraud], days[since_training.fraud], strict=True
    ):
        fraud_day.setdefault(customer, int(day))
    first = np.array([fraud_day.get(customer, 10**6) for customer in test.customer_ids])
    known_until = _days(test.occurred_at, train_start) - 8  # a day short of the delay, as the book counts
    kept: NDArray[np.bool_] = (first > known_until) & (first >= 7)
    return kept


def _days(moments: NDArray[np.datetime64], start: datetime) -> NDArray[np.int64]:
    days: NDArray[np.int64] = ((moments - np.datetime64(start, "us")) // np.timedelta64(1, "D")).astype(np.int64)
    return days
