"""Measures of scores against what became of their transactions, after the Fraud Detection Handbook (chapter 4)."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

from domain.evaluation import Measures, PrecisionRecall, ReliabilityBin, TypologyMeasures
from domain.scoring import FloatArray

CARDS_A_DAY = 100
ALERTS_A_DAY = 100
CALIBRATION_BINS = 20
CURVE_POINTS = 400
FRAUDS_A_BIN = 50
FEWEST_BINS = 6

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Assessed:
    """n transactions of a test, (n,) each. `days` counts from the test's first; `scenarios` is None for no fraud."""

    days: NDArray[np.int64]
    customers: NDArray[np.object_]
    amounts: FloatArray
    fraud: BoolArray
    scenarios: NDArray[np.object_]


def measure(tested: Assessed, scores: FloatArray, *, cards: int = CARDS_A_DAY, alerts: int = ALERTS_A_DAY) -> Measures:
    """`scores` (n,) are probabilities. There must be frauds and others."""
    raised = alerted(tested.days, scores, alerts)
    lost = tested.amounts[tested.fraud].sum()
    return Measures(
        auc_roc=float(roc_auc_score(tested.fraud, scores)),
        average_precision=float(average_precision_score(tested.fraud, scores)),
        card_precision=card_precision(tested.days, tested.customers, tested.fraud, scores, cards),
        value_detection_rate=float(tested.amounts[tested.fraud & raised].sum() / lost) if lost else 0.0,
        alert_precision=float(tested.fraud[raised].mean()) if raised.any() else 0.0,
        calibration_error=calibration_error(tested.fraud, scores),
    )


def measure_typologies(
    tested: Assessed, scores: FloatArray, alerts: int = ALERTS_A_DAY
) -> tuple[TypologyMeasures, ...]:
    """One for each kind of fraud that is named, by name."""
    raised = alerted(tested.days, scores, alerts)
    found = []
    for typology in sorted({name for name in tested.scenarios[tested.fraud] if name is not None}):
        these = tested.fraud & (tested.scenarios == typology)
        against = these | ~tested.fraud
        lost = tested.amounts[these].sum()
        found.append(
            TypologyMeasures(
                typology=typology,
                frauds=int(these.sum()),
                captured=float(raised[these].mean()),
                precision=float(these[raised & against].mean()) if (raised & against).any() else 0.0,
                value_detection_rate=float(tested.amounts[these & raised].sum() / lost) if lost else 0.0,
                auc_roc=float(roc_auc_score(these[against], scores[against])),
                average_precision=float(average_precision_score(these[against], scores[against])),
            )
        )
    return tuple(found)


def mean_of(measures: list[Measures]) -> Measures:
    return Measures(*(float(np.mean(values)) for values in _by_field(measures)))


def deviation_of(measures: list[Measures]) -> Measures:
    """Standard deviation with n - 1; 0 for one."""
    return Measures(*(float(np.std(values, ddof=1)) if len(values) > 1 else 0.0 for values in _by_field(measures)))


def _by_field(measures: list[Measures]) -> list[list[float]]:
    return [[getattr(one, field.name) for one in measures] for field in fields(Measures)]


def alerted(days: NDArray[np.int64], scores: FloatArray, alerts: int = ALERTS_A_DAY) -> BoolArray:
    """The `alerts` highest scores of each day; earlier rows first among equal ones."""
    raised = np.zeros(len(scores), dtype=np.bool_)
    for day in np.unique(days):
        today = np.flatnonzero(days == day)
        raised[today[np.argsort(-scores[today], kind="stable")[:alerts]]] = True
    return raised


def card_precision(
    days: NDArray[np.int64],
    customers: NDArray[np.object_],
    fraud: BoolArray,
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


def calibration_error(fraud: BoolArray, scores: FloatArray, bins: int = CALIBRATION_BINS) -> float:
    """Expected calibration error over bins of equal numbers of rows: mean |mean score - share of frauds|."""
    parts = _equal_parts(scores, bins)
    gaps = [abs(scores[part].mean() - fraud[part].mean()) * len(part) for part in parts]
    return float(sum(gaps) / len(scores))


def reliability(fraud: BoolArray, scores: FloatArray) -> tuple[ReliabilityBin, ...]:
    """Bins of rising scores that each hold about as many frauds, since almost all rows score near 0.

    A bin holds about FRAUDS_A_BIN, so that its share means something; fewer where there would be under FEWEST_BINS.
    """
    order = np.argsort(scores, kind="stable")
    counted = np.cumsum(fraud[order])
    frauds = int(counted[-1])
    bins = max(frauds // FRAUDS_A_BIN, min(FEWEST_BINS, frauds), 1)
    edges = np.searchsorted(counted, np.linspace(0, counted[-1], bins + 1)[1:-1], side="left") + 1
    parts = [part for part in np.split(order, edges) if len(part)]
    return tuple(ReliabilityBin(float(scores[part].mean()), float(fraud[part].mean()), len(part)) for part in parts)


def precision_recall(fraud: BoolArray, scores: FloatArray) -> PrecisionRecall:
    precision, recall, _ = precision_recall_curve(fraud, scores)
    precision, recall = precision[::-1], recall[::-1]
    places = np.unique(np.linspace(0, len(recall) - 1, min(CURVE_POINTS, len(recall))).astype(int))
    wanted = np.unique(np.searchsorted(recall, recall[places], side="right") - 1)
    even = np.unique(
        np.searchsorted(recall, np.linspace(0, 1, CURVE_POINTS // 2), side="left").clip(0, len(recall) - 1)
    )
    chosen = np.union1d(wanted, even)
    return PrecisionRecall(tuple(recall[chosen].tolist()), tuple(precision[chosen].tolist()))


def _equal_parts(scores: FloatArray, bins: int) -> list[NDArray[np.intp]]:
    order = np.argsort(scores, kind="stable")
    return [part for part in np.array_split(order, bins) if len(part)]
