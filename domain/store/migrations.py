"""Brings a store's schema up to date: numbered SQL files, each applied once, in one transaction with its number."""

import importlib.resources
from dataclasses import dataclass

from domain.errors import StoreTooNew
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


def migrate(database: Database, migrations: tuple[Migration, ...], name: str) -> int:
    """Applies what is missing and returns the version reached. Raises StoreTooNew and then changes nothing."""
    version = schema_version(database)
    newest = migrations[-1].version
    if version > newest:
        raise StoreTooNew(
            f"The store {name} has schema {version}; this whyflag knows schemas up to {newest}.",
            "Open it with the newer whyflag that wrote it.",
        )
    for migration in migrations:
        if migration.version > version:
            with database.transaction():
                database.execute(migration.sql)
                database.execute(
                    "INSERT OR REPLACE INTO meta (name, value) VALUES ('schema_version', ?)", [str(migration.version)]
                )
    return newest
