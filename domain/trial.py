"""Looks into a file before it is imported: its first rows, and what a mapping makes of them. Nothing is kept."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from domain.mapping import Mapping
from domain.readings import identifier
from domain.sample import SAMPLE_ROWS, Sample, SampleColumn, Trial, TrialFault
from domain.store.reading import READER_COMMAND, SourceReader
from domain.store.rows_sql import RowsQuery, rows_query

NAMED = 5  # rows and values that a fault shows


def read_sample(
    path: Path, table: str | None = None, *, reader_command: Sequence[str] = READER_COMMAND, most: int = SAMPLE_ROWS
) -> Sample:
    """The columns and first rows of a file, read in the reading process. Raises SourceUnreadable."""
    with SourceReader(path, table, None, reader_command) as reader:
        texts = ", ".join(
            f"left(CAST({identifier(column.name)} AS VARCHAR), 200) AS c{place}"
            for place, column in enumerate(reader.columns)
        )
        rows = _read(reader, f"SELECT {texts} FROM source_rows LIMIT {most}")
        columns = tuple(
            SampleColumn(column.name, column.type, tuple(rows.column(place).to_pylist()) if rows else ())
            for place, column in enumerate(reader.columns)
        )
        return Sample(str(path), columns, reader.total)


def try_mapping(
    path: Path,
    mapping: Mapping,
    table: str | None = None,
    *,
    reader_command: Sequence[str] = READER_COMMAND,
    most: int = SAMPLE_ROWS,
) -> Trial:
    """What `mapping` makes of the file's first rows, by the import's own checks.

    Required columns that it leaves out are not told here: `mapping.unfilled` does. Raises SourceUnreadable,
    MappingInvalid where an expression does not work.
    """
    with SourceReader(path, table, None, reader_command) as reader:
        if not mapping.chosen(column.name for column in reader.columns):
            return Trial(0, (), (), ())
        asked = rows_query(mapping, reader.columns)
        rows = _read(reader, f"SELECT * FROM ({asked.sql}\n) LIMIT {most}")
    if rows is None:
        return Trial(0, asked.columns, (), ())
    texts = [[_text(value) for value in rows.column(name).to_pylist()] for name in asked.columns]
    return Trial(rows.num_rows, asked.columns, tuple(zip(*texts, strict=True)), _faults(rows, asked))


def _read(reader: SourceReader, sql: str) -> pa.Table | None:
    batches = list(reader.rows(sql))
    return pa.concat_tables(batches) if batches else None


def _faults(rows: pa.Table, asked: RowsQuery) -> tuple[TrialFault, ...]:
    found: dict[int, list[tuple[int, str]]] = {}
    faults, samples = rows.column("fault").to_pylist(), rows.column("sample").to_pylist()
    for row, (fault, sample) in enumerate(zip(faults, samples, strict=True), start=1):
        if fault is not None:
            found.setdefault(fault, []).append((row, sample or ""))
    return tuple(
        TrialFault(
            reason.split(" ")[0],
            reason,
            len(places),
            tuple(row for row, _ in places[:NAMED]),
            tuple(sample for _, sample in places[:NAMED]),
        )
        for number, places in sorted(found.items())
        for reason in [asked.reasons[number]]
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
