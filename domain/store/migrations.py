"""Brings a store's schema up to date: numbered SQL files, those that are missing in one transaction."""

import importlib.resources
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from domain.errors import MigrationFailed, StoreTooNew, WhyflagError
from domain.store.database import Database


@dataclass(frozen=True, slots=True)
class Migration:
    version: int
    name: str
    sql: str


def shipped_migrations() -> tuple[Migration, ...]:
    """The files of sql/migrations, named 0001_what_it_does.sql, in their order."""
    folder = importlib.resources.files("domain.store") / "sql" / "migrations"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    return tuple(
        Migration(int(file.name.partition("_")[0]), file.name, file.read_text(encoding="utf-8")) for file in files
    )


def schema_version(database: Database) -> int:
    """0 for a store without tables."""
    if not database.query("SELECT 1 FROM duckdb_tables() WHERE database_name = 'store' AND table_name = 'meta'"):
        return 0
    row = database.first("SELECT value FROM meta WHERE name = 'schema_version'")
    return int(row[0]) if row else 0


def migrate(
    database: Database,
    migrations: tuple[Migration, ...],
    name: str,
    back_up: Callable[[], Path | None] = lambda: None,
) -> int:
    """Applies what is missing, all of it in one transaction, and returns the version reached.

    A store that holds something is backed up first. Raises StoreTooNew, MigrationFailed, and what `back_up` raises:
    the store is then as it was.
    """
    version = schema_version(database)
    newest = migrations[-1].version
    if version > newest:
        raise StoreTooNew(
            f"The store {name} has schema {version}; this whyflag knows schemas up to {newest}.",
            "Open it with the newer whyflag that wrote it, or restore a backup from before: `whyflag backup --list`.",
        )
    if version == newest:
        return newest
    kept = back_up() if version else None
    try:
        with database.transaction():
            for migration in migrations:
                if migration.version > version:
                    database.execute(migration.sql)
            database.execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('schema_version', ?)", [str(newest)])
        with database.still():
            pass  # it is in the file now: no log of DuckDB 1.5.5 replays every change of a schema (duckdb/duckdb#22044)
    except (duckdb.Error, WhyflagError) as error:
        if not version:
            raise
        raise MigrationFailed(
            f"The store {name} could not be brought from schema {version} to {newest}: {_reason(error)}"
            " It is as it was.",
            f"The whyflag that wrote it still opens it.{f' A backup stands in {kept}.' if kept else ''}",
        ) from error
    return newest


def _reason(error: Exception) -> str:
    if isinstance(error, WhyflagError):
        return str(error)
    return f"{(str(error).splitlines() or ['no reason given'])[0]}."
