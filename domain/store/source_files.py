"""Opens a file to import, in the reading process: which kind it is, by its content, and a relation over its rows."""

import codecs
import csv
import hashlib
import io
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from domain.errors import SourceTooLarge, SourceUnreadable
from domain.store.opening import quoted

BLOCK = 1 << 20
HEADER_BYTES = 1 << 16  # the line of column names must fit
DELIMITERS = ",;|\t"
BROKEN_ROWS_MOST = 100_000
LONGEST_LINE = 1 << 18  # bytes; a longer row is rejected like any other of the wrong shape
SHOWN = 200  # characters of a broken row
HANDLE = re.compile(r"['\"]?/proc/self/fd/\d+['\"]?")  # how the file is opened; no name a person knows
# Nothing is unpacked here: a few kilobytes of archive can hold terabytes.
OTHER_KINDS = {
    b"PK\3\4": "Save it as CSV UTF-8, or unpack it first.",
    b"\x1f\x8b": "Unpack it first.",
    b"\xff\xfe": "Save it as CSV UTF-8.",
    b"\xfe\xff": "Save it as CSV UTF-8.",
}
KINDS = "whyflag reads CSV (UTF-8), Parquet and DuckDB files."


@dataclass(frozen=True, slots=True)
class OpenedSource:
    """`relation` is SQL for a FROM clause. `total` rows, 0 where only reading would tell. `sha256` of the file."""

    relation: str
    total: int
    sha256: str
    is_csv: bool


