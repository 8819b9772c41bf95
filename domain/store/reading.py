"""The owner's side of reading a file: starts the reading process, asks it for rows, ends it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from domain import errors
from domain.errors import SourceUnreadable, WhyflagError
from domain.store.reader_messages import BATCH, COLUMNS, END, FAILED, receive
from domain.store.rows_sql import SourceColumn

READER_COMMAND = (sys.executable, "-P", "-m", "domain.store.reader")
MEMORY_MIB = 768
SECONDS_TO_END = 5.0
CODE = str(Path(__file__).parents[2])


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row of a CSV without the right number of columns."""

    row: int
    why: str
    sample: str


class SourceReader:
    """One file, opened in its own process. Use as a context manager: leaving it ends the process, whatever it does.

    Raises SourceUnreadable from construction on, also where the process crashes.
    """

    def __init__(
        self, path: Path, table: str | None, query: str | None, command: Sequence[str] = READER_COMMAND
    ) -> None:
        self._path = path
        paths = [CODE, *filter(None, [os.environ.get("PYTHONPATH")])]
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
        self._broken: tuple[BrokenRow, ...] = ()
        try:
            self._ask({"path": str(path.absolute()), "table": table, "query": query, "memory_mib": MEMORY_MIB})
            content = json.loads(self._expect(COLUMNS))
        except BaseException:
            self.close()
            raise
        self.columns = tuple(SourceColumn(name, kind) for name, kind in content["columns"])
        self.total: int = content["total"]
        self.sha256: str = content["sha256"]

    def rows(self, sql: str) -> Iterator[pa.Table]:
        """Batches of the query's rows in the order of the file. Raises SourceUnreadable, MappingInvalid."""
        self._ask({"sql": sql})
        while True:
            kind, payload = self._next()
            if kind == END:
                self._broken = tuple(BrokenRow(*row) for row in json.loads(payload)["broken"])
                return
            if kind != BATCH:
                raise self._stopped()
            yield pa.ipc.open_stream(payload).read_all()

    @property
    def broken(self) -> tuple[BrokenRow, ...]:
        """Rows that are not among `rows`, known once those were read to the end."""
        return self._broken

    def close(self) -> None:
        self._child.kill()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
        self._child.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, request: dict[str, Any]) -> None:
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(json.dumps(request).encode() + b"\n")
            self._child.stdin.flush()
        except BrokenPipeError as gone:
            raise self._stopped() from gone

    def _expect(self, wanted: bytes) -> bytes:
        kind, payload = self._next()
        if kind != wanted:
            raise self._stopped()
        return payload

    def _next(self) -> tuple[bytes, bytes]:
        assert self._child.stdout is not None
        message = receive(self._child.stdout)
        if message is None:
            raise self._stopped()
        if message[0] == FAILED:
            raise _their_error(json.loads(message[1]))
        return message

    def _stopped(self) -> SourceUnreadable:
        try:
            code = self._child.wait(timeout=SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._child.kill()
            code = self._child.wait()
        return SourceUnreadable(
            f"The process that read {self._path} stopped (exit code {code}).",
            "The file may be damaged, or memory ran out.",
        )


def _their_error(failure: dict[str, str]) -> WhyflagError:
    kind = {"MappingInvalid": errors.MappingInvalid}.get(failure["error"], SourceUnreadable)
    return kind(failure["message"], failure["hint"])
