"""Point-in-time features: made by the families of sql/features.sql, kept in one table, read as matrices."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.errors import UnknownAlert
from domain.progress import Progress, Work
from domain.scoring import FeatureMatrix, TrainingSet
from domain.store.database import Database
from domain.transactions import CONTRACT, Period

# When a label became known, or that no one reported a fraud: as in the SQL's `known_tick`.
KNOWN_AT = "greatest(coalesce(t.label_time, t.occurred_at + INTERVAL 7 DAY), t.occurred_at)"
SUBJECTS = ("terminal", "merchant", "device", "counterparty")
HEADER = re.compile(r"^-- (needs|gives): (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Family:
    """One statement of the SQL file: the table it makes, the columns it needs and the features it gives."""

    name: str
    needs: tuple[str, ...]
    gives: tuple[str, ...]
    sql: str


@cache
def _script() -> str:
    return files("domain.store").joinpath("sql/features.sql").read_text("utf-8")


@cache
def families() -> tuple[Family, ...]:
    """All families in the order of the file, the one of `subject` once for each subject."""
    found = []
    for part in _script().split("-- family: ")[1:]:
        name = part.split("\n", 1)[0].strip()
        texts = [re.sub(r"\bsubject", subject, part) for subject in SUBJECTS] if name == "subject" else [part]
        found += [_family(text) for text in texts]
    return tuple(found)


def _family(text: str) -> Family:
    name, body = text.split("\n", 1)
    named: dict[str, list[str]] = {"needs": [], "gives": []}
    for header, columns in HEADER.findall(body):
        named[header] += columns.split(", ")
    return Family(name.strip(), tuple(named["needs"]), tuple(named["gives"]), body.rstrip().removesuffix(";"))


def feature_names() -> tuple[str, ...]:
    """All features, in the order of the file."""
    return tuple(name for family in families() for name in family.gives)


@dataclass(frozen=True)
class Outcomes:
    """What became of n transactions, for measuring: aligned with the rows of `FeatureTable.matrix(period)`."""

    transaction_ids: NDArray[np.str_]
    customer_ids: NDArray[np.object_]
    occurred_at: NDArray[np.datetime64]
    fraud: NDArray[np.bool_]
    known_at: NDArray[np.datetime64]  # when the label, or its absence, became known
    amounts: NDArray[np.float64]
    scenarios: NDArray[np.object_]  # which pattern a fraud followed; None where no one said


class FeatureTable:
    """The table `features`: one row a transaction, one float column a feature, NULL where it is absent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def names(self) -> tuple[str, ...]:
        """All features, in the order of the file; the columns of every matrix."""
        return feature_names()

    def version(self) -> str:
        """sha256 of the SQL: features of one version mean the same."""
        return hashlib.sha256(_script().encode()).hexdigest()

    def compute(self) -> Work[int]:
        """Makes the features of all transactions anew; returns how many rows. All or nothing."""
        with self._database.transaction():
            present = self._present_columns()
            wanted = [family for family in families() if present.issuperset(family.needs)]
            for done, family in enumerate(wanted):
                yield Progress(f"features: {family.name}", done, len(wanted) + 1)
                self._database.execute(family.sql)
            yield Progress("features: together", len(wanted), len(wanted) + 1)
            self._gather(wanted)
            for family in wanted:
                self._database.execute(f"DROP TABLE {family.name}")
            self._database.execute(
                "INSERT OR REPLACE INTO meta (name, value) VALUES ('features_version', ?)", [self.version()]
            )
            return self._database.number("SELECT count(*) FROM features")

    def current(self) -> bool:
        """Whether every transaction has features of this version of the SQL."""
        made = self._database.first("SELECT value FROM meta WHERE name = 'features_version'")
        return (
            made == (self.version(),)
            and self._database.number("SELECT (SELECT count(*) FROM features) - (SELECT count(*) FROM transactions)")
            == 0
        )

    def matrix(
        self, period: Period | None = None, ids: Sequence[str] | None = None, names: Sequence[str] | None = None
    ) -> FeatureMatrix:
        """Features of the transactions in `period` by time then id, or of `ids` in their order; only `names` if given.

        Raises UnknownAlert where a transaction of `ids` has no features.
        """
        chosen = self.names() if names is None else tuple(names)
        columns = ", ".join(f"f.{name}" for name in chosen)
        if ids is None:
            where, bound = _within(period)
            arrays = self._arrays(
                f"SELECT f.transaction_id, {columns} FROM features AS f WHERE {where} ORDER BY f.tick", bound
            )
            return _matrix(chosen, arrays)
        arrays = self._arrays(
            f"""SELECT f.transaction_id, {columns}
                FROM (SELECT unnest(?::VARCHAR[]) AS id, unnest(range(?)) AS place) JOIN features AS f
                ON f.transaction_id = id ORDER BY place""",
            [list(ids), len(ids)],
        )
        if len(arrays[0]) < len(ids):
            lost = next(id_ for id_ in ids if id_ not in set(arrays[0]))
            raise UnknownAlert(f"No features of transaction {lost}.", "Check the id, then run `whyflag score`.")
        return _matrix(chosen, arrays)

    def sample(self, count: int, names: Sequence[str]) -> FeatureMatrix:
        """At most `count` transactions, spread over all by a hash of their ids: the same ones each time."""
        rows = self._database.query(
            "SELECT transaction_id FROM features ORDER BY hash(transaction_id), transaction_id LIMIT ?", [count]
        )
        return self.matrix(ids=[row[0] for row in rows], names=names)

    def batches(self, period: Period | None, names: Sequence[str], rows: int = 250_000) -> Iterator[FeatureMatrix]:
        """The matrix of `period` in pieces of at most `rows` rows, in order of time: bounded memory for scoring."""
        where, bound = _within(period)
        columns = ", ".join(f"f.{name}" for name in names)
        after = -1
        while True:
            found = self._arrays(
                f"SELECT f.transaction_id, {columns}, f.tick FROM features AS f"
                f" WHERE {where} AND f.tick > ? ORDER BY f.tick LIMIT {int(rows)}",
                [*bound, after],
            )
            if not len(found[0]):
                return
            after = int(found[-1][-1])
            yield _matrix(tuple(names), found[:-1])

    def outcomes(self, period: Period | None = None) -> Outcomes:
        """What is known today of the transactions in `period`; unlabelled ones count as genuine."""
        where, bound = _within(period)
        ids, customers, occurred, fraud, known, amounts, scenarios = self._arrays(
            "SELECT f.transaction_id, t.customer_id, t.occurred_at, coalesce(t.label, false),"
            f" {KNOWN_AT}, t.amount, t.label_scenario FROM features AS f JOIN transactions AS t USING (transaction_id)"
            f" WHERE {where} ORDER BY f.tick",
            bound,
        )
        return Outcomes(ids, customers, occurred, fraud.astype(np.bool_), known, amounts, scenarios)

    def training_set(self, period: Period, known_at: datetime) -> TrainingSet:
        """Features of `period` with the frauds known by `known_at`; whatever was not known then counts as genuine."""
        outcomes = self.outcomes(period)
        known = outcomes.known_at <= np.datetime64(known_at, "us")
        return TrainingSet(self.matrix(period), outcomes.fraud & known, outcomes.occurred_at, known_at)

    def _present_columns(self) -> set[str]:
        columns = [column.name for column in CONTRACT]
        counts = self._database.first(
            "SELECT " + ", ".join(f"count({column})" for column in columns) + " FROM transactions"
        )
        return {column for column, count in zip(columns, counts or (), strict=True) if count}

    def _gather(self, made: Sequence[Family]) -> None:
        there = {family.name for family in made}
        columns = ", ".join(
            f"CAST({f'{family.name}.{name}' if family.name in there else 'NULL'} AS DOUBLE) AS {name}"
            for family in families()
            for name in family.gives
        )
        joins = " ".join(f"LEFT JOIN {family.name} USING (tick)" for family in made if family.gives)
        self._database.execute(
            "CREATE OR REPLACE TABLE features AS SELECT moment.transaction_id, moment.occurred_at, moment.tick,"
            f" {columns} FROM moment {joins}"
        )
        self._database.execute(f"COMMENT ON TABLE features IS '{self.version()}'")

    def _arrays(self, sql: str, bound: Sequence[object]) -> list[NDArray[Any]]:
        return list(self._database.arrays(sql, bound).values())


def _within(period: Period | None) -> tuple[str, list[object]]:
    if period is None:
        return "true", []
    return "f.occurred_at >= ? AND f.occurred_at < ?", [period.start, period.end]


def _matrix(names: tuple[str, ...], arrays: Sequence[NDArray[Any]]) -> FeatureMatrix:
    values = np.empty((len(arrays[0]), len(names)), dtype=np.float64)
    for column, array in enumerate(arrays[1:]):
        values[:, column] = array
    return FeatureMatrix(arrays[0], names, values)
