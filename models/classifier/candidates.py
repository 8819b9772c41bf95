"""What a classifier is chosen among, and the published baselines: each gives probabilities for a test.

A stack is the mean of its members' log-odds. Reasons are exact only where a score's log-odds are a sum over trees or
features: the forest averages probabilities, so it, and a stack with it, can only be compared with.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from domain.scoring import FeatureMatrix, FloatArray, Trainer, TrainingSet

BOOK_FEATURES = (
    "amount",
    "weekend",
    "night",
    *(f"customer_{what}_{days}d" for what in ("count", "mean") for days in (1, 7, 30)),
    *(f"terminal_{what}_{days}d" for what in ("count", "fraud") for days in (1, 7, 30)),
)  # the handbook's 15, where the data has them
LEAST_ODDS = 1e-6


class Candidate(Protocol):
    """A way to learn scores."""

    @property
    def name(self) -> str: ...

    @property
    def exact(self) -> bool:
        """Whether its reasons can be exact."""
        ...

    def scores(self, training: TrainingSet, test: FeatureMatrix, seed: int) -> FloatArray:
        """Probabilities of fraud, (n,), after learning from `training`."""
        ...


@dataclass(frozen=True)
class Trained:
    """The product's own trainer: gradient boosting, calibrated."""

    trainer: Trainer
    name: str = "gradient boosting"
    exact: bool = True

    def scores(self, training: TrainingSet, test: FeatureMatrix, seed: int) -> FloatArray:
        scorer, _ = self.trainer.train(training, seed)
        return scorer.score(chosen(test, scorer.version.features))


@dataclass(frozen=True)
class Forest:
    """The handbook's random forest of 100 trees, 20 deep."""

    features: tuple[str, ...] | None = None
    name: str = "random forest 100/20"
    exact: bool = False
    jobs: int = -1

    def scores(self, training: TrainingSet, test: FeatureMatrix, seed: int) -> FloatArray:
        forest = RandomForestClassifier(100, max_depth=20, min_samples_leaf=2, random_state=seed, n_jobs=self.jobs)
        names = informative(training, self.features)
        forest.fit(_filled(training.features, names), training.labels)
        found: FloatArray = forest.predict_proba(_filled(test, names))[:, 1]
        return found


@dataclass(frozen=True)
class Logistic:
    """Logistic regression on standardised features; those of the product in signed logarithms, with absences told."""

    features: tuple[str, ...] | None = None
    name: str = "logistic regression"
    exact: bool = True

    def scores(self, training: TrainingSet, test: FeatureMatrix, seed: int) -> FloatArray:
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, random_state=seed))
        names = informative(training, self.features)
        model.fit(self._inputs(training.features, names), training.labels)
        found: FloatArray = model.predict_proba(self._inputs(test, names))[:, 1]
        return found

    def _inputs(self, matrix: FeatureMatrix, names: tuple[str, ...]) -> FloatArray:
        values = chosen(matrix, names).values
        absent = np.isnan(values)
        if self.features is not None:  # as in the book, where nothing is absent
            return np.where(absent, 0.0, values)
        squeezed = np.sign(values) * np.log1p(np.abs(values))
        return np.hstack([np.where(absent, 0.0, squeezed), absent.astype(np.float64)])


@dataclass(frozen=True)
class Boosted:
    """Gradient boosting by histogram with scikit-learn's defaults: what the product's settings and tails add to."""

    features: tuple[str, ...] | None = None
    name: str = "gradient boosting, defaults"
    exact: bool = True

    def scores(self, training: TrainingSet, test: FeatureMatrix, seed: int) -> FloatArray:
        model = HistGradientBoostingClassifier(early_stopping=False, random_state=seed)
        names = informative(training, self.features)
        model.fit(chosen(training.features, names).values, training.labels)
        found: FloatArray = model.predict_proba(chosen(test, names).values)[:, 1]
        return found


def stacked(members: list[FloatArray]) -> FloatArray:
    """The members' mean in log-odds, as a probability; each is (n,)."""
    bounded = [np.clip(member, LEAST_ODDS, 1 - LEAST_ODDS) for member in members]
    mean = np.mean([np.log(member) - np.log1p(-member) for member in bounded], axis=0)
    return np.asarray(1.0 / (1.0 + np.exp(-mean)))


def chosen(matrix: FeatureMatrix, names: tuple[str, ...]) -> FeatureMatrix:
    """Only these features. Raises KeyError."""
    place = {name: column for column, name in enumerate(matrix.names)}
    return FeatureMatrix(matrix.transaction_ids, names, matrix.values[:, [place[name] for name in names]])


def informative(training: TrainingSet, wanted: tuple[str, ...] | None) -> tuple[str, ...]:
    """Of the wanted features (None: all) those that the training set holds values of."""
    values = training.features.values
    there = {name for column, name in enumerate(training.features.names) if not np.isnan(values[:, column]).all()}
    return tuple(name for name in wanted or training.features.names if name in there)


def _filled(matrix: FeatureMatrix, names: tuple[str, ...]) -> FloatArray:
    return np.nan_to_num(chosen(matrix, names).values, nan=-1.0)
