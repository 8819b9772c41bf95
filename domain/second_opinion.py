"""A second opinion on a score's reasons: another method fitted around the case, and whether ours hold when it wavers.

TreeSHAP's contributions are exact for the classifier; what they cannot say is whether another way of explaining would
name the same reasons, or whether a small error in the data would change them. Both are measured here, for the three
strongest meanings (domain.meanings), by absolute contribution or weight.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from domain.evidence import Evidence
from domain.explaining import build_evidence
from domain.grouping import Grouping, grouping_of
from domain.scoring import FeatureMatrix, FloatArray, Scorer
from domain.store import Store

COMPARED = 3
BACKGROUND = 1_000  # payments of the store that say what values are usual
NEIGHBOURS = 40
WAVER = 0.05  # standard deviation of the logarithm of each value in the neighbours: about five percent
TOLD = 30  # pieces of evidence in which words for a reason are looked for


@dataclass(frozen=True, slots=True)
class LocalFit:
    """A linear model of the log-odds around one case: `weights` is (f,), positive raises; `fidelity` its R2 there."""

    weights: FloatArray
    fidelity: float


class LocalSurrogate(Protocol):
    """Explains one score by a simpler model fitted around it, knowing nothing of how the classifier works."""

    @property
    def method(self) -> str:
        """What it is called, for people."""
        ...

    def fit(self, scorer: Scorer, case: FeatureMatrix, background: FeatureMatrix, seed: int) -> LocalFit:
        """`case` is one row, `background` the rows that neighbours are drawn from, both of the scorer's f features.

        An absent value of the case stays absent in its neighbours and has weight 0.
        """
        ...


@dataclass(frozen=True, slots=True)
class Opinion:
    """A reason and its strength: a contribution in log-odds (ours), or the surrogate's weight in log-odds (theirs).

    `statement` says it in plain words, '' where there are none.
    """

    feature: str
    statement: str
    weight: float


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """The three strongest reasons by both methods, strongest first, and how far to trust them.

    `agreement` counts the reasons that are in both. `fidelity` is the surrogate's R2 among the neighbours: a low one
    says that its opinion is worth little here. `stability` is the mean share of our three that stay the strongest
    three in neighbours whose values are about five percent off.
    """

    method: str
    ours: tuple[Opinion, ...]
    theirs: tuple[Opinion, ...]
    agreement: int
    fidelity: float
    stability: float


def second_opinion(
    store: Store, scorer: Scorer, surrogate: LocalSurrogate, transaction_id: str, seed: int = 0
) -> SecondOpinion:
    """Asks `surrogate` about the score of one transaction. The same seed gives the same answer. Raises UnknownAlert."""
    names = scorer.version.features
    case = store.features.matrix(ids=[transaction_id], names=names)
    grouping = grouping_of(names)
    ours = grouping.sums(scorer.contributions(case).values)[0]
    fit = surrogate.fit(scorer, case, store.features.sample(BACKGROUND, names), seed)
    theirs = grouping.sums(fit.weights[None, :])[0]
    [evidence] = build_evidence(store, scorer, [transaction_id], top=TOLD)
    words = {grouping.place(item.feature): item for item in evidence}
    return SecondOpinion(
        surrogate.method,
        _opinions(ours, grouping, words),
        _opinions(theirs, grouping, words),
        agreement=len(set(strongest(ours)) & set(strongest(theirs))),
        fidelity=fit.fidelity,
        stability=stability(scorer, case, grouping, seed),
    )


def strongest(contributions: FloatArray) -> list[int]:
    """The places of the three largest, by absolute value; those without any part are left out."""
    order = np.argsort(-np.abs(contributions), kind="stable")[:COMPARED]
    return [place for place in order.tolist() if contributions[place]]


def stability(scorer: Scorer, case: FeatureMatrix, grouping: Grouping, seed: int) -> float:
    """The mean share of the case's three strongest meanings that its neighbours keep; 1 where there are none to lose.

    Neighbours have every value off by about five percent; what is zero or absent stays so.
    """
    noise = np.exp(np.random.default_rng(seed).normal(0.0, WAVER, (NEIGHBOURS, case.values.shape[1])))
    values = np.vstack([case.values, case.values * noise])
    ids = np.repeat(case.transaction_ids, len(values))
    sums = grouping.sums(scorer.contributions(FeatureMatrix(ids, case.names, values)).values)
    kept = set(strongest(sums[0]))
    if not kept:
        return 1.0
    return math.fsum(len(kept & set(strongest(row))) / len(kept) for row in sums[1:]) / NEIGHBOURS


def _opinions(weights: FloatArray, grouping: Grouping, words: Mapping[int, Evidence]) -> tuple[Opinion, ...]:
    return tuple(
        Opinion(
            words[place].feature if place in words else grouping.name(place),
            words[place].statement if place in words else "",
            float(weights[place]),
        )
        for place in strongest(weights)
    )
