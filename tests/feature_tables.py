"""Feature tables over plain rows, in memory and unencrypted: for tests that make many of them."""

from collections.abc import Iterable, Sequence

import duckdb

from domain.progress import finish
from domain.store.database import Database
from domain.store.features import FeatureTable
from domain.store.migrations import shipped_migrations
from domain.transactions import CONTRACT, Transaction

NAMES = tuple(column.name for column in CONTRACT)


def database_of(rows: Iterable[Transaction]) -> Database:
    """A database with the store's schema and these transactions, in the order given."""
    database = Database(duckdb.connect(config={"threads": 1}), "in memory")
    for migration in shipped_migrations():
        database.execute(migration.sql)
    values = [[*(getattr(row, name) for name in NAMES), 1] for row in rows]
    if values:
        marks = ", ".join("?" * (len(NAMES) + 1))
        database.connection.executemany(f"INSERT INTO transactions VALUES ({marks})", values)
    return database


def computed(rows: Iterable[Transaction]) -> FeatureTable:
    table = FeatureTable(database_of(rows))
    finish(table.compute())
    return table


def values_of(table: FeatureTable, ids: Sequence[str]) -> dict[str, dict[str, float]]:
    """By transaction id, then by feature."""
    matrix = table.matrix(ids=ids)
    return {
        id_: dict(zip(matrix.names, row, strict=True))
        for id_, row in zip(matrix.transaction_ids.tolist(), matrix.values.tolist(), strict=True)
    }
