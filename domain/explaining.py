"""Builds numbered evidence: the strongest reasons of a score, in plain words, with the rows they come from."""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from domain.evidence import Evidence
from domain.meanings import Case, Meaning, Said, meaning_of
from domain.scoring import FeatureMatrix, FloatArray, Scorer
from domain.store import Store
from domain.store.provenance import Habits, Provenance, Rows, Selection
from domain.transactions import Transaction

OF_EACH_DIRECTION = 2
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
    features = store.features.matrix(ids=transaction_ids)
    used = _only(features, scorer.version.features)
    reasons = [
        _strongest(scorer.version.features, contributions, values, top + SPARE)
        for contributions, values in zip(scorer.contributions(used).values, used.values, strict=True)
    ]
    typical = dict(scorer.version.typical)
    asked = _questions(transaction_ids, reasons)
    subjects = {selection.subject for selection in asked if selection.subject}
    with Provenance.about(store.database, transaction_ids, subjects) as provenance:
        habits = provenance.habits()
        amounts = provenance.typical_amounts()
        answers = {selection: provenance.rows(selection, ids) for selection, ids in asked.items()}
    return tuple(
        _evidence_of(
            transaction,
            dict(zip(features.names, values.tolist(), strict=True)),
            listed,
            typical,
            amounts.get(transaction.currency, 0.0),
            habits.get(transaction.transaction_id),
            answers,
            top,
        )
        for transaction, values, listed in zip(transactions, features.values, reasons, strict=True)
    )


def _only(features: FeatureMatrix, names: tuple[str, ...]) -> FeatureMatrix:
    place = {name: column for column, name in enumerate(features.names)}
    return FeatureMatrix(features.transaction_ids, names, features.values[:, [place[name] for name in names]])


def _strongest(names: tuple[str, ...], contributions: FloatArray, values: FloatArray, most: int) -> list[_Reason]:
    """Meanings by absolute contribution, without those that have no value at all or no part in the score."""
    members: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for column, name in enumerate(names):
        members[meaning_of(name).features].append(column)
    reasons = []
    for columns in members.values():
        present = [column for column in columns if not math.isnan(values[column])]
        contribution = float(np.sum(contributions[columns]))
        if not present or abs(contribution) < 1e-9:
            continue
        told = max(present, key=lambda column: abs(contributions[column]))
        reasons.append(_Reason(meaning_of(names[told]), names[told], contribution))
    return balanced(reasons, most, lambda reason: reason.contribution)


def balanced(reasons: Sequence[Item], most: int, contribution: Callable[[Item], float]) -> list[Item]:
    """The `most` strongest, strongest first, among them the strongest few of each direction.

    What speaks against a fraud is easily crowded out by what speaks for it, and an analyst must see both.
    """
    ranked = sorted(reasons, key=lambda reason: -abs(contribution(reason)))
    notable = [reason for reason in ranked if abs(contribution(reason)) >= NOTABLE]
    needed = [
        reason
        for sign in (1, -1)
        for reason in [reason for reason in notable if sign * contribution(reason) > 0][:OF_EACH_DIRECTION]
    ]
    needed_ids = {id(reason) for reason in needed}
    others = [reason for reason in ranked if id(reason) not in needed_ids][: max(0, most - len(needed))]
    return sorted([*needed, *others], key=lambda reason: -abs(contribution(reason)))[:most]


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
