"""What an evaluation of a classifier finds: measures of the product and of what stands beside it, on which weeks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.transactions import Period

WEEK = timedelta(days=7)
DELAY = WEEK  # until a fraud is taken to be known


@dataclass(frozen=True, slots=True)
class Split:
    """Training on [`train_from`, `train_until`), a week's delay, a week's test."""

    train_from: datetime
    train_until: datetime

    @property
    def training(self) -> Period:
        return Period(self.train_from, self.train_until)

    @property
    def known_at(self) -> datetime:
        """Labels are taken as they were known then; the test starts here too."""
        return self.train_until + DELAY

    @property
    def test(self) -> Period:
        return Period(self.known_at, self.known_at + WEEK)

    def with_history(self, start: datetime) -> "Split":
        """The same test after training on everything from `start` on."""
        return Split(start, self.train_until)


@dataclass(frozen=True, slots=True)
class Measures:
    """Shares from 0 to 1. Value detection rate and alert precision are those of each day's 100 highest scores."""

    auc_roc: float
    average_precision: float
    card_precision: float
    value_detection_rate: float
    alert_precision: float
    calibration_error: float


@dataclass(frozen=True, slots=True)
class TypologyMeasures:
    """How one kind of fraud is found, against all that is no fraud. `captured` and `precision` are of each day's 100
    highest scores: the share of these frauds among them, and their share among them and the false alarms."""

    typology: str
    frauds: int
    captured: float
    precision: float
    value_detection_rate: float
    auc_roc: float
    average_precision: float


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Rows of like scores: their mean score beside their share of frauds."""

    mean_score: float
    fraud_share: float
    rows: int


@dataclass(frozen=True, slots=True)
class PrecisionRecall:
    """The curve at CURVE_POINTS recalls or fewer, rising."""

    recall: tuple[float, ...]
    precision: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ModelLine:
    """One model's measures: mean over the weeks, and over seeds; the deviation is that of the seeds' means."""

    model: str
    seeds: int
    mean: Measures
    deviation: Measures


@dataclass(frozen=True, slots=True)
class Choice:
    """A candidate on the validation weeks. `exact` says whether its reasons can be; only such a one may be chosen."""

    model: str
    exact: bool
    mean: Measures


@dataclass(frozen=True, slots=True)
class WeekMetrics:
    """A reported week: the product with the first seed. `best_card_precision` is a perfect scorer's."""

    train_from: datetime
    train_until: datetime
    test_from: datetime
    trained_on: int
    tested_on: int
    frauds: int
    best_card_precision: float
    measures: Measures


@dataclass(frozen=True, slots=True)
class ModelCurve:
    """A model's precision at each recall, all reported weeks together, with the first seed."""

    model: str
    curve: PrecisionRecall


@dataclass(frozen=True, slots=True)
class ClassifierMetrics:
    """The product's measures (first level: means over weeks and seeds), how it was chosen, and what stands beside it.

    `history` is the product trained on all that came before the first reported week's delay, tested on that week.
    """

    protocol: str
    auc_roc: float
    average_precision: float
    card_precision: float
    best_card_precision: float
    value_detection_rate: float
    alert_precision: float
    calibration_error: float
    validation: tuple[Split, ...]
    reported: tuple[Split, ...]
    choices: tuple[Choice, ...]
    chosen: str
    models: tuple[ModelLine, ...]
    weeks: tuple[WeekMetrics, ...]
    history: ModelLine | None
    typologies: tuple[TypologyMeasures, ...]
    reliability: tuple[ReliabilityBin, ...]
    precision_recall: tuple[ModelCurve, ...]


def weeks_of(splits: Sequence[Split]) -> Period:
    """From the first to after the last tested day."""
    return Period(splits[0].test.start, splits[-1].test.end)
