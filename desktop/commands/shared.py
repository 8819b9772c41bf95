"""What all commands share: options, the store and its passphrase, progress on stderr, results on stdout."""

import getpass
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from desktop.bootstrap import DEMO_PASSPHRASE, places
from desktop.commands.acting import user_given
from desktop.support.passphrase_file import first_line
from domain.progress import Progress, Work, finish
from domain.store import Store
from domain.transactions import Period

Result = TypeVar("Result")

StoreOption = Annotated[Path, typer.Option("--store", help="The encrypted store.", show_default=False)]
PassphraseFile = Annotated[
    Path | None, typer.Option("--passphrase-file", help="File whose first line is the passphrase; asked for otherwise.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else.")]
From = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="First day.")]
Until = Annotated[
    datetime | None, typer.Option("--until", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="Day after the last.")
]


def passphrase(file: Path | None, store: Path, asked: str = "") -> str:
    """From the file's first line; the demo store's is known; else asked for without echo."""
    if file is not None:
        line = first_line(file)
        if line is None:
            raise typer.BadParameter(f"{file} holds no passphrase on its first line.")
        return line
    if store == places().demo_store and not asked:
        return DEMO_PASSPHRASE
    if not sys.stdin.isatty():
        raise typer.BadParameter("there is no terminal to ask for the passphrase: name a file with --passphrase-file.")
    return getpass.getpass(f"{asked or f'Passphrase of {store}'}: ")


@contextmanager
def opened(path: Path, file: Path | None) -> Iterator[Store]:
    """The store, closed at the end. Raises the errors of Store.open."""
    with Store.open(path, passphrase(file, path), user=user_given()) as store:
        yield store


def period_of(store: Store, start: datetime | None, until: datetime | None) -> Period | None:
    """None where neither end is given; an open end is the store's own."""
    if start is None and until is None:
        return None
    span = store.transactions.span()
    return Period(start or (span.start if span else datetime.min), until or (span.end if span else datetime.max))


def run(work: Work[Result]) -> Result:
    """Runs long work with its progress on stderr: one line rewritten on a terminal, one a step elsewhere."""
    line = ProgressLine()
    try:
        return finish(work, line.show)
    finally:
        line.end()


class ProgressLine:
    """Progress for a person at a terminal or a log file."""

    def __init__(self) -> None:
        self._rewrites = sys.stderr.isatty()
        self._step = ""

    def show(self, progress: Progress) -> None:
        share = f" {100 * progress.done // progress.total}%" if progress.total else ""
        if self._rewrites:
            columns = os.get_terminal_size(sys.stderr.fileno()).columns
            print(f"\r{progress.step}{share}"[:columns].ljust(columns - 1), end="", file=sys.stderr, flush=True)
        elif progress.step != self._step:
            print(progress.step, file=sys.stderr, flush=True)
        self._step = progress.step

    def end(self) -> None:
        if self._rewrites and self._step:
            print(file=sys.stderr)


def print_json(document: Any) -> None:
    """One document on stdout; records become objects, times ISO 8601."""
    print(plain_json(document))


def plain_json(document: Any) -> str:
    """The document's JSON, indented."""
    return json.dumps(_plain(document), ensure_ascii=False, indent=2, allow_nan=False)


def _plain(value: Any) -> Any:
    """What JSON knows: it has no infinity, so a threshold that raises no alert is null."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(content) for key, content in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int) else str(value)