def open_source(
    connection: duckdb.DuckDBPyConnection, path: Path, table: str | None, query: str | None
) -> OpenedSource:
    """Raises SourceUnreadable. Afterwards the connection can read this file and nothing else."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        start = os.pread(file, HEADER_BYTES, 0)
    except FileNotFoundError as missing:
        raise SourceUnreadable(f"There is no file {path}.", "Check the path.") from missing
    except OSError as broken:
        raise SourceUnreadable(f"{path} cannot be read: {broken.strerror}.") from broken
    if start[8:12] == b"DUCK":
        return _open_database(connection, path, _digest(file), table, query)
    if table is not None or query is not None:
        raise SourceUnreadable(
            f"{path} is no DuckDB file, so it has no tables to name.", "Leave --table and --query out."
        )
    handle = f"/proc/self/fd/{file}"  # the file itself: a name with * or [ would be taken for a pattern
    if start.startswith(b"PAR1"):
        _lock(connection, [handle])
        relation = f"read_parquet({quoted(handle)})"
        return OpenedSource(relation, _count(connection, relation, path), _digest(file), False)
    if b"\0" in start:
        hint = next((hint for first, hint in OTHER_KINDS.items() if start.startswith(first)), KINDS)
        raise SourceUnreadable(f"{path} is of an unknown kind.", hint)
    if len(start) == HEADER_BYTES and not _first_line(start, whole=True):
        raise SourceTooLarge(
            f"The first line of {path} is longer than {HEADER_BYTES:,} bytes.", "The first line must name the columns."
        )
    _lock(connection, [handle])
    return OpenedSource(_csv_relation(handle, _header(start, path), start), 0, _checked_text(file, path), True)


def broken_rows(connection: duckdb.DuckDBPyConnection, path: Path) -> list[tuple[int, str, str]]:
    """(row of data, why, its text) for each row of a CSV that has the wrong shape, in order."""
    rows = connection.execute(
        f"""SELECT line - 1, first(error_type ORDER BY column_idx), left(first(csv_line ORDER BY column_idx), {SHOWN})
            FROM reject_errors GROUP BY line ORDER BY line"""
    ).fetchall()
    if len(rows) >= BROKEN_ROWS_MOST:
        raise SourceUnreadable(
            f"Over {BROKEN_ROWS_MOST:,} rows of {path} have the wrong number of columns, first row {rows[0][0]:,}.",
            "Check the file's delimiter and quotes.",
        )
    return [(row, str(why).lower(), text or "") for row, why, text in rows]


def _open_database(
    connection: duckdb.DuckDBPyConnection, path: Path, digest: str, table: str | None, query: str | None
) -> OpenedSource:
    try:
        connection.execute(f"ATTACH {quoted(str(path))} AS source (READ_ONLY)")
        connection.execute("USE source")
    except duckdb.Error as error:
        text = str(error)
        if "set lock" in text.lower():
            raise SourceUnreadable(f"{path} is open in another program.", "Close it there, then import.") from error
        raise SourceUnreadable(f"{path} cannot be opened as a DuckDB file: {text.splitlines()[0]}") from error
    _lock(connection, [])
    if query is not None:
        return OpenedSource(f"({_one_select(connection, query)}\n)", 0, digest, False)
    relation = _named_table(connection, path, table)
    return OpenedSource(relation, _count(connection, relation, path), digest, False)


def _one_select(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    try:
        statements = connection.extract_statements(query)
    except duckdb.Error as error:
        raise SourceUnreadable(f"The query is no SQL: {error}") from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise SourceUnreadable("The query must be one SELECT.", 'Example: --query "SELECT * FROM payments".')
    return query.strip().rstrip(";")


def _named_table(connection: duckdb.DuckDBPyConnection, path: Path, wanted: str | None) -> str:
    tables = connection.execute(
        """SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'source'
           UNION ALL SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = 'source' AND NOT internal
           ORDER BY ALL"""
    ).fetchall()
    names = [name if schema == "main" else f"{schema}.{name}" for schema, name in tables]
    if wanted is None and len(names) == 1:
        wanted = names[0]
    fitting = [place for place, name in zip(tables, names, strict=True) if wanted in (name, f"{place[0]}.{place[1]}")]
    if not fitting:
        told = f"has no table {wanted}" if wanted else "holds several tables" if names else "holds no table"
        raise SourceUnreadable(f"{path} {told}.", f"Name one with --table: {', '.join(names)}." if names else "")
    schema, name = fitting[0]
    return f"source.{_identifier(schema)}.{_identifier(name)}"


def _count(connection: duckdb.DuckDBPyConnection, relation: str, path: Path) -> int:
    try:
        [row] = connection.execute(f"SELECT count(*) FROM {relation}").fetchall()
    except duckdb.Error as error:
        told = HANDLE.sub("the file", str(error).splitlines()[0])
        raise SourceUnreadable(f"{path} is broken: {told}", "Get the file again.") from error
    return int(row[0])


def _lock(connection: duckdb.DuckDBPyConnection, allowed: Sequence[str]) -> None:
    connection.execute(f"SET allowed_paths = [{', '.join(quoted(path) for path in allowed)}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _csv_relation(handle: str, names: Sequence[str], start: bytes) -> str:
    columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in names)
    return (
        f"read_csv({quoted(handle)}, auto_detect = false, header = true, delim = {quoted(_delimiter(start))},"
        f" quote = '\"', escape = '\"', columns = {{{columns}}}, store_rejects = true,"
        f" rejects_limit = {BROKEN_ROWS_MOST}, compression = 'none', max_line_size = {LONGEST_LINE})"
    )


def _header(start: bytes, path: Path) -> list[str]:
    """The column names; a nameless one (an index that was saved along) gets a name, a repeated one a number."""
    line = _first_line(start)
    if not line.strip():
        raise SourceUnreadable(f"{path} is empty, or its first line is.", "The first line must name the columns.")
    names: list[str] = []
    for place, cell in enumerate(next(csv.reader(io.StringIO(line), delimiter=_delimiter(start)))):
        name = cell.strip() or f"column{place}"
        while name.lower() in (taken.lower() for taken in names):
            name += "_again"
        names.append(name)
    return names


def _delimiter(start: bytes) -> str:
    line = _first_line(start)
    return max(DELIMITERS, key=line.count)


def _first_line(start: bytes, *, whole: bool = False) -> str:
    """Of the file's start. With `whole` only where its end is there too."""
    text = start.removeprefix(codecs.BOM_UTF8).decode("utf-8", errors="ignore")
    lines = text.splitlines(keepends=whole)
    return lines[0] if lines and (not whole or lines[0].splitlines()[0] != lines[0]) else ""


def _digest(file: int) -> str:
    with os.fdopen(os.dup(file), "rb") as content:
        content.seek(0)
        return hashlib.file_digest(content, "sha256").hexdigest()


def _checked_text(file: int, path: Path) -> str:
    """sha256 of a text file that is UTF-8 throughout. Raises SourceUnreadable naming the line that is not."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    digest, offset, line = hashlib.sha256(), 0, 1
    while True:
        block = os.pread(file, BLOCK, offset)
        digest.update(block)
        try:
            decoder.decode(block, final=not block)
        except UnicodeDecodeError as wrong:
            line += wrong.object[: wrong.start].count(b"\n")
            raise SourceUnreadable(
                f"{path} is not UTF-8 text: line {line:,} holds the byte 0x{wrong.object[wrong.start]:02X}.",
                "Save it as UTF-8, for example: iconv -f ISO-8859-1 -t UTF-8 FILE.",
            ) from wrong
        if not block:
            return digest.hexdigest()
        line += block.count(b"\n")
        offset += len(block)


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
