"""Measures of a classifier, by the protocols of the Fraud Detection Handbook (chapters 3 to 5)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from domain.errors import NotEnoughLabels
from domain.progress import Progress, Work
from domain.scoring import FloatArray, Trainer
from domain.store.features import FeatureTable, Outcomes
from domain.transactions import Period

CARDS_A_DAY = 100
WEEK = timedelta(days=7)
HANDBOOK_START = datetime(2018, 7, 25)
CALIBRATION_BINS = 20


@dataclass(frozen=True, slots=True)
class WeekMetrics:
    """One split: train `train_from` + 7 days, 7 days' delay, then 7 days of test. `best_cp` is a perfect scorer's."""

    train_from: datetime
    trained_on: int
    tested_on: int
    frauds: int
    auc_roc: float
    average_precision: float
    card_precision: float
    best_card_precision: float
    calibration_error: float


@dataclass(frozen=True, slots=True)
class ClassifierMetrics:
    """Splits and their means."""

    protocol: str
    weeks: tuple[WeekMetrics, ...]
    auc_roc: float
    average_precision: float
    card_precision: float
    best_card_precision: float
    calibration_error: float


def evaluate_weeks(
    features: FeatureTable, trainer: Trainer, *, start: datetime = HANDBOOK_START, weeks: int = 1, seed: int = 0
) -> Work[ClassifierMetrics]:
    """Chapter 3's split (`weeks` 1) or chapter 5's (4): each starts a week later. Raises NotEnoughLabels.

    Training knows the frauds that were known when its delay week ended. Customers whose fraud was known by a test day
    leave the test from that day on, as the bank would have blocked their cards.
    """
    results = []
    for week in range(weeks):
        begin = start + week * WEEK
        yield Progress(f"training from {begin:%Y-%m-%d}", week, weeks)
        scorer, _ = trainer.train(features.training_set(Period(begin, begin + WEEK), begin + 2 * WEEK), seed)
        yield Progress(f"testing from {begin + 2 * WEEK:%Y-%m-%d}", week, weeks)
        test = Period(begin + 2 * WEEK, begin + 3 * WEEK)
        outcomes = features.outcomes(test)
        scores = scorer.score(features.matrix(test, names=scorer.version.features))
        kept = _not_yet_known(outcomes, features.outcomes(Period(begin, test.end)), begin)
        results.append(_measure(_part(outcomes, kept), scores[kept], begin, scorer.version.rows))
    means = {
        name: float(np.mean([getattr(result, name) for result in results]))
        for name in (
            "auc_roc",
            "average_precision",
            "card_precision",
            "best_card_precision",
            "calibration_error",
        )
    }
    return ClassifierMetrics("handbook chapter 3" if weeks == 1 else "handbook chapter 5", tuple(results), **means)


def _days(moments: NDArray[np.datetime64], start: datetime) -> NDArray[np.int64]:
    days: NDArray[np.int64] = ((moments - np.datetime64(start, "us")) // np.timedelta64(1, "D")).astype(np.int64)
    return days


def _not_yet_known(test: Outcomes, since_training: Outcomes, train_start: datetime) -> NDArray[np.bool_]:
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
    return (first > known_until) & (first >= 7)


def _part(outcomes: Outcomes, kept: NDArray[np.bool_]) -> Outcomes:
    return Outcomes(
        outcomes.transaction_ids[kept],
        outcomes.customer_ids[kept],
        outcomes.occurred_at[kept],
        outcomes.fraud[kept],
        outcomes.known_at[kept],
    )


def _measure(test: Outcomes, scores: FloatArray, begin: datetime, trained_on: int) -> WeekMetrics:
    if test.fraud.all() or not test.fraud.any():
        raise NotEnoughLabels(
            f"The test week from {begin + 2 * WEEK:%Y-%m-%d} holds no known fraud, or nothing else.",
            "Choose a start so that training, delay and test weeks lie within the data.",
        )
    days = _days(test.occurred_at, begin)
    return WeekMetrics(
        train_from=begin,
        trained_on=trained_on,
        tested_on=len(scores),
        frauds=int(test.fraud.sum()),
        auc_roc=float(roc_auc_score(test.fraud, scores)),
        average_precision=float(average_precision_score(test.fraud, scores)),
        card_precision=card_precision(days, test.customer_ids, test.fraud, scores),
        best_card_precision=card_precision(days, test.customer_ids, test.fraud, test.fraud.astype(float)),
        calibration_error=calibration_error(test.fraud, scores),
    )


def card_precision(
    days: NDArray[np.int64],
    customers: NDArray[np.object_],
    fraud: NDArray[np.bool_],
    scores: FloatArray,
    cards: int = CARDS_A_DAY,
) -> float:
    """CP@`cards`: of the customers with the day's highest scores, the share with a fraud that day; mean of the days.

    A customer found to be defrauded is not looked at again on later days.
    """
    found: set[object] = set()
    shares = []
    for day in np.unique(days):
        today = np.flatnonzero(days == day)
        best: dict[object, float] = {}
        hit: set[object] = set()
        for row in today:
            customer = customers[row]
            if customer in found:
                continue
            best[customer] = max(best.get(customer, -np.inf), float(scores[row]))
            if fraud[row]:
                hit.add(customer)
        top = sorted(best, key=lambda customer: -best[customer])[:cards]
        caught = hit.intersection(top)
        shares.append(len(caught) / cards)
        found |= caught
    return float(np.mean(shares))


def calibration_error(fraud: NDArray[np.bool_], scores: FloatArray, bins: int = CALIBRATION_BINS) -> float:
    """Expected calibration error over bins of equal numbers of rows: mean |mean score - share of frauds|."""
    order = np.argsort(scores, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    gaps = [abs(scores[part].mean() - fraud[part].mean()) * len(part) for part in parts]
    return float(sum(gaps) / len(scores))
