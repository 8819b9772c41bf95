"""Every kind of evidence, for every feature: the value shown is computed again from nothing but the rows it names."""

import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from domain import statements
from domain.evidence import Evidence
from domain.explaining import build_evidence
from domain.meanings import MEANINGS
from domain.progress import finish
from domain.scoring import ClassifierVersion, Contributions, FeatureMatrix, FloatArray
from domain.simulator import simulate
from domain.store import Store, feature_names
from domain.store.provenance import NEWEST, Provenance
from domain.transactions import Transaction
from tests.stores import new_store, payments, put, put_table

MOMENT = datetime(2026, 3, 1)
WEEK = timedelta(days=7)
MOST_OF_ONE = max(len(meaning.features) for meaning in MEANINGS)
Rows = Sequence[Transaction]


class OneOfEach:
    """A scorer that finds every meaning a reason, and in each the feature of the given place the strongest."""

    def __init__(self, place: int) -> None:
        strongest = {meaning.features[place % len(meaning.features)] for meaning in MEANINGS}
        self._contributions = np.array([1.0 if name in strongest else 0.01 for name in feature_names()])
        self.version = ClassifierVersion("even", MOMENT, feature_names(), MOMENT, MOMENT, 0, 0, 0, (), ())

    def contributions(self, features: FeatureMatrix) -> Contributions:
        return Contributions(features.names, np.tile(self._contributions, (len(features.values), 1)), 0.0)

    def score(self, features: FeatureMatrix) -> FloatArray:
        return np.full(len(features.values), 0.5)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    rows = simulate(60, 50, seed=4).arrow()
    with new_store(tmp_path_factory.mktemp("rows")) as open_store:
        put_table(open_store, rows)
        finish(open_store.features.compute())
        yield open_store


@pytest.fixture(scope="module")
def cases(store: Store) -> list[tuple[Transaction, Evidence, Rows]]:
    """Frauds and ordinary payments, each with all its evidence, told by every feature in turn."""
    sample = "SELECT transaction_id FROM transactions WHERE {} ORDER BY hash(transaction_id) LIMIT 25"
    ids = [id_ for kind in ("label", "NOT label") for [id_] in store.database.query(sample.format(kind))]
    found = []
    for place in range(MOST_OF_ONE):
        for this, items in zip(
            store.transactions.get(ids), build_evidence(store, OneOfEach(place), ids, top=len(MEANINGS)), strict=True
        ):
            found += [(this, item, store.transactions.get(item.rows)) for item in items if len(item.rows) < NEWEST]
    return found


def reported(row: Transaction, this: Transaction) -> bool:
    return bool(row.label) and max(row.label_time or row.occurred_at + WEEK, row.occurred_at) <= this.occurred_at


