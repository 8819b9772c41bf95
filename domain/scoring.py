"""Scores, bands, alerts, and the port a classifier implements."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Band = Literal["critical", "high", "medium", "low"]
BANDS: tuple[Band, ...] = ("critical", "high", "medium", "low")


@dataclass(frozen=True, slots=True)
class FeatureMatrix:
    """Point-in-time features of n transactions: `values` is (n, len(names)) float64, NaN where a feature is absent."""

    transaction_ids: NDArray[np.str_]
    names: tuple[str, ...]
    values: FloatArray

    def only(self, names: tuple[str, ...]) -> "FeatureMatrix":
        """The columns `names`, in that order. Raises KeyError where one is missing."""
        place = {name: column for column, name in enumerate(self.names)}
        return FeatureMatrix(self.transaction_ids, names, self.values[:, [place[name] for name in names]])


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Features with the labels that were known at `known_at`."""

    features: FeatureMatrix
    labels: NDArray[np.bool_]
    occurred_at: NDArray[np.datetime64]
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Contributions:
    """Additive reasons: base + values.sum(axis=1) is the calibrated log-odds of each score. `values` is (n, f)."""

    names: tuple[str, ...]
    values: FloatArray
    base: float


@dataclass(frozen=True, slots=True)
class ClassifierVersion:
    """A registered classifier: its hash is its id. `metrics` and `typical` are (name, value) pairs."""

    classifier_id: str
    created_at: datetime
    features: tuple[str, ...]
    trained_from: datetime
    trained_until: datetime
    rows: int
    frauds: int
    seed: int
    metrics: tuple[tuple[str, float], ...]
    typical: tuple[tuple[str, float], ...]  # median of each feature in training: the baseline where none better exists


class Scorer(Protocol):
    """A trained classifier."""

    @property
    def version(self) -> ClassifierVersion: ...

    def score(self, features: FeatureMatrix) -> FloatArray:
        """Calibrated probability of fraud, (n,)."""
        ...

    def contributions(self, features: FeatureMatrix) -> Contributions:
        """Exact TreeSHAP contributions in calibrated log-odds; additive to 1e-6."""
        ...


class Trainer(Protocol):
    """Trains scorers and restores them from their artifact."""

    def train(self, data: TrainingSet, seed: int) -> tuple[Scorer, bytes]:
        """Returns the scorer and its artifact (skops). Raises NotEnoughLabels."""
        ...

    def restore(self, artifact: bytes, version: ClassifierVersion) -> Scorer:
        """Raises ClassifierRefused where the hash differs or a type is not allowed."""
        ...


def band(score: float, threshold: float) -> Band:
    """How far a score stands above the threshold, in odds: critical from 16 times, high from 4, medium from 1."""
    if score < threshold:
        return "low"

    def odds(p: float) -> float:
        return p / max(1.0 - p, 1e-9)

    times = odds(score) / max(odds(threshold), 1e-12)
    return "critical" if times >= 16 else "high" if times >= 4 else "medium"


def alert_id_of(transaction_id: str) -> str:
    """Each transaction raises one alert at most, which is named after it."""
    return f"A-{transaction_id}"


def transaction_of(alert_id: str) -> str:
    """The id of the transaction that raised the alert."""
    return alert_id.removeprefix("A-")


@dataclass(frozen=True, slots=True)
class Alert:
    """A flagged transaction in the queue. `origin` says whether our score or another system raised it."""

    alert_id: str
    transaction_id: str
    classifier_id: str
    score: float
    threshold: float
    band: Band
    origin: Literal["model", "upstream"]
    created_at: datetime
    flag_reason: str | None = None
