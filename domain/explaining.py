"""Builds numbered evidence: the strongest reasons of a score, in plain words, with the rows they come from."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from domain.evidence import Evidence
from domain.grouping import grouping_of
from domain.meanings import Case, Meaning, Said
from domain.scoring import FeatureMatrix, FloatArray, Scorer
from domain.store import Store
from domain.store.provenance import Habits, Provenance, Rows, Selection
from domain.transactions import Transaction

OF_EACH_DIRECTION = 2
LEAST = 1e-9  # log-odds; less is no part in a score
NOTABLE = 0.02  # log-odds; less than this moves no score that a person could see
SPARE = 4  # more reasons than asked for are looked into, since a few turn out to have nothing to tell
NO_ROWS = Rows()
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class _Reason:
    """A meaning's part in one score; `feature` is its strongest with a value, the one that is told."""

    meaning: Meaning
    feature: str
    contribution: float


def build_evidence(
    store: Store, scorer: Scorer, transaction_ids: Sequence[str], top: int = 8
) -> tuple[tuple[Evidence, ...], ...]:
    """Evidence of each transaction, strongest first, at most `top` pieces, some of each direction. Raises UnknownAlert.

    Contributions are exact TreeSHAP values in calibrated log-odds; those of features with one meaning are added up.
    """
    if not transaction_ids:
        return ()
    transactions = store.transactions.get(transaction_ids)
    return _built(store, scorer, transactions, store.features.matrix(ids=transaction_ids), top, imagined=False)


def imagined_evidence(
    store: Store, scorer: Scorer, transaction: Transaction, features: FeatureMatrix, top: int = 8
) -> tuple[Evidence, ...]:
    """Evidence of a transaction as it might have been, instead of the stored one of its id; `features` are its own."""
    [evidence] = _built(store, scorer, [transaction], features, top, imagined=True)
    return evidence


def _built(
    store: Store,
    scorer: Scorer,
    transactions: Sequence[Transaction],
    features: FeatureMatrix,
    top: int,
    *,
    imagined: bool,
) -> tuple[tuple[Evidence, ...], ...]:
    ids = [transaction.transaction_id for transaction in transactions]
    used = features.only(scorer.version.features)
    reasons = _strongest(scorer.version.features, scorer.contributions(used).values, used.values, top + SPARE)
    typical = dict(scorer.version.typical)
    asked = _questions(ids, reasons)
    subjects = {selection.subject for selection in asked if selection.subject}
    with Provenance.about(store.database, ids, subjects, transactions if imagined else ()) as provenance:
        habits = provenance.habits()
        amounts = provenance.typical_amounts()
        answers = {selection: provenance.rows(selection, of) for selection, of in asked.items()}
    return tuple(
        _evidence_of(
            transaction,
            dict(zip(features.names, values, strict=True)),
            listed,
            typical,
            amounts.get(transaction.currency, 0.0),
            habits.get(transaction.transaction_id),
            answers,
            top,
        )
        for transaction, values, listed in zip(transactions, features.values.tolist(), reasons, strict=True)
    )


def _strongest(names: tuple[str, ...], contributions: FloatArray, values: FloatArray, most: int) -> list[list[_Reason]]:
    """Of each row the meanings by absolute contribution, without those that have no value or no part in the score."""
    grouping = grouping_of(names)
    sums = grouping.sums(contributions)
    sizes = np.where(np.isnan(values), -1.0, np.abs(contributions))
    told = np.stack([members[sizes[:, members].argmax(axis=1)] for members in grouping.members], axis=1)
    present = np.stack([sizes[:, members].max(axis=1) >= 0 for members in grouping.members], axis=1)
    has_part = present & (np.abs(sums) >= LEAST)
    return [
        balanced(
            [
                _Reason(grouping.meanings[place], names[told[row, place]], float(sums[row, place]))
                for place in np.flatnonzero(has_part[row]).tolist()
            ],
            most,
            lambda reason: reason.contribution,
        )
        for row in range(len(sums))
    ]


def balanced(reasons: Sequence[Item], most: int, contribution: Callable[[Item], float]) -> list[Item]:
    """The `most` strongest, strongest first, among them the strongest few of each direction.

    What speaks against a fraud is easily crowded out by what speaks for it, and an analyst must see both.
    """
    sizes = [contribution(reason) for reason in reasons]
    ranked = sorted(range(len(reasons)), key=lambda place: -abs(sizes[place]))
    chosen: set[int] = set()
    for sign in (1, -1):
        chosen.update([place for place in ranked if sign * sizes[place] >= NOTABLE][:OF_EACH_DIRECTION])
    for place in ranked:
        if len(chosen) >= most:
            break
        chosen.add(place)
    return [reasons[place] for place in ranked if place in chosen][:most]


def _questions(ids: Sequence[str], reasons: Sequence[Sequence[_Reason]]) -> Mapping[Selection, list[str]]:
    """Each question about rows once, with all the transactions it is asked of."""
    asked: dict[Selection, list[str]] = defaultdict(list)
    for id_, listed in zip(ids, reasons, strict=True):
        for reason in listed:
            asked[reason.meaning.rows(reason.feature)].append(id_)
    return asked


def _evidence_of(
    transaction: Transaction,
    values: Mapping[str, float],
    reasons: Sequence[_Reason],
    typical: Mapping[str, float],
    typical_amount: float,
    habits: Habits | None,
    answers: Mapping[Selection, Mapping[str, Rows]],
    top: int,
) -> tuple[Evidence, ...]:
    told: list[tuple[_Reason, Said, Rows]] = []
    for reason in reasons:
        rows = answers[reason.meaning.rows(reason.feature)].get(transaction.transaction_id, NO_ROWS)
        said = reason.meaning.say(Case(transaction, values, typical, typical_amount, habits, rows), reason.feature)
        if said is not None:
            told.append((reason, said, rows))
    return tuple(
        Evidence(
            id=f"E{rank}",
            kind=said.kind,
            feature=reason.feature,
            statement=said.statement,
            value=said.value,
            unit=said.unit,
            baseline=said.baseline,
            direction="raises" if reason.contribution > 0 else "lowers",
            contribution=reason.contribution,
            rank=rank,
            rows=rows.ids,
        )
        for rank, (reason, said, rows) in enumerate(balanced(told, top, lambda item: item[0].contribution), start=1)
    )