def share(rows: Rows, holds: Callable[[Transaction], bool]) -> float:
    return sum(map(holds, rows)) / len(rows)


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """By the law of cosines, not by the formula of the SQL."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(math.radians, place)) for place in (one, other))
    cosine = math.sin(lat1) * math.sin(lat2) + math.cos(lat1) * math.cos(lat2) * math.cos(lon1 - lon2)
    return 6371 * math.acos(min(1.0, max(-1.0, cosine)))


def place(row: Transaction) -> tuple[float, float]:
    assert row.latitude is not None and row.longitude is not None
    return row.latitude, row.longitude


def total(rows: Rows) -> float:
    return sum(row.amount for row in rows)


def spread(this: Transaction, rows: Rows) -> str:
    amounts = sorted(row.amount for row in rows)
    low, middle, high = (amounts[math.ceil(len(amounts) * share) - 1] for share in (0.25, 0.5, 0.75))
    spreads = (this.amount - middle) / max((high - low) / 2, middle / 100)
    return statements.amount_spread(this.amount, middle, spreads, this.currency)


def same_hours(this: Transaction) -> Callable[[Transaction], bool]:
    return lambda row: row.occurred_at.hour // 4 == this.occurred_at.hour // 4


def same_day_kind(this: Transaction) -> Callable[[Transaction], bool]:
    return lambda row: (row.occurred_at.weekday() >= 5) == (this.occurred_at.weekday() >= 5)


def speed(this: Transaction, rows: Rows) -> float:
    [before] = rows
    return kilometres(place(before), place(this)) / (
        max(this.occurred_at - before.occurred_at, timedelta(minutes=1)) / timedelta(hours=1)
    )


def from_usual(this: Transaction, rows: Rows) -> float:
    usual = statistics.fmean(place(row)[0] for row in rows), statistics.fmean(place(row)[1] for row in rows)
    return kilometres(usual, place(this))


# By kind: which part of the evidence the rows make, and how.
VALUES: dict[str, Callable[[Transaction, Rows], float]] = {
    "amount": lambda this, rows: total(rows),
    "under_limit": lambda this, rows: total(rows),
    "customer_count": lambda this, rows: len(rows),
    "customer_sum": lambda this, rows: total(rows),
    "customer_mean": lambda this, rows: total(rows) / len(rows),
    "known_fraud": lambda this, rows: 100 * share(rows, lambda row: reported(row, this)),
    "subject_count": lambda this, rows: len(rows),
    "familiarity": lambda this, rows: len(rows),
    "declines": lambda this, rows: sum(row.approved is False for row in rows),
    "small_payments": lambda this, rows: sum(row.amount <= 5 for row in rows),
    "counterparties": lambda this, rows: len({row.counterparty_id for row in rows}),
    "since_last": lambda this, rows: (this.occurred_at - rows[0].occurred_at).total_seconds(),
    "time_of_day": lambda this, rows: 100 * share(rows, same_hours(this)),
    "weekday": lambda this, rows: 100 * share(rows, same_day_kind(this)),
    "country": lambda this, rows: 100 * share(rows, lambda row: row.country != row.customer_home_country),
    "travel_speed": speed,
    "home_distance": from_usual,
    "balance_drained": lambda this, rows: 100 * min(1.0, total(rows) / (rows[0].balance_before or 0.0)),
    "passed_through": lambda this, rows: 100 * this.amount / total(rows),
}
BASELINES: dict[str, Callable[[Transaction, Rows], float]] = {
    "amount_ratio": lambda this, rows: total(rows) / len(rows),
    "amount_record": lambda this, rows: max(row.amount for row in rows),
    "peer_amount": lambda this, rows: statistics.median(row.amount for row in rows),
}
STATEMENTS: dict[str, Callable[[Transaction, Rows], str]] = {
    "amount_spread": spread,
    "channel": lambda this, rows: statements.channel(
        this.channel or "", share(rows, lambda row: row.channel == this.channel)
    ),
    "category": lambda this, rows: statements.category(
        this.merchant_category or "", share(rows, lambda row: row.merchant_category == this.merchant_category)
    ),
}


def test_the_rows_make_the_value_shown(cases: list[tuple[Transaction, Evidence, Rows]]) -> None:
    for this, item, rows in cases:
        if item.kind in VALUES:
            made = VALUES[item.kind](this, rows)
            close = made == pytest.approx(item.value, rel=1e-6, abs=0.05 if item.unit in ("km", "km/h") else 1e-9)
            assert close, (item, made)
        elif item.kind in BASELINES:
            assert BASELINES[item.kind](this, rows) == pytest.approx(item.baseline, abs=1e-4), item
        else:
            assert STATEMENTS[item.kind](this, rows) == item.statement


def test_every_kind_and_every_feature_was_made(store: Store, cases: list[tuple[Transaction, Evidence, Rows]]) -> None:
    features = store.features.matrix(ids=sorted({this.transaction_id for this, _, _ in cases}))
    present = {
        name for name, values in zip(features.names, features.values.T, strict=True) if np.isfinite(values).any()
    }
    assert {item.kind for _, item, _ in cases} == {*VALUES, *BASELINES, *STATEMENTS}
    assert {item.feature for _, item, _ in cases} == present
    assert len(present) > 0.9 * len(feature_names())


def test_one_alone_is_told_as_among_many(store: Store) -> None:
    """A case is read in other ways than a batch: by values in conditions, by time, and its customer's rows once."""
    found = store.database.query("SELECT transaction_id FROM transactions ORDER BY label DESC, hash(transaction_id)")
    ids = [id_ for [id_] in found[:10]]
    for place in range(MOST_OF_ONE):
        together = build_evidence(store, OneOfEach(place), ids, top=99)
        for id_, evidence in zip(ids[:4], together, strict=False):
            assert build_evidence(store, OneOfEach(place), [id_], top=99) == (evidence,)


def test_the_same_sums_come_from_rows_that_stand_in_another_order(tmp_path: Path) -> None:
    """Else the last digits differ from run to run, and every kept narrative of such evidence is written again."""
    amounts = [1e13, *(0.1 * number for number in range(1, 40))]
    rows = [replace(one, amount=amount) for one, amount in zip(payments(40), amounts, strict=True)]
    spent = []
    for name, order in (("a", rows), ("b", rows[::-1])):
        with new_store(tmp_path, name) as store:
            put(store, order)
            finish(store.features.compute())
            with Provenance.about(store.database, store.transactions.get(["T-39"])) as provenance:
                spent.append(provenance.habits()["T-39"].spent)
    assert spent == [sum(amounts[:-1])] * 2
