"""How scores and known outcomes agree, as numbers that a chart draws; of outcomes the classifier did not learn from."""

from dataclasses import dataclass

import numpy as np

from domain.thresholds import ScoredHistory

EDGES = (0.0, 0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
POINTS = 200


@dataclass(frozen=True, slots=True)
class ReliabilityPoint:
    """Of `count` transactions scored about alike: their mean score, and the share that was fraud."""

    predicted: float
    observed: float
    count: int


@dataclass(frozen=True, slots=True)
class OutcomeCurves:
    """`precision_recall` is (recall, precision) by falling threshold; both curves are empty where no fraud is known."""

    reliability: tuple[ReliabilityPoint, ...]
    precision_recall: tuple[tuple[float, float], ...]
    rows: int
    frauds: int


def outcome_curves(history: ScoredHistory) -> OutcomeCurves:
    """Over the rows whose outcome is known."""
    scores, fraud = history.scores[history.known], history.fraud[history.known]
    rows, frauds = len(scores), int(fraud.sum())
    if not frauds:
        return OutcomeCurves((), (), rows, frauds)
    bins = np.clip(np.digitize(scores, EDGES) - 1, 0, len(EDGES) - 2)
    reliability = tuple(
        ReliabilityPoint(float(scores[inside].mean()), float(fraud[inside].mean()), int(inside.sum()))
        for number in range(len(EDGES) - 1)
        if (inside := bins == number).any()
    )
    order = np.argsort(-scores, kind="stable")
    ordered, caught = scores[order], np.cumsum(fraud[order])
    ends = np.flatnonzero(np.append(np.diff(ordered) != 0, True))  # a threshold takes all rows of one score
    recall, precision = caught[ends] / frauds, caught[ends] / (ends + 1)
    chosen = np.unique(np.linspace(0, len(ends) - 1, min(POINTS, len(ends))).round().astype(int))
    # Most of the curve lies among the highest scores: half of the points by recall
    by_recall = np.searchsorted(recall, np.linspace(0, 1, POINTS)).clip(max=len(ends) - 1)
    chosen = np.union1d(chosen, by_recall)
    curve = tuple((float(recall[place]), float(precision[place])) for place in chosen)
    return OutcomeCurves(reliability, curve, rows, frauds)
