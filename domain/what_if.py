"""What if: a transaction's fields changed, its features made anew from the same history, its score and reasons again.

Nothing is written: the store's tables stay as they are. The counterfactual is the smallest plausible change that would
have kept the score under the threshold: the fewest kinds of change, each to what is usual for the customer.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from typing import Any

import numpy as np

from domain.errors import InvalidChange
from domain.evidence import Evidence
from domain.explaining import build_evidence, imagined_evidence
from domain.grouping import grouping_of
from domain.plausible import Plausible, Value, plausible_changes
from domain.rules import RULE_KIND
from domain.scoring import Band, FloatArray, Scorer, band
from domain.store import Store
from domain.store.imagined import imagined_features
from domain.transactions import CONTRACT, Column, Transaction

FIXED = (
    "transaction_id", "customer_id", "currency", "memo", "flagged", "flag_reason", "label", "label_time",
    "label_scenario", "balance_after",
)  # fmt: skip
CHANGEABLE: tuple[Column, ...] = tuple(column for column in CONTRACT if column.name not in FIXED)
FLAGS = {"true": True, "yes": True, "false": False, "no": False}
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")  # thousands, as in 1,250.50
TOLD = 10
HISTORY = 400  # earlier payments of the customer that say what is usual
AT_ONCE = 24  # imagined transactions scored in one query
LEAST = 1e-9  # log-odds; a reason that moved less did not move


@dataclass(frozen=True, slots=True)
class Change:
    """A field before and after."""

    field: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Move:
    """A reason before and after: contributions in calibrated log-odds, '' where it was not told."""

    feature: str
    statement_before: str
    statement_after: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The score and reasons of the changed transaction beside those of the real one.

    `moves`, largest first, add up to the change of the score in log-odds; `evidence` is of the changed transaction.
    """

    transaction_id: str
    changes: tuple[Change, ...]
    score_before: float
    score: float
    threshold: float
    band: Band
    moves: tuple[Move, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """`result` is the smallest change found that keeps the score under the threshold, None where none does.

    `tried` says in words what was tried: one of each alone, then together.
    """

    found: bool
    tried: tuple[str, ...]
    result: WhatIf | None


def parse_change(field: str, text: str) -> tuple[str, Value]:
    """A field's new value from what a person types; an empty text makes it absent. Raises InvalidChange."""
    column = next((column for column in CHANGEABLE if column.name == field), None)
    if column is None:
        raise InvalidChange(
            f"The field {field!r} cannot be changed.", f"Choose one of {', '.join(c.name for c in CHANGEABLE)}."
        )
    text = text.strip()
    if not text:
        if column.required:
            raise InvalidChange(f"{field} cannot be empty.")
        return field, None
    try:
        return field, _typed(column, text)
    except ValueError:
        if column.type == "time":
            raise InvalidChange(f"{field} cannot be {text!r}.", "Give a time like 2026-03-01 08:00.") from None
        if column.type == "flag":
            raise InvalidChange(f"{field} cannot be {text!r}.", "Give yes or no.") from None
        raise InvalidChange(f"{field} cannot be {text!r}.", "Give a number.") from None


def what_if(
    store: Store,
    scorer: Scorer,
    transaction_id: str,
    changes: Mapping[str, Value],
    threshold: float,
    told: Sequence[Evidence] | None = None,
) -> WhatIf:
    """Scores the transaction with `changes` (field to value, as `parse_change` gives them). Raises UnknownAlert.

    `told` is the evidence of the transaction as it is, where that was built already.
    """
    [transaction] = store.transactions.get([transaction_id])
    return _compared(store, scorer, transaction, changed(transaction, changes), threshold, told)


def counterfactual(store: Store, scorer: Scorer, transaction_id: str, threshold: float) -> Counterfactual:
    """Looks for the fewest kinds of plausible change that suffice; among as few, for the one that changes least.

    Of an amount, the least step down towards the usual one that suffices counts. Raises UnknownAlert.
    """
    [transaction] = store.transactions.get([transaction_id])
    history = store.transactions.history(transaction.customer_id, transaction.occurred_at, HISTORY + 1)
    options = plausible_changes(transaction, [row for row in history if row.transaction_id != transaction_id])
    tried = tuple(option.words for option in options)
    for size in range(1, len(options) + 1):
        attempts = [fields for chosen in combinations(options, size) for fields in _joined(chosen)]
        scores = _scores(store, scorer, [changed(transaction, fields) for fields in attempts])
        enough = [fields for fields, score in zip(attempts, scores, strict=True) if score < threshold]
        if enough:
            least = min(enough, key=lambda fields: _distance(transaction, fields))
            result = _compared(store, scorer, transaction, changed(transaction, least), threshold)
            return Counterfactual(True, tried, result)
    return Counterfactual(False, tried, None)


def changed(transaction: Transaction, changes: Mapping[str, Value]) -> Transaction:
    """The balance after follows the amount, where balances are known and the payment was approved."""
    values: dict[str, Any] = dict(changes)
    after = replace(transaction, **values)
    if after.balance_before is None or after.balance_after is None or after.approved is False:
        return after
    return replace(after, balance_after=max(0.0, round(after.balance_before - after.amount, 2)))


def _typed(column: Column, text: str) -> Value:
    match column.type:
        case "time":
            return datetime.fromisoformat(text).replace(tzinfo=None)
        case "flag":
            if text.lower() not in FLAGS:
                raise ValueError(text)
            return FLAGS[text.lower()]
        case "amount" | "number":
            if "," in text and not GROUPED.fullmatch(text):  # 0,86 is no 86
                raise ValueError(text)
            number = float(text.replace(",", ""))
            if not math.isfinite(number) or (column.type == "amount" and number < 0):
                raise ValueError(text)
            return number
    return text


def _joined(chosen: Sequence[Plausible]) -> list[dict[str, Value]]:
    """The fields of several options together, for each choice of their steps; none where two set the same field."""
    together: list[dict[str, Value]] = [{}]
    for option in chosen:
        together = [{**fields, **step} for fields in together for step in option.steps if not fields.keys() & step]
    return together


def _scores(store: Store, scorer: Scorer, imagined: Sequence[Transaction]) -> list[float]:
    scores: list[float] = []
    for at in range(0, len(imagined), AT_ONCE):
        features = imagined_features(store.database, imagined[at : at + AT_ONCE], scorer.version.features)
        scores += scorer.score(features).tolist()
    return scores


def _distance(transaction: Transaction, fields: Mapping[str, Value]) -> tuple[int, float]:
    """How many fields differ, then how far the amount moved (as a ratio's logarithm)."""
    amount = fields.get("amount", transaction.amount)
    assert isinstance(amount, float)
    moved = abs(math.log((amount + 0.01) / (transaction.amount + 0.01)))
    return sum(getattr(transaction, field) != value for field, value in fields.items()), moved


def _compared(
    store: Store,
    scorer: Scorer,
    transaction: Transaction,
    after: Transaction,
    threshold: float,
    told: Sequence[Evidence] | None = None,
) -> WhatIf:
    names = scorer.version.features
    before_features = store.features.matrix(ids=[transaction.transaction_id], names=names)
    features = imagined_features(store.database, [after], store.features.names())
    used = features.only(names)
    grouping = grouping_of(names)
    sums_before = grouping.sums(scorer.contributions(before_features).values)[0]
    sums = grouping.sums(scorer.contributions(used).values)[0]
    score = float(scorer.score(used)[0])
    evidence_before = told or build_evidence(store, scorer, [transaction.transaction_id], top=TOLD)[0]
    evidence = imagined_evidence(store, scorer, after, features, top=TOLD)
    return WhatIf(
        transaction.transaction_id,
        _changes(transaction, after),
        float(scorer.score(before_features)[0]),
        score,
        threshold,
        band(score, threshold),
        _moves(names, sums_before, sums, [item for item in evidence_before if item.kind != RULE_KIND], evidence),
        evidence,
    )


def _changes(before: Transaction, after: Transaction) -> tuple[Change, ...]:
    pairs = [(column.name, getattr(before, column.name), getattr(after, column.name)) for column in CHANGEABLE]
    return tuple(Change(name, old, new) for name, old, new in pairs if old != new)


def _moves(
    names: tuple[str, ...],
    before: FloatArray,
    after: FloatArray,
    evidence_before: Sequence[Evidence],
    evidence_after: Sequence[Evidence],
) -> tuple[Move, ...]:
    grouping = grouping_of(names)
    told_before = {grouping.place(item.feature): item for item in evidence_before}
    told_after = {grouping.place(item.feature): item for item in evidence_after}
    order = np.argsort(-np.abs(after - before), kind="stable").tolist()
    moves = []
    for meaning in (place for place in order if abs(after[place] - before[place]) >= LEAST):
        old, new = told_before.get(meaning), told_after.get(meaning)
        told = new or old
        moves.append(
            Move(
                told.feature if told else grouping.name(meaning),
                old.statement if old else "",
                new.statement if new else "",
                float(before[meaning]),
                float(after[meaning]),
            )
        )
    return tuple(moves)
