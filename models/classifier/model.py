"""A trained classifier: gradient-boosted trees on numeric features, calibrated in log-odds, explained by TreeSHAP.

The trees bin each column into 255 quantiles, which blurs sharp edges among the few largest values, where fraud often
lies. So each feature with many values has a second, tail column: its value above the 98th percentile of training, else
absent. Its bins all lie in the tail. In contributions the two columns are one feature again.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from domain.scoring import ClassifierVersion, Contributions, FeatureMatrix, FloatArray
from models.classifier.forest import Forest
from models.classifier.treeshap import TreeShap


@dataclass(frozen=True)
class Design:
    """How features become columns. `tail_from` is (features,): where the tail column starts, NaN for none."""

    features: tuple[str, ...]
    tail_from: FloatArray

    def columns(self, matrix: FeatureMatrix) -> FloatArray:
        """(n, features + tails) float64. Raises KeyError where the matrix lacks a feature."""
        place = {name: column for column, name in enumerate(matrix.names)}
        columns = np.empty((len(matrix.values), len(self.features) + len(self._tailed)))
        values, tails = np.hsplit(columns, [len(self.features)])
        values[:] = matrix.values[:, [place[name] for name in self.features]]
        tails[:] = values[:, self._tailed]
        tails[~(tails > self.tail_from[self._tailed])] = np.nan
        return columns

    def by_feature(self, contributions: FloatArray) -> FloatArray:
        """Adds the tails' contributions to those of their features: (n, columns) -> (n, features)."""
        together = contributions[:, : len(self.features)].copy()
        together[:, self._tailed] += contributions[:, len(self.features) :]
        return together

    @property
    def _tailed(self) -> NDArray[np.intp]:
        return np.flatnonzero(~np.isnan(self.tail_from))


@dataclass(frozen=True)
class Calibration:
    """Platt's scaling: calibrated log-odds = slope * margin + offset. A positive slope keeps the order."""

    slope: float
    offset: float


@dataclass(frozen=True)
class Trees:
    """All that scoring needs of the artifact. The margin is the mean of the members' raw scores."""

    design: Design
    members: tuple[Forest, ...]
    calibration: Calibration

    def margin(self, matrix: FeatureMatrix) -> FloatArray:
        columns = self.design.columns(matrix)
        return np.asarray(np.mean([member.margin(columns) for member in self.members], axis=0))


class TreeScorer:
    """Implements domain.scoring.Scorer."""

    def __init__(self, trees: Trees, version: ClassifierVersion) -> None:
        self._trees = trees
        self._version = version

    @property
    def version(self) -> ClassifierVersion:
        return self._version

    def score(self, features: FeatureMatrix) -> FloatArray:
        """Calibrated probability of fraud, (n,)."""
        if not len(features.transaction_ids):
            return np.empty(0)
        calibration = self._trees.calibration
        return _probability(calibration.slope * self._trees.margin(features) + calibration.offset)

    def contributions(self, features: FeatureMatrix) -> Contributions:
        """Exact path-dependent TreeSHAP in calibrated log-odds; additive to 1e-6, absent values included."""
        design, calibration = self._trees.design, self._trees.calibration
        if not len(features.transaction_ids):
            return Contributions(design.features, np.empty((0, len(design.features))), 0.0)
        columns = design.columns(features)
        raw = np.mean([explainer.values(columns) for explainer in self._explainers], axis=0)
        base = float(np.mean([explainer.expected_value for explainer in self._explainers]))
        return Contributions(
            design.features,
            calibration.slope * design.by_feature(raw),
            calibration.slope * base + calibration.offset,
        )

    @cached_property
    def _explainers(self) -> tuple[TreeShap, ...]:
        return tuple(TreeShap(member) for member in self._trees.members)


def _probability(log_odds: FloatArray) -> FloatArray:
    return 1.0 / (1.0 + np.exp(-np.clip(log_odds, -500, 500)))
