"""The reading process: `python -m domain.store.reader`. Opens one untrusted file and hands its rows to the owner.

It holds no key and no store. It can write no file, so no row lands on disk in the clear; its DuckDB reads the one file
and nothing else; and when it crashes, the owner reports it and lives on.
"""

import json
import os
import resource
import sys
from pathlib import Path
from typing import IO, Any

import duckdb
import pyarrow as pa

from domain.errors import MappingInvalid, SourceTooLarge, SourceUnreadable, WhyflagError
from domain.store.reader_messages import BATCH, COLUMNS, END, FAILED, send, send_json
from domain.store.source_files import HANDLE, OpenedSource, broken_rows, open_source

BATCH_ROWS = 100_000
BATCH_BYTES = 1 << 25
FETCHED_ROWS = 8_192  # at a time, so that rows of long text stay few in memory
MAPPING_FAULTS = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ConversionException,
    duckdb.ParserException,
)
SMALLER = "Write Parquet with smaller row groups, or split the file."
CPU_FACTOR = 10
START: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    "temp_directory": "",  # no spill: a query that needs more than the memory limit fails with words
}


def main() -> None:
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints goes to stderr, never between the messages
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        serve(sys.stdin.buffer, out)
    except WhyflagError as error:
        failure = {"error": type(error).__name__, "message": error.message, "hint": error.hint}
        send_json(out, FAILED, failure)
    except BrokenPipeError:
        os._exit(1)  # the owner is gone; nobody is left to tell
    except (MemoryError, duckdb.OutOfMemoryException):
        told = "The file needs more memory than the reading process may take."
        send_json(out, FAILED, {"error": "SourceTooLarge", "message": told, "hint": SMALLER})
    except Exception as error:
        # Whatever a hostile or damaged file provokes in a library; the owner must hear of it in words.
        told = f"The file could not be read: {type(error).__name__}: {_first_lines(error)}"
        send_json(out, FAILED, {"error": "SourceUnreadable", "message": told, "hint": ""})


def serve(incoming: IO[bytes], out: IO[bytes]) -> None:
    """One request line, columns back; one line with the query, batches back until the end."""
    request: dict[str, Any] = json.loads(incoming.readline())
    path = Path(request["path"])
    address = int(request["address_mib"]) << 20
    resource.setrlimit(resource.RLIMIT_AS, (address, address))
    # The owner ends whoever is silent; this ends the process where the owner is gone and a query runs on.
    processor = CPU_FACTOR * int(request["seconds"])
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor))
    connection = duckdb.connect(":memory:", config=START)
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"SET memory_limit = '{int(request['memory_mib'])}MiB'")
    # One thread: with more, DuckDB 1.5.5 hands a streamed result over out of order when its reader is slow, and rows
    # would be named by wrong numbers. The owner, which stores the rows meanwhile, is the slower of the two anyway.
    connection.execute("SET threads = 1")
    source = open_source(connection, path, request["table"], request["query"])
    columns = _columns(connection, source, path)
    send_json(out, COLUMNS, {"columns": columns, "total": source.total, "sha256": source.sha256})
    asked = incoming.readline()
    if not asked:
        return  # the owner cannot use these columns
    _send_rows(connection, json.loads(asked)["sql"], source, path, out)


def _columns(connection: duckdb.DuckDBPyConnection, source: OpenedSource, path: Path) -> list[tuple[str, str]]:
    try:
        connection.execute(f"CREATE TEMP VIEW source_rows AS SELECT * FROM {source.relation}")
        described = connection.execute("DESCRIBE SELECT * FROM source_rows").fetchall()
    except duckdb.Error as error:
        raise SourceUnreadable(f"{path} cannot be read: {_first_lines(error)}") from error
    return [(name, kind) for name, kind, *_ in described]


def _send_rows(
    connection: duckdb.DuckDBPyConnection, sql: str, source: OpenedSource, path: Path, out: IO[bytes]
) -> None:
    try:
        waiting: list[pa.RecordBatch] = []
        rows = size = 0
        for batch in connection.execute(sql).to_arrow_reader(FETCHED_ROWS):
            waiting.append(batch)
            rows, size = rows + len(batch), size + batch.nbytes
            if rows + FETCHED_ROWS > BATCH_ROWS or size > BATCH_BYTES:
                _send_batch(waiting, out)
                waiting, rows, size = [], 0, 0
        if waiting:
            _send_batch(waiting, out)
    except BrokenPipeError:
        raise
    except MAPPING_FAULTS as error:
        raise MappingInvalid(
            f"An expression of the mapping does not work on {path}: {_first_lines(error)}",
            "TRY_CAST gives null where a plain cast stops.",
        ) from error
    except duckdb.OutOfMemoryException as error:
        raise SourceTooLarge(f"Reading {path} needs more memory than the reading process may take.", SMALLER) from error
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise SourceUnreadable(f"{path} is broken: {_first_lines(error)}", "Get the file again.") from error
    send_json(out, END, {"broken": broken_rows(connection, path) if source.is_csv else []})


def _send_batch(batches: list[pa.RecordBatch], out: IO[bytes]) -> None:
    """As one stream; offsets into more than 2 GiB of text cannot come up, for a batch is far smaller."""
    buffer = pa.BufferOutputStream()
    with pa.ipc.new_stream(buffer, batches[0].schema) as stream:
        for batch in batches:
            stream.write_batch(batch)
    send(out, BATCH, buffer.getvalue())


def _first_lines(error: Exception) -> str:
    return HANDLE.sub("the file", " ".join(str(error).split()))[:300]


if __name__ == "__main__":
    main()
