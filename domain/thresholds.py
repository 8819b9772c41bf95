"""Which scores raise an alert: policies, what each threshold would have done, and what a change does to a day's queue.

A policy is computed from a scored history. Its outcomes are those known by now, of transactions that the classifier was
not trained on: on its own training rows every threshold would look better than it is.
"""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from domain.errors import InvalidThreshold, NotEnoughLabels
from domain.scoring import BANDS, Band, FloatArray, band

BoolArray = NDArray[np.bool_]
CURVE_POINTS = 120
FEWEST_FRAUDS = 10


@dataclass(frozen=True, slots=True)
class ScoredHistory:
    """n scored transactions, (n,) each. `fraud` counts only where `known`; amounts are in units of currency.

    `days` is the span of all rows, `known_days` that of the known ones: alerts a day are counted over them.
    """

    scores: FloatArray
    amounts: FloatArray
    fraud: BoolArray
    known: BoolArray
    days: float
    known_days: float

    @classmethod
    def of_scores(cls, scores: FloatArray, days: float) -> "ScoredHistory":
        """A history whose outcomes nobody knows yet: enough for a budget."""
        nothing = np.zeros(len(scores), dtype=np.bool_)
        return cls(scores, np.zeros(len(scores)), nothing, nothing, days, 0.0)

    @property
    def enough_frauds(self) -> bool:
        """Whether outcomes say enough to choose a threshold by them."""
        return int(self.fraud[self.known].sum()) >= FEWEST_FRAUDS


class ThresholdPolicy(Protocol):
    """How the threshold is chosen."""

    def threshold(self, history: ScoredHistory) -> float:
        """The lowest score that still raises an alert; infinite where none should be raised."""
        ...

    def wording(self) -> str:
        """The policy in words, as it is shown and audited."""
        ...


@dataclass(frozen=True, slots=True)
class AlertBudget:
    """As many alerts a day as reviewers can take: the score that gives this many on average over all scored rows."""

    alerts_per_day: float = 100.0

    def __post_init__(self) -> None:
        if not 0 <= self.alerts_per_day < np.inf:
            raise InvalidThreshold(f"A budget of {self.alerts_per_day} alerts a day is none.", "Give 0 or more.")

    def threshold(self, history: ScoredHistory) -> float:
        budget = int(min(len(history.scores), self.alerts_per_day * history.days))
        if budget == 0:
            return float("inf")
        place = len(history.scores) - budget
        return float(np.partition(history.scores, place)[place])

    def wording(self) -> str:
        return f"at most {self.alerts_per_day:g} alert{'' if self.alerts_per_day == 1 else 's'} a day"


@dataclass(frozen=True, slots=True)
class TargetPrecision:
    """The lowest score above which at least this share of the alerts with a known outcome was fraud."""

    precision: float

    def __post_init__(self) -> None:
        if not 0 < self.precision <= 1:
            raise InvalidThreshold(f"A precision of {self.precision} is none.", "Give a share over 0, at most 1.")

    def threshold(self, history: ScoredHistory) -> float:
        """Raises NotEnoughLabels."""
        levels = _levels(history)
        enough = np.flatnonzero(levels.caught >= self.precision * levels.alerts)
        return float(levels.scores[enough[-1]]) if len(enough) else float("inf")

    def wording(self) -> str:
        return f"at least {self.precision:.0%} of alerts are fraud"


@dataclass(frozen=True, slots=True)
class ReviewCost:
    """The score that costs least: `per_review` for each alert, and the amount of each fraud that raises none."""

    per_review: float

    def __post_init__(self) -> None:
        if not 0 <= self.per_review < np.inf:
            raise InvalidThreshold(f"A review cannot cost {self.per_review}.", "Give 0 or more.")

    def threshold(self, history: ScoredHistory) -> float:
        """Raises NotEnoughLabels. Of thresholds that cost the same, the one with the fewest alerts."""
        levels = _levels(history)
        saved = levels.value - self.per_review * levels.alerts
        best = int(np.argmax(saved))
        return float(levels.scores[best]) if saved[best] > 0 else float("inf")

    def wording(self) -> str:
        return f"least cost at {self.per_review:g} a review"


AnyPolicy = AlertBudget | TargetPrecision | ReviewCost


