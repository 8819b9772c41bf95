"""Builds numbered evidence: the strongest reasons of a score, in plain words, with the rows they come from."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from domain.evidence import Evidence
from domain.grouping import grouping_of
from domain.meanings import Case, Meaning, Said
from domain.scoring import FeatureMatrix, FloatArray, Scorer
from domain.store import Store
from domain.store.provenance import HABITUAL, Provenance, Rows, Selection
from domain.transactions import Transaction, period_of
from domain.typology import Rules, recognise

OF_EACH_DIRECTION = 2
LEAST = 1e-9  # log-odds; less is no part in a score
NOTABLE = 0.02  # log-odds; less than this moves no score that a person could see
SPARE = 4  # more reasons than asked for are looked into, since a few turn out to have nothing to tell
NO_ROWS = Rows()
NO_RULES = Rules(())
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class _Reason:
    """A meaning's part in one score; `feature` is the one that is told: its strongest with a value.

    One `beside` the strongest is looked into because a pattern may rest on it, told by the feature that a rule names.
    """

    meaning: Meaning
    feature: str
    contribution: float
    beside: bool = False


@dataclass(frozen=True, slots=True)
class _Told:
    """A reason in words, with the rows it comes from."""

    reason: _Reason
    said: Said
    rows: Rows

    @property
    def meaning(self) -> tuple[str, ...]:
        return self.reason.meaning.features

    def evidence(self, rank: int) -> Evidence:
        return Evidence(
            id=f"E{rank}",
            kind=self.said.kind,
            feature=self.reason.feature,
            statement=self.said.statement,
            value=self.said.value,
            unit=self.said.unit,
            baseline=self.said.baseline,
            direction="raises" if self.reason.contribution > 0 else "lowers",
            contribution=self.reason.contribution,
            rank=rank,
            rows=self.rows.ids,
        )


def build_evidence(
    store: Store, scorer: Scorer, transaction_ids: Sequence[str], top: int = 8, rules: Rules = NO_RULES
) -> tuple[tuple[Evidence, ...], ...]:
    """Evidence of each transaction, strongest first, at most `top` pieces, some of each direction. Raises UnknownAlert.

    Contributions are exact TreeSHAP values in calibrated log-odds; those of features with one meaning are added up.
    Of `rules`, the first that holds has all it rests on among the pieces, if need be in place of the weakest.
    """
    if not transaction_ids:
        return ()
    transactions = store.transactions.get(transaction_ids)
    features = store.features.matrix(period_of(transactions), ids=transaction_ids)
    return evidence_of(store, scorer, transactions, features, top, rules)


def evidence_of(
    store: Store,
    scorer: Scorer,
    transactions: Sequence[Transaction],
    features: FeatureMatrix,
    top: int,
    rules: Rules,
) -> tuple[tuple[Evidence, ...], ...]:
    """`build_evidence` where transactions and features, one row each, are read already."""
    if not transactions:
        return ()
    return _built(store, scorer, transactions, features, top, rules, imagined=False)


def imagined_evidence(
    store: Store, scorer: Scorer, transaction: Transaction, features: FeatureMatrix, top: int = 8
) -> tuple[Evidence, ...]:
    """Evidence of a transaction as it might have been, instead of the stored one of its id; `features` are its own."""
    [evidence] = _built(store, scorer, [transaction], features, top, NO_RULES, imagined=True)
    return evidence


def _built(
    store: Store,
    scorer: Scorer,
    transactions: Sequence[Transaction],
    features: FeatureMatrix,
    top: int,
    rules: Rules,
    *,
    imagined: bool,
) -> tuple[tuple[Evidence, ...], ...]:
    ids = [transaction.transaction_id for transaction in transactions]
    used = features.only(scorer.version.features)
    beside = tuple(dict.fromkeys(name for condition in rules.weak for name in condition.features))
    reasons = _strongest(scorer.version.features, scorer.contributions(used).values, used.values, top + SPARE, beside)
    typical = dict(scorer.version.typical)
    subjects = {selection.subject for selection in _questions(ids, reasons) if selection.subject}
    amounts = store.transactions.typical_amounts({transaction.currency for transaction in transactions})
    first, *others = transactions
    rows = None if others or imagined else store.transactions.up_to(first.customer_id, first.occurred_at)
    with Provenance.about(store.database, transactions, subjects, of_one=rows, imagined=imagined) as provenance:
        told = {reason.feature for listed in reasons for reason in listed}
        habits = provenance.habits(with_features=not told.isdisjoint(HABITUAL))
        cases = [
            Case(
                transaction,
                dict(zip(features.names, values, strict=True)),
                typical,
                amounts.get(transaction.currency, 0.0),
                habits.get(transaction.transaction_id),
                NO_ROWS,
            )
            for transaction, values in zip(transactions, features.values.tolist(), strict=True)
        ]
        reasons = [
            [reason for reason in listed if not reason.beside or _may_bear(reason, case, rules)]
            for case, listed in zip(cases, reasons, strict=True)
        ]
        answers = provenance.answers(_questions(ids, reasons))
    return tuple(_evidence_of(case, listed, answers, top, rules) for case, listed in zip(cases, reasons, strict=True))


def _strongest(
    names: tuple[str, ...], contributions: FloatArray, values: FloatArray, most: int, beside: Sequence[str]
) -> list[list[_Reason]]:
    """Of each row the `most` meanings of largest absolute contribution, then those of the features `beside`.

    Without those that have no value or no part in the score.
    """
    grouping = grouping_of(names)
    sums = grouping.sums(contributions)
    sizes = np.where(np.isnan(values), -1.0, np.abs(contributions))
    told = np.stack([members[sizes[:, members].argmax(axis=1)] for members in grouping.members], axis=1)
    present = np.stack([sizes[:, members].max(axis=1) >= 0 for members in grouping.members], axis=1)
    has_part = present & (np.abs(sums) >= LEAST)
    places = [(name, names.index(name), grouping.place(name)) for name in beside if name in names]
    listed = []
    for row in range(len(sums)):
        reasons = [
            _Reason(grouping.meanings[place], names[told[row, place]], float(sums[row, place]))
            for place in np.flatnonzero(has_part[row]).tolist()
        ]
        strongest = balanced(reasons, most, lambda reason: reason.contribution)
        known = {reason.feature for reason in strongest}
        further = [
            _Reason(grouping.meanings[place], name, float(sums[row, place]), beside=True)
            for name, column, place in places
            if name not in known and has_part[row, place] and sizes[row, column] >= 0
        ]
        listed.append([*strongest, *further])
    return listed


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


def _may_bear(reason: _Reason, case: Case, rules: Rules) -> bool:
    """Whether a pattern may rest on it, as far as can be said before its rows are known."""
    said = reason.meaning.say(case, reason.feature)
    return said is not None and rules.may_rest_on(_Told(reason, said, NO_ROWS).evidence(0))


def _evidence_of(
    case: Case,
    reasons: Sequence[_Reason],
    answers: Mapping[Selection, Mapping[str, Rows]],
    top: int,
    rules: Rules,
) -> tuple[Evidence, ...]:
    told: list[_Told] = []
    for reason in reasons:
        rows = answers[reason.meaning.rows(reason.feature)].get(case.transaction.transaction_id, NO_ROWS)
        said = reason.meaning.say(replace(case, rows=rows), reason.feature)
        if said is not None:
            told.append(_Told(reason, said, rows))
    shown = balanced([each for each in told if not each.reason.beside], top, _contribution)
    return _numbered(_with_pattern(shown, [each for each in told if each not in shown], top, rules))


def _with_pattern(shown: list[_Told], others: Sequence[_Told], top: int, rules: Rules) -> list[_Told]:
    """`shown`, with what the first pattern that holds rests on in place of the weakest.

    A meaning stays one piece of evidence: where the pattern rests on another of its features, that one is told.
    A pattern that comes before does not hold on the result either: it did not hold on more than that.
    """
    bearing = {each.meaning: each for each in shown if rules.may_rest_on(each.evidence(0))}
    weak = {each.meaning: each for each in reversed(others) if rules.may_rest_on(each.evidence(0))}
    candidates = [*shown, *(each for meaning, each in weak.items() if meaning not in bearing)]
    candidates = balanced(candidates, len(candidates), _contribution)
    pattern = recognise(rules, _numbered(candidates))
    needed = [each for rank, each in enumerate(candidates, 1) if pattern and f"E{rank}" in pattern.evidence]
    meanings = {each.meaning for each in needed}
    if len(meanings) < len(needed):
        return shown
    rest = [each for each in shown if each.meaning not in meanings]
    return balanced([*needed, *balanced(rest, max(0, top - len(needed)), _contribution)], top, _contribution)


def _contribution(told: _Told) -> float:
    return told.reason.contribution


def _numbered(told: Sequence[_Told]) -> tuple[Evidence, ...]:
    return tuple(each.evidence(rank) for rank, each in enumerate(told, start=1))
