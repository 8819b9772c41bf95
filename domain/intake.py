"""Takes transactions in: file -> mapped, validated rows in the store, and a report of what was refused and why."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from domain.access.roles import require
from domain.import_report import ImportReport, Reject
from domain.mapping import Mapping, check_columns, load_mapping
from domain.progress import Progress, Work
from domain.store import Store
from domain.store.reading import READER_COMMAND, SourceReader
from domain.store.reading_limits import USUAL, ReadingLimits
from domain.store.rows_sql import rows_query
from domain.store.tally import Tally
from domain.transactions import CONTRACT

__all__ = ["ImportReport", "Reject", "import_columns", "import_files"]
SLICE = 100_000  # rows


def import_files(
    store: Store,
    sources: Sequence[Path],
    mapping: Mapping,
    actor: str,
    table: str | None = None,
    query: str | None = None,
    *,
    reader_command: Sequence[str] = READER_COMMAND,
    limits: ReadingLimits = USUAL,
) -> Work[ImportReport]:
    """Imports CSV, Parquet and DuckDB files (of these a `table`, or a `query`) in one transaction.

    Rows that the store has already are skipped, so that the same import again adds none. Closed early, or on any
    error, it leaves the store as it was. Raises SourceUnreadable, SourceTooLarge, ColumnMissing, MappingInvalid,
    StoreWriteFailed.
    """
    require(store.person, "import")
    tallies: list[Tally] = []
    digests: list[str] = []
    with store.imports.staging(_columns_of(mapping)) as staging:
        for path in sources:
            step = f"reading {path.name}"
            yield Progress(step)
            with SourceReader(path, table, query, reader_command, limits) as reader:
                check_columns(mapping, tuple(column.name for column in reader.columns), str(path))
                asked = rows_query(mapping, reader.columns)
                tally = Tally(str(path), asked.reasons)
                for batch in reader.rows(asked.sql):
                    staging.add(tally.accept(batch))
                    yield Progress(step, tally.rows, reader.total)
                tally.add_broken(reader.broken)
            tallies.append(tally)
            digests.append(reader.sha256)
        rows = sum(tally.rows for tally in tallies)
        yield Progress("storing", rows, rows)
        report = store.imports.keep(
            staging,
            mapping=mapping.name,
            sources=[str(path) for path in sources],
            digests=digests,
            rows=rows,
            rejects=[reject for tally in tallies for reject in tally.rejects()],
            actor=actor,
        )
    return report


def import_columns(store: Store, source: str, columns: pa.Table, actor: str) -> Work[ImportReport]:
    """Imports rows made in memory, such as the simulator's: contract columns by name, nulls where absent.

    They pass the same checks as a file's rows. `source` names them in the report and the audit.
    """
    require(store.person, "import")
    mapping = load_mapping("whyflag")
    check_columns(mapping, tuple(columns.column_names), source)
    asked = rows_query(mapping, store.imports.columns_of(columns))
    tally = Tally(source, asked.reasons)
    with store.imports.staging(asked.columns) as staging:
        for start in range(0, len(columns), SLICE):
            staging.add(tally.accept(store.imports.checked(asked.sql, columns.slice(start, SLICE))))
            yield Progress("checking", tally.rows, len(columns))
        yield Progress("storing", tally.rows, len(columns))
        report = store.imports.keep(
            staging,
            mapping=mapping.name,
            sources=[source],
            digests=[],
            rows=tally.rows,
            rejects=tally.rejects(),
            actor=actor,
        )
    return report


def _columns_of(mapping: Mapping) -> tuple[str, ...]:
    """What the mapping can fill at most, in the contract's order."""
    filled = {column for column, _ in mapping.columns}
    if mapping.label_delay_days is not None and "label" in filled:
        filled.add("label_time")
    return tuple(column.name for column in CONTRACT if column.name in filled)