@dataclass(frozen=True, slots=True)
class AppliedPolicy:
    """The policy that scoring follows, and the alerts a day that it gave: the budget while outcomes are too few."""

    policy: AnyPolicy
    alerts_per_day: float


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What a threshold would have done to the known transactions.

    `precision` is 1 where nothing is raised; `value_detected` is the caught share of the money in frauds; `cost` is a
    day's: reviews and the amounts of missed frauds, in units of currency.
    """

    threshold: float
    alerts_per_day: float
    precision: float
    recall: float
    value_detected: float
    cost: float


def threshold_curve(history: ScoredHistory, per_review: float, points: int = CURVE_POINTS) -> tuple[CurvePoint, ...]:
    """From no alert to one for every transaction, denser where alerts are few. Raises NotEnoughLabels."""
    levels = _levels(history)
    wanted = np.unique(np.geomspace(1, levels.alerts[-1], points).astype(np.int64))
    places = np.unique(np.searchsorted(levels.alerts, wanted))
    nothing = _point(history, levels, -1, float("inf"), per_review)
    return (
        nothing,
        *(_point(history, levels, int(place), float(levels.scores[place]), per_review) for place in places),
    )


def at_threshold(history: ScoredHistory, threshold: float, per_review: float) -> CurvePoint:
    """The curve's point at exactly this threshold. Raises NotEnoughLabels."""
    levels = _levels(history)
    return _point(history, levels, int(np.sum(levels.scores >= threshold)) - 1, threshold, per_review)


@dataclass(frozen=True, slots=True)
class QueueDay:
    """A day's n scored transactions and what the queue made of them, (n,) each."""

    day: date
    transaction_ids: NDArray[np.object_]
    scores: FloatArray
    alerted: BoolArray
    upstream: BoolArray  # flagged by another system: in the queue whatever the threshold
    decided: BoolArray  # an alert that a person decided about stays, as it was decided on
    threshold: float


@dataclass(frozen=True, slots=True)
class BandCount:
    """How many alerts of a band the day's queue holds, and would hold."""

    band: Band
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class ThresholdPreview:
    """What a threshold would do to a day's queue; ids of transactions, highest score first. `bands` from critical."""

    day: date
    threshold_before: float
    threshold_after: float
    added: tuple[str, ...]
    removed: tuple[str, ...]
    kept: int
    bands: tuple[BandCount, ...]


def preview_threshold(queue: QueueDay, threshold: float) -> ThresholdPreview:
    """Changes nothing. Alerts flagged upstream and alerts with a decision stay."""
    stays = queue.upstream | (queue.alerted & queue.decided)
    after = stays | (queue.scores >= threshold)
    settled = queue.alerted & queue.decided
    return ThresholdPreview(
        day=queue.day,
        threshold_before=queue.threshold,
        threshold_after=threshold,
        added=_by_score(queue, after & ~queue.alerted),
        removed=_by_score(queue, queue.alerted & ~after),
        kept=int(np.sum(queue.alerted & after)),
        bands=_bands(queue, after, threshold, settled),
    )


def _bands(queue: QueueDay, after: BoolArray, threshold: float, settled: BoolArray) -> tuple[BandCount, ...]:
    before = [band(float(score), queue.threshold) for score in queue.scores[queue.alerted]]
    later = [band(float(score), threshold) for score in queue.scores[after & ~settled]]
    later += [band(float(score), queue.threshold) for score in queue.scores[settled]]
    return tuple(BandCount(name, before.count(name), later.count(name)) for name in BANDS)


def _by_score(queue: QueueDay, chosen: BoolArray) -> tuple[str, ...]:
    places = np.flatnonzero(chosen)
    return tuple(queue.transaction_ids[places[np.argsort(-queue.scores[places], kind="stable")]].tolist())


@dataclass(frozen=True, slots=True)
class _Levels:
    """Each distinct score, falling; down to it: how many rows, frauds among them, and money in those."""

    scores: FloatArray
    alerts: NDArray[np.int64]
    caught: NDArray[np.int64]
    value: FloatArray


def _levels(history: ScoredHistory) -> _Levels:
    scores, fraud = history.scores[history.known], history.fraud[history.known]
    if not history.enough_frauds:
        raise NotEnoughLabels(
            f"Of the scored transactions that the classifier did not learn from, {int(fraud.sum())} are known frauds:"
            f" at least {FEWEST_FRAUDS} are needed to choose a threshold by their outcomes.",
            "Use an alert budget, or score a period whose outcomes are known.",
        )
    order = np.argsort(-scores, kind="stable")
    falling = scores[order]
    ends = np.flatnonzero(np.append(falling[1:] != falling[:-1], True))
    return _Levels(
        falling[ends],
        (ends + 1).astype(np.int64),
        np.cumsum(fraud[order], dtype=np.int64)[ends],
        np.cumsum(np.where(fraud, history.amounts[history.known], 0.0)[order])[ends],
    )


def _point(history: ScoredHistory, levels: _Levels, place: int, threshold: float, per_review: float) -> CurvePoint:
    """`place` -1: above every score."""
    alerts, caught, value = (
        (int(levels.alerts[place]), int(levels.caught[place]), float(levels.value[place]))
        if place >= 0
        else (0, 0, 0.0)
    )
    total_value = float(levels.value[-1])
    return CurvePoint(
        threshold=threshold,
        alerts_per_day=alerts / history.known_days,
        precision=caught / alerts if alerts else 1.0,
        recall=caught / int(levels.caught[-1]),
        value_detected=value / total_value if total_value else 0.0,
        cost=(alerts * per_review + total_value - value) / history.known_days,
    )
