"""The owner's side of reading a file: starts the reading process, asks it for rows, ends it."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from domain import child_process, errors
from domain.errors import SourceTooLarge, SourceUnreadable, WhyflagError
from domain.store.reader_messages import BATCH, COLUMNS, END, FAILED, receive
from domain.store.reading_limits import USUAL, ReadingLimits
from domain.store.rows_sql import SourceColumn

READER_COMMAND = child_process.command("domain.store.reader")
SECONDS_TO_END = 5.0
# All that the child gets of the owner's environment: nothing there is a secret of the store.
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "OMP_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row of a CSV without the right number of columns."""

    row: int
    why: str
    sample: str


class SourceReader:
    """One file, opened in its own process. Use as a context manager: leaving it ends the process, whatever it does.

    Raises SourceUnreadable from construction on, also where the process crashes or is silent for too long, and
    SourceTooLarge where the file or what comes out of it is beyond `limits`.
    """

    def __init__(
        self,
        path: Path,
        table: str | None,
        query: str | None,
        command: Sequence[str] = READER_COMMAND,
        limits: ReadingLimits = USUAL,
    ) -> None:
        self._path = path
        self._limits = limits
        self._seconds = limits.seconds(self._checked_size())
        passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**passed, "PYTHONPATH": child_process.search_path()},
            bufsize=0,
        )
        self._broken: tuple[BrokenRow, ...] = ()
        try:
            self._ask(
                {
                    "path": str(path.absolute()),
                    "table": table,
                    "query": query,
                    "memory_mib": limits.memory_mib,
                    "address_mib": limits.address_mib,
                    "seconds": self._seconds,
                }
            )
            content = json.loads(self._expect(COLUMNS))
            self._within("columns", len(content["columns"]), limits.columns)
            self._within("rows", content["total"], limits.rows)
        except BaseException:
            self.close()
            raise
        self.columns = tuple(SourceColumn(name, kind) for name, kind in content["columns"])
        self.total: int = content["total"]
        self.sha256: str = content["sha256"]

    def rows(self, sql: str) -> Iterator[pa.Table]:
        """Batches of the query's rows in the order of the file.

        Raises SourceUnreadable, SourceTooLarge, MappingInvalid.
        """
        self._ask({"sql": sql})
        read = 0
        while True:
            kind, payload = self._next()
            if kind == END:
                self._broken = tuple(BrokenRow(*row) for row in json.loads(payload)["broken"])
                return
            if kind != BATCH:
                raise self._stopped()
            rows = self._table(payload)
            read += len(rows)
            self._within("rows", read, self._limits.rows)
            yield rows

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
        try:
            message = receive(self._child.stdout.fileno(), self._seconds)
        except TimeoutError as silent:
            self._child.kill()
            raise SourceTooLarge(
                f"Reading {self._path} brought nothing for {self._seconds:.0f} seconds and was ended.",
                "Split the file, or ask for less with --query.",
            ) from silent
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
        how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
        return SourceUnreadable(
            f"The process that read {self._path} stopped ({how}).",
            "The file may be damaged, or memory ran out.",
        )

    def _table(self, payload: bytes) -> pa.Table:
        """What the child sent, checked to the last offset: it may be another's doing by now."""
        try:
            rows = pa.ipc.open_stream(payload).read_all()
            rows.validate(full=True)
        except (pa.ArrowException, OSError) as wrong:
            raise SourceUnreadable(f"What was read of {self._path} is damaged.", "Get the file again.") from wrong
        return rows

    def _checked_size(self) -> int:
        """0 where there is no file; the child tells that."""
        try:
            size = self._path.stat().st_size
        except OSError:
            return 0
        self._within("bytes", size, self._limits.file_bytes)
        return size

    def _within(self, what: str, count: int, most: int) -> None:
        if count > most:
            raise SourceTooLarge(
                f"{self._path} holds more than {most:,} {what}, which is the most that an import takes.",
                "Split the file, or leave out what the mapping does not need.",
            )


def _their_error(failure: dict[str, str]) -> WhyflagError:
    known: dict[str, type[WhyflagError]] = {
        "MappingInvalid": errors.MappingInvalid,
        "SourceTooLarge": errors.SourceTooLarge,
    }
    kind = known.get(failure["error"], SourceUnreadable)
    return kind(failure["message"], failure["hint"])
