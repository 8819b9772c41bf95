"""The store's tables as wholes: how many rows each has, and whether all of them can be read."""

from domain.store.database import Database

Counts = tuple[tuple[str, int], ...]
TABLES = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'store' ORDER BY table_name"


def table_names(database: Database) -> tuple[str, ...]:
    """All of the store's tables, by name; temporary ones are not its own."""
    return tuple(name for (name,) in database.query(TABLES))


def counts_of(database: Database) -> Counts:
    """Rows by table, without reading them."""
    return tuple((name, database.number(f"SELECT count(*) FROM store.{name}")) for name in table_names(database))


def read_whole(database: Database) -> Counts:
    """Rows by table; every value of every row is read, so that each page passes its authentication.

    Raises StoreDamaged.
    """
    return tuple((name, rows_read(database, name)) for name in table_names(database))


def rows_read(database: Database, table: str, first: int = 0, end: int = 2**62) -> int:
    """How many rows with a place in [first, end) were read. Raises StoreDamaged."""
    # The hash makes DuckDB read every column; without it a count is answered from the catalog.
    [(rows, _)] = database.query(
        f"SELECT count(*), bit_xor(hash(t)) FROM store.{table} t WHERE rowid >= ? AND rowid < ?", [first, end]
    )
    return int(rows)
