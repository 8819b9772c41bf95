"""Trains, calibrates and restores classifiers.

scikit-learn is imported where something is trained: a classifier that is restored does not need it.
"""

import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from domain.errors import NotEnoughLabels
from domain.scoring import ClassifierVersion, FeatureMatrix, FloatArray, Scorer, TrainingSet
from models.classifier.artifact import artifact_id, from_artifact, to_artifact
from models.classifier.model import Calibration, Design, TreeScorer

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

FEWEST_FRAUDS = 10
CALIBRATION_SHARE = 0.2  # of the known frauds, the latest
TAIL_QUANTILE = 0.98
BINS = 255


@dataclass(frozen=True)
class Settings:
    """Small trees, many of them, each split seeing few features, for frauds are few and noise is plenty.

    Beyond `most_genuine` rows a random part of the genuine ones is learnt from.
    """

    rounds: int = 300
    leaves: int = 8
    learning_rate: float = 0.03
    rows_per_leaf: int = 50  # or a tenth of the frauds, where that is fewer
    feature_share: float = 0.3
    shrinkage: float = 10.0  # L2 on the leaves
    members: int = 1
    most_genuine: int = 400_000


class HistGradientBoostingTrainer:
    """Implements domain.scoring.Trainer."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or Settings()

    def train(self, data: TrainingSet, seed: int) -> tuple[Scorer, bytes]:
        """Fits on the earlier part, calibrates on the later one, then fits again on all with that calibration.

        The same data and seed give the same artifact. Frauds are rare: all of them are learnt from, and calibration on
        an unthinned later slice brings the probabilities back to the true rate. Raises NotEnoughLabels.
        """
        frauds = int(data.labels.sum())
        if frauds < FEWEST_FRAUDS or len(data.labels) - frauds < FEWEST_FRAUDS:
            raise NotEnoughLabels(
                f"{frauds} known frauds among {len(data.labels):,} transactions: at least {FEWEST_FRAUDS} are needed.",
                "Choose a longer period, or import rows with labels.",
            )
        design = _design(data.features)
        columns = design.columns(data.features)
        later = data.occurred_at >= np.quantile(
            data.occurred_at[data.labels].astype("datetime64[us]").astype(np.int64), 1 - CALIBRATION_SHARE
        ).astype("datetime64[us]")
        early = self._fit(columns[~later], data.labels[~later], seed)
        margin = np.asarray(np.mean([member.decision_function(columns[later]) for member in early], axis=0))
        calibration = _platt(margin, data.labels[later])
        artifact = to_artifact(design, self._fit(columns, data.labels, seed), calibration)
        version = _version(artifact, design, data, seed, _metrics(data.labels[later], margin, calibration))
        return self.restore(artifact, version), artifact

    def restore(self, artifact: bytes, version: ClassifierVersion) -> Scorer:
        """Raises ClassifierRefused."""
        return TreeScorer(from_artifact(artifact, version.classifier_id), version)

    def _fit(
        self, columns: FloatArray, labels: NDArray[np.bool_], seed: int
    ) -> "tuple[HistGradientBoostingClassifier, ...]":
        from sklearn.ensemble import HistGradientBoostingClassifier

        settings = self._settings
        rng = np.random.default_rng(seed)
        genuine = np.flatnonzero(~labels)
        if len(genuine) > settings.most_genuine:
            genuine = rng.choice(genuine, settings.most_genuine, replace=False)
        rows = np.sort(np.concatenate([np.flatnonzero(labels), genuine]))
        seen, known = columns[rows], labels[rows]
        seen[:, np.isnan(seen).all(axis=0)] = 0.0  # absent in this part: constant, so that no tree splits on it
        return tuple(
            HistGradientBoostingClassifier(
                max_iter=settings.rounds,
                max_leaf_nodes=settings.leaves,
                learning_rate=settings.learning_rate,
                min_samples_leaf=min(settings.rows_per_leaf, max(1, int(labels.sum()) // 10)),
                max_features=settings.feature_share,
                l2_regularization=settings.shrinkage,
                early_stopping=False,
                random_state=seed + member,
            ).fit(seen, known)
            for member in range(settings.members)
        )


def _design(features: FeatureMatrix) -> Design:
    """Leaves out features that are absent or constant; tails where there are more values than bins."""
    kept, tails = [], []
    for column, name in enumerate(features.names):
        values = features.values[:, column]
        distinct = np.unique(values[~np.isnan(values)])
        if len(distinct) + bool(np.isnan(values).any() and len(distinct)) < 2:
            continue
        kept.append(name)
        tails.append(float(np.nanquantile(values, TAIL_QUANTILE)) if len(distinct) > BINS else np.nan)
    return Design(tuple(kept), np.array(tails))


def _platt(margin: FloatArray, labels: NDArray[np.bool_]) -> Calibration:
    """Slope 1 and the offset of the base rate where the slice shows no order to calibrate."""
    if labels.all() or not labels.any():
        return Calibration(1.0, 0.0)
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=100.0, max_iter=1000).fit(margin[:, None], labels)
    slope = float(fitted.coef_[0, 0])
    return Calibration(slope, float(fitted.intercept_[0])) if slope > 0 else Calibration(1.0, 0.0)


def _metrics(labels: NDArray[np.bool_], margin: FloatArray, calibration: Calibration) -> tuple[tuple[str, float], ...]:
    """On the later slice, by the trees that did not see it."""
    if labels.all() or not labels.any():
        return ()
    from sklearn.metrics import average_precision_score, roc_auc_score

    probability = 1 / (1 + np.exp(-(calibration.slope * margin + calibration.offset)))
    return (
        ("held_out_rows", float(len(labels))),
        ("held_out_frauds", float(labels.sum())),
        ("auc_roc", float(roc_auc_score(labels, probability))),
        ("average_precision", float(average_precision_score(labels, probability))),
        ("mean_probability", float(probability.mean())),
        ("fraud_rate", float(labels.mean())),
        ("calibration_slope", calibration.slope),
        ("calibration_offset", calibration.offset),
    )


def _version(
    artifact: bytes, design: Design, data: TrainingSet, seed: int, metrics: tuple[tuple[str, float], ...]
) -> ClassifierVersion:
    place = {name: column for column, name in enumerate(data.features.names)}
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a median of nothing would be one: the design leaves such features out
        typical = np.nanmedian(data.features.values[:, [place[name] for name in design.features]], axis=0)
    moments = np.sort(data.occurred_at.astype("datetime64[us]"))
    return ClassifierVersion(
        classifier_id=artifact_id(artifact),
        created_at=datetime.now(UTC).replace(tzinfo=None),
        features=design.features,
        trained_from=moments[0].item(),
        trained_until=moments[-1].item(),
        rows=len(data.labels),
        frauds=int(data.labels.sum()),
        seed=seed,
        metrics=metrics,
        typical=tuple(zip(design.features, typical.tolist(), strict=True)),
    )
