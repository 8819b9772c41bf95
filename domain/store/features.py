"""Point-in-time features: made by the families of sql/features*.sql, kept in one table, read as matrices."""

import hashlib
import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
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
from domain.store.transactions import among
from domain.transactions import CONTRACT, Period

# When a label became known, or that no one reported a fraud.
KNOWN_AT = "greatest(coalesce(t.label_time, t.occurred_at + INTERVAL 7 DAY), t.occurred_at)"
SUBJECTS = ("terminal", "merchant", "device", "counterparty")
NEEDS = re.compile(r"^-- needs: (.+)$", re.MULTILINE)
GIVES = re.compile(r"^-- gives: (.+(?:\n--   .+)*)", re.MULTILINE)  # with the lines it goes on in
FEATURE = re.compile(r"(\w+)(?:\{(.+?)\})? \[(.+?)\] (.+?); why: (.+)")


@dataclass(frozen=True)
class Feature:
    """A column of the feature table, as its family's header documents it."""

    name: str
    unit: str
    what: str
    why: str


@dataclass(frozen=True)
class Family:
    """One query of the SQL files: its name, the columns it needs and the features it gives."""

    name: str
    needs: tuple[str, ...]
    features: tuple[Feature, ...]
    query: str

    @property
    def gives(self) -> tuple[str, ...]:
        return tuple(feature.name for feature in self.features)

    def sql(self, only: Container[str] | None = None) -> str:
        """The statement that makes the family's table; of its features, `only` these are computed, where given.

        Its rows lie in order of time, as those of all families do.
        """
        query = self.query
        if only is not None and self.gives:
            columns = ", ".join(["tick", *(name for name in self.gives if name in only)])
            query = f"SELECT {columns} FROM (\n{query}\n) AS family"
        return f"CREATE OR REPLACE TEMPORARY TABLE {self.name} AS\n{query}\nORDER BY tick"


@cache
def _scripts() -> tuple[str, ...]:
    folder = files("domain.store") / "sql"
    return tuple((folder / name).read_text("utf-8") for name in ("features.sql", "features_of_subjects.sql"))


@cache
def families() -> tuple[Family, ...]:
    """All families in the order of the files, those of `subject` once for each subject."""
    found: list[Family] = []
    for part in (part for script in _scripts() for part in script.split("-- family: ")[1:]):
        texts = [re.sub(r"\bsubject", subject, part) for subject in SUBJECTS] if part.startswith("subject") else [part]
        found += [_family(text) for text in texts]
    return tuple(found)


def _family(text: str) -> Family:
    name, body = text.split("\n", 1)
    return Family(
        name.strip(),
        tuple(column for columns in NEEDS.findall(body) for column in columns.split(", ")),
        tuple(feature for lines in GIVES.findall(body) for feature in _documented(lines.replace("\n--  ", ""))),
        re.sub(r"\A(?:--.*\n)*", "", body).rstrip().removesuffix(";"),
    )


def _documented(text: str) -> list[Feature]:
    stem, windows, unit, what, why = FEATURE.fullmatch(text).groups(default="")  # type: ignore[union-attr]
    return [Feature(stem + window, unit, what, why) for window in windows.split(",")]


def features() -> tuple[Feature, ...]:
    """All features, documented, in the order of the file: the columns of every whole matrix."""
    return tuple(feature for family in families() for feature in family.features)


