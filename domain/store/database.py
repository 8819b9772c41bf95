"""One DuckDB connection, used by one thread at a time: queries, transactions, and errors in the product's words."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from domain.store.faults import in_our_words

Row = tuple[Any, ...]


class Database:
    """The connection all tables of a store share.

    Any thread may call; calls are serialised by a lock, which a transaction holds from its BEGIN to its end. Errors a
    person can act on arrive as WhyflagError: Cancelled after `interrupt`, StoreWriteFailed, StoreDamaged.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        self.connection = connection
        self._name = name
        self._lock = threading.RLock()
        self._depth = 0

    def query(self, sql: str, parameters: Sequence[object] | Mapping[str, object] = ()) -> list[Row]:
        """All rows of the answer, as tuples. `parameters` by place (?) or by name ($name)."""
        given = dict(parameters) if isinstance(parameters, Mapping) else list(parameters)
        with self._using() as connection:
            return connection.execute(sql, given).fetchall()

    def first(self, sql: str, parameters: Sequence[object] = ()) -> Row | None:
        """The first row of the answer, or None."""
        rows = self.query(sql, parameters)
        return rows[0] if rows else None

    def number(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """The one whole number the query answers with."""
        [row] = self.query(sql, parameters)
        return int(row[0])

    def arrays(self, sql: str, parameters: Sequence[object] = ()) -> dict[str, NDArray[Any]]:
        """The answer by column, each (n,); nulls as NaN or NaT, in text columns as None."""
        with self._using() as connection:
            columns = connection.execute(sql, list(parameters)).fetchnumpy()
        return {name: _filled(values) for name, values in columns.items()}

    def table(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        """The answer as an Arrow table."""
        with self._using() as connection:
            return connection.execute(sql, list(parameters)).to_arrow_table()

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        with self._using() as connection:
            connection.execute(sql, list(parameters))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """BEGIN to COMMIT; any exception rolls all of it back. One inside another becomes part of the outer one."""
        with self._lock:
            if self._depth:
                yield
                return
            self.execute("BEGIN TRANSACTION")
            self._depth = 1
            try:
                yield
                self.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise
            finally:
                self._depth = 0

    @contextmanager
    def still(self) -> Iterator[None]:
        """Holds every other call back while the store's file alone, without a log, is all that was committed."""
        with self._lock:
            self.execute("CHECKPOINT store")
            yield

    @contextmanager
    def visible(self, name: str, table: object) -> Iterator[None]:
        """Lets SQL read an Arrow table in this process's memory as `name` (our own word, never text from data)."""
        with self._using() as connection:
            connection.register(name, table)
            try:
                yield
            finally:
                connection.unregister(name)

    def limit_memory(self, mib: int) -> None:
        """From now on queries and what is kept of the file take at most `mib` MiB; beyond it they spill, encrypted."""
        self.execute(f"SET memory_limit = '{int(mib)}MiB'")

    def interrupt(self) -> None:
        """Stops the query that runs in another thread, which then raises Cancelled."""
        self.connection.interrupt()

    def close(self) -> None:
        with self._lock:
            self.connection.close()

    @contextmanager
    def _using(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._lock:
            try:
                yield self.connection
            except duckdb.Error as error:
                ours = in_our_words(error, self._name)
                if ours is None:
                    raise
                raise ours from error

    def _roll_back(self) -> None:
        try:
            self.connection.execute("ROLLBACK")
        except duckdb.Error:
            return  # already rolled back: a commit that fails, or a fatal error, ends the transaction by itself


def _filled(values: NDArray[Any]) -> NDArray[Any]:
    if not isinstance(values, np.ma.MaskedArray):
        return values
    absent = np.ma.getmaskarray(values)
    plain: NDArray[Any] = values.data
    if not absent.any():
        return plain
    if plain.dtype.kind in "biu":
        plain = plain.astype(np.float64)
    plain[absent] = None if plain.dtype.kind == "O" else np.nan if plain.dtype.kind == "f" else "NaT"
    return plain
