"""Similar cases: alerts whose scores have the same reasons, what was decided about them, and what differs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from domain.evidence import Evidence
from domain.explaining import build_evidence
from domain.grouping import Grouping, grouping_of
from domain.progress import Progress, Work, finish
from domain.review import Disposition
from domain.scoring import FloatArray, Scorer
from domain.store import Store
from domain.store.reasons import Neighbour
from domain.transactions import Transaction

LEAST_SIMILAR = 0.5  # cosine; reasons at a right angle have nothing in common
SHARED = 3
DIFFERENCES = 3
NOTABLE = 0.1  # log-odds by which contributions must differ to be told
TOLD = 10  # pieces of evidence of each case that words are looked for in
BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Difference:
    """A meaning that moved the two scores differently. Contributions in calibrated log-odds; '' where nothing is told.

    `feature` names the meaning by the feature that is told of it.
    """

    feature: str
    here: float
    there: float
    statement_here: str
    statement_there: str


@dataclass(frozen=True, slots=True)
class SimilarCase:
    """Another alert. `similarity` is the cosine of the contribution vectors; `disposition` None where it is open.

    `shared` are statements about it whose meanings moved both scores the same way, `differs` the largest differences.
    """

    alert_id: str
    transaction_id: str
    occurred_at: datetime
    amount: float
    currency: str | None
    score: float
    similarity: float
    disposition: Disposition | None
    note: str
    shared: tuple[str, ...]
    differs: tuple[Difference, ...]


def remember_reasons(store: Store, scorer: Scorer) -> Work[int]:
    """Keeps the reasons of every alert that has none yet from this classifier; returns how many were added."""
    version = scorer.version
    missing = store.reasons.missing(version.classifier_id)
    grouping = grouping_of(version.features)
    for at in range(0, len(missing), BATCH):
        yield Progress("keeping reasons", at, len(missing))
        ids = missing[at : at + BATCH]
        features = store.features.matrix(ids=ids, names=version.features)
        store.reasons.put(version.classifier_id, ids, grouping.sums(scorer.contributions(features).values))
    return len(missing)


def similar_cases(store: Store, scorer: Scorer, transaction_id: str, limit: int = 3) -> tuple[SimilarCase, ...]:
    """The decided alerts whose reasons are nearest to those of a transaction, flagged or not, then open ones.

    Raises UnknownAlert. Alerts without kept reasons are reasoned about first, which happens once.
    """
    finish(remember_reasons(store, scorer))
    grouping = grouping_of(scorer.version.features)
    [vector] = _vectors(store, scorer, grouping, [transaction_id])
    found = store.reasons.nearest(
        scorer.version.classifier_id, vector, but=transaction_id, least=LEAST_SIMILAR, limit=limit
    )
    if not found:
        return ()
    ids = [neighbour.transaction_id for neighbour in found]
    vectors = _vectors(store, scorer, grouping, ids)
    here, *there = build_evidence(store, scorer, [transaction_id, *ids], top=TOLD)
    comparison = _Comparison(grouping, vector, here)
    transactions = store.transactions.get(ids)
    scores = [store.alerts.get(neighbour.alert_id).score for neighbour in found]
    return tuple(
        comparison.with_case(neighbour, transaction, score, other, evidence)
        for neighbour, transaction, score, other, evidence in zip(
            found, transactions, scores, vectors, there, strict=True
        )
    )


def _vectors(store: Store, scorer: Scorer, grouping: Grouping, ids: Sequence[str]) -> FloatArray:
    features = store.features.matrix(ids=ids, names=scorer.version.features)
    return grouping.sums(scorer.contributions(features).values)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """The case that others are held against: its (m,) contributions and its evidence."""

    grouping: Grouping
    vector: FloatArray
    evidence: tuple[Evidence, ...]

    def with_case(
        self,
        neighbour: Neighbour,
        transaction: Transaction,
        score: float,
        vector: FloatArray,
        evidence: tuple[Evidence, ...],
    ) -> SimilarCase:
        here, there = self._told(self.evidence), self._told(evidence)
        alike = self.vector * vector
        shared = [
            there[meaning].statement
            for meaning in np.argsort(-alike).tolist()
            if alike[meaning] > 0 and meaning in there
        ]
        apart = np.argsort(-np.abs(self.vector - vector), kind="stable")
        differs = [
            self._difference(meaning, vector, here.get(meaning), there.get(meaning))
            for meaning in apart.tolist()
            if abs(self.vector[meaning] - vector[meaning]) >= NOTABLE and (meaning in here or meaning in there)
        ]
        return SimilarCase(
            neighbour.alert_id,
            neighbour.transaction_id,
            transaction.occurred_at,
            transaction.amount,
            transaction.currency,
            score,
            neighbour.similarity,
            neighbour.disposition,
            neighbour.note,
            tuple(shared[:SHARED]),
            tuple(differs[:DIFFERENCES]),
        )

    def _told(self, evidence: Sequence[Evidence]) -> dict[int, Evidence]:
        return {self.grouping.place(item.feature): item for item in evidence}

    def _difference(
        self, meaning: int, vector: FloatArray, here: Evidence | None, there: Evidence | None
    ) -> Difference:
        told = here or there
        return Difference(
            told.feature if told else self.grouping.name(meaning),
            float(self.vector[meaning]),
            float(vector[meaning]),
            here.statement if here else "",
            there.statement if there else "",
        )