def feature_names() -> tuple[str, ...]:
    """All features, in the order of the file."""
    return tuple(feature.name for feature in features())


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
        return hashlib.sha256("".join(_scripts()).encode()).hexdigest()

    def compute(self, names: Container[str] | None = None) -> Work[int]:
        """Makes the features of all transactions anew; returns how many rows. All or nothing.

        Only `names` where given: the table then has these columns alone, and does not count as current.
        """
        with self._database.transaction():
            present = self._present_columns()
            wanted = [family for family in families() if present.issuperset(family.needs) and _has(family, names)]
            for done, family in enumerate(wanted):
                yield Progress(f"features: {family.name}", done, len(wanted) + 1)
                self._database.execute((family if done else self._narrowed(family, wanted[1:])).sql(names))
                if family.gives:
                    self._complete(family)
            yield Progress("features: together", len(wanted), len(wanted) + 1)
            rows = self._gather(wanted, names)
            for family in wanted:
                self._database.execute(f"DROP TABLE {family.name}")
            self._database.execute(
                "INSERT OR REPLACE INTO meta (name, value) VALUES ('features_version', ?)",
                [self.version() if names is None else "partial"],
            )
            return rows

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

        Where both are given, all of `ids` lie in `period`, and are found by it: the table lies in the order of time.
        Raises UnknownAlert where a transaction of `ids` has no features.
        """
        chosen = self.names() if names is None else tuple(names)
        columns = ", ".join(f"f.{name}" for name in chosen)
        where, bound = _within(period)
        if ids is None:
            arrays = self._arrays(
                f"SELECT f.transaction_id, {columns} FROM features AS f WHERE {where} ORDER BY f.tick", bound
            )
            return _matrix(chosen, arrays)
        those, values = among("f.transaction_id", ids)
        arrays = self._arrays(
            f"SELECT f.transaction_id, {columns} FROM features AS f WHERE {where} AND {those}", [*bound, *values]
        )
        place = {id_: row for row, id_ in enumerate(arrays[0].tolist())}
        if lost := next((id_ for id_ in ids if id_ not in place), None):
            raise UnknownAlert(f"No features of transaction {lost}.", "Check the id, then run `whyflag score`.")
        rows = np.array([place[id_] for id_ in ids], dtype=np.intp)
        return _matrix(chosen, [array[rows] for array in arrays])

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
        # Cut by `tick` alone first: taking the next rows of the whole table each time would read it once a piece.
        cuts = self._database.arrays(
            f"""SELECT min(tick) AS first, max(tick) AS last
                FROM (SELECT f.tick, (row_number() OVER (ORDER BY f.tick) - 1) // ? AS piece
                      FROM features AS f WHERE {where})
                GROUP BY piece ORDER BY piece""",
            [rows, *bound],
        )
        for first, last in zip(cuts["first"].tolist(), cuts["last"].tolist(), strict=True):
            found = self._arrays(
                f"SELECT f.transaction_id, {columns} FROM features AS f WHERE f.tick BETWEEN ? AND ? ORDER BY f.tick",
                [first, last],
            )
            yield _matrix(tuple(names), found)

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

    def _narrowed(self, moment: Family, others: Sequence[Family]) -> Family:
        """`moment` with only the columns that the others read, so that ranking its rows carries no more with them."""
        read = {word for family in others for word in re.findall(r"\w+", family.query)}
        read |= {"tick", "transaction_id", "occurred_at"}  # by which `_gather` puts them together
        columns = ", ".join(row[0] for row in self._database.query(f"DESCRIBE {moment.query}") if row[0] in read)
        return replace(moment, query=f"SELECT {columns} FROM (\n{moment.query}\n) AS whole")

    def _complete(self, family: Family) -> None:
        """Adds an empty row for every transaction of which the family gives nothing.

        So the families' tables lie row by row beside each other, and are put together without a join.
        """
        name = family.name
        given = self._database.number(f"SELECT count(*) FROM {name}")
        if given < self._database.number("SELECT count(*) FROM moment"):
            self._database.execute(
                f"CREATE OR REPLACE TEMPORARY TABLE {name} AS SELECT * FROM {name} UNION ALL BY NAME"
                f" SELECT moment.tick FROM moment ANTI JOIN {name} USING (tick) ORDER BY tick"
            )

    def _gather(self, made: Sequence[Family], names: Container[str] | None) -> int:
        """Puts the families' tables together into `features`: the nth row of each is that of the nth `tick`."""
        source = {name: family.name for family in made for name in family.gives if names is None or name in names}
        self._database.execute(
            "CREATE OR REPLACE TABLE features (transaction_id VARCHAR USING COMPRESSION uncompressed NOT NULL,"
            " occurred_at TIMESTAMP NOT NULL, tick BIGINT NOT NULL, "
            + ", ".join(f"{name} DOUBLE" for name in feature_names() if names is None or name in names)
            + ")"
        )
        columns, values = ", ".join(source), ", ".join(f"{family}.{name}" for name, family in source.items())
        aligned = " POSITIONAL JOIN ".join(["moment", *dict.fromkeys(source.values())])
        self._database.execute(
            f"INSERT INTO features (transaction_id, occurred_at, tick, {columns})"
            f" SELECT moment.transaction_id, moment.occurred_at, moment.tick, {values} FROM {aligned}"
        )
        return self._database.number("SELECT count(*) FROM features")

    def _arrays(self, sql: str, bound: Sequence[object]) -> list[NDArray[Any]]:
        return list(self._database.arrays(sql, bound).values())


def _has(family: Family, names: Container[str] | None) -> bool:
    """Whether anything of the family is wanted. One that gives nothing is what others are made from."""
    return names is None or not family.gives or any(name in names for name in family.gives)


def _within(period: Period | None) -> tuple[str, list[object]]:
    if period is None:
        return "true", []
    return "f.occurred_at >= ? AND f.occurred_at < ?", [period.start, period.end]


def _matrix(names: tuple[str, ...], arrays: Sequence[NDArray[Any]]) -> FeatureMatrix:
    values = np.empty((len(arrays[0]), len(names)), dtype=np.float64)
    for column, array in enumerate(arrays[1:]):
        values[:, column] = array
    return FeatureMatrix(arrays[0], names, values)
