"""Reasons are exact over all alerts; a second opinion is another method's, and says how far to trust either."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from domain.errors import UnknownAlert
from domain.grouping import grouping_of
from domain.scoring import FeatureMatrix, FloatArray, Scorer
from domain.second_opinion import LocalFit, second_opinion, stability, strongest
from models.classifier.second_opinion import Lime
from tests.simulated import Simulated, simulated


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    made = simulated(tmp_path_factory.mktemp("opinion"))
    yield made
    made.store.close()


@dataclass(frozen=True)
class Told:
    """A surrogate that says what it is told to."""

    weights: FloatArray
    method: str = "an oracle"

    def fit(self, scorer: Scorer, case: FeatureMatrix, background: FeatureMatrix, seed: int) -> LocalFit:
        return LocalFit(self.weights, 0.9)


def contributions(world: Simulated) -> FloatArray:
    """Of the highest alert, by feature."""
    names = world.scorer.version.features
    return world.scorer.contributions(world.store.features.matrix(ids=world.alerted(1), names=names)).values[0]


def test_contributions_add_up_over_all_alerts_by_feature_and_by_meaning(world: Simulated) -> None:
    names = world.scorer.version.features
    data = world.store.features.matrix(ids=world.alerted(1000), names=names)
    scores, reasons = world.scorer.score(data), world.scorer.contributions(data)
    log_odds = np.log(scores) - np.log1p(-scores)
    by_meaning = grouping_of(names).sums(reasons.values)
    assert len(scores) > 100 and by_meaning.shape[1] < len(names)
    assert np.abs(reasons.base + reasons.values.sum(axis=1) - log_odds).max() < 1e-6
    assert np.abs(reasons.base + by_meaning.sum(axis=1) - log_odds).max() < 1e-6


def test_a_second_method_that_says_the_same_agrees_in_all_three(world: Simulated) -> None:
    found = second_opinion(world.store, world.scorer, Told(contributions(world)), world.alerted(1)[0])
    assert found.agreement == 3 and found.ours == found.theirs and found.method == "an oracle"
    assert all(opinion.statement for opinion in found.ours)
    sizes = [abs(opinion.weight) for opinion in found.ours]
    assert sizes == sorted(sizes, reverse=True)


def test_a_second_method_that_says_otherwise_does_not(world: Simulated) -> None:
    names = world.scorer.version.features
    grouping = grouping_of(names)
    weakest = np.argsort(np.abs(grouping.sums(contributions(world)[None, :])[0]))[:3]
    weights = np.zeros(len(names))
    weights[[int(grouping.members[place][0]) for place in weakest]] = 5.0
    assert second_opinion(world.store, world.scorer, Told(weights), world.alerted(1)[0]).agreement == 0


class OneReason:
    """A score that follows the amount alone."""

    def __init__(self, real: Scorer) -> None:
        self.version = real.version
        self._amount = self.version.features.index("amount")

    def score(self, features: FeatureMatrix) -> FloatArray:
        return 1 / (1 + np.exp(-features.values[:, self._amount] / 100 + 3))


def test_lime_finds_the_only_reason_and_the_same_seed_gives_the_same_opinion(world: Simulated) -> None:
    names = world.scorer.version.features
    scorer = OneReason(world.scorer)
    background = world.store.features.sample(500, names)
    assert np.isnan(background.values).any()
    largest = background.transaction_ids[[int(np.argmax(background.values[:, names.index("amount")]))]]
    case = world.store.features.matrix(ids=largest.tolist(), names=names)
    fit = Lime().fit(scorer, case, background, seed=1)
    assert names[int(np.argmax(fit.weights))] == "amount" and fit.weights.max() > 0
    assert 0 < fit.fidelity <= 1
    assert not fit.weights[np.isnan(case.values[0])].any()
    assert (Lime().fit(scorer, case, background, seed=1).weights == fit.weights).all()


def test_reasons_that_hang_on_a_hair_are_unstable(world: Simulated) -> None:
    class Fickle(OneReason):
        """Its three reasons are others whenever the amount is not exactly as it was."""

        def contributions(self, features: FeatureMatrix):  # type: ignore[no-untyped-def]
            exact = features.values[:, self._amount] == amount
            values = np.zeros_like(features.values)
            grouping = grouping_of(features.names)
            first, second = ([int(m[0]) for m in grouping.members[at : at + 3]] for at in (0, 3))
            values[np.ix_(exact, first)] = 1.0
            values[np.ix_(~exact, second)] = 1.0
            return type("Reasons", (), {"values": values})

    names = world.scorer.version.features
    case = world.store.features.matrix(ids=world.alerted(1), names=names)
    amount = case.values[0, names.index("amount")]
    assert stability(Fickle(world.scorer), case, grouping_of(names), seed=0) == 0.0  # type: ignore[arg-type]
    assert 0.5 < stability(world.scorer, case, grouping_of(names), seed=0) <= 1.0


def test_what_has_no_part_is_no_reason() -> None:
    assert strongest(np.array([0.0, -2.0, 0.0, 1.0])) == [1, 3]


def test_an_unknown_transaction_is_named(world: Simulated) -> None:
    with pytest.raises(UnknownAlert, match="T-unheard"):
        second_opinion(world.store, world.scorer, Lime(), "T-unheard")
