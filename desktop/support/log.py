"""The log: JSON lines of what happened and where it failed, never with what data. The store is encrypted, it is not.

What may be written is listed here, and nothing else is: an event that is not known becomes `message` with its place in
the code, a field that is not known is left out, and of an exception only its type and the places it passed are told.
"""

import fcntl
import io
import json
import logging
import logging.handlers
import os
import re
import traceback
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

ExceptionParts = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

EVENTS = frozenset(
    {
        "started", "ended", "operation", "explained", "decided",
        "work off the window's thread failed", "the session was not kept", "unexpected error",
        "the metrics were not kept", "the open case was not kept",
    }
)  # fmt: skip
NUMBERS = frozenset({"milliseconds", "first_token_ms", "tokens", "verified", "repaired", "template", "process"})
NAMES = frozenset({"operation", "error", "role", "disposition", "version"})
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,59}")  # one word of a program: no sentence, no address, no path
LOGGER = "whyflag"
LARGEST = 2_000_000  # bytes of one file
KEPT = 5  # files beside the one being written
CODE = Path(__file__).parents[2]


class JsonLines(logging.Formatter):
    """One JSON object a record, of allowed events and fields only."""

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, object] = {"level": record.levelname.lower(), "logger": _name(record.name)}
        event["event"] = record.msg if isinstance(record.msg, str) and record.msg in EVENTS else "message"
        if event["event"] == "message":
            event["place"] = f"{_file(record.pathname)}:{record.lineno}"
        event |= allowed(record.__dict__)
        if record.exc_info and record.exc_info[0] is not None:
            event["exception"] = f"{record.exc_info[0].__module__}.{record.exc_info[0].__qualname__}"
            event["trace"] = _places(record.exc_info[2])
        event["timestamp"] = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        return json.dumps(event)


def allowed(fields: Mapping[str, object]) -> dict[str, int | float | str]:
    """Numbers and single words, under the names listed above; all else may be data and is left out."""
    kept: dict[str, int | float | str] = {}
    for name, value in fields.items():
        if name in NUMBERS and isinstance(value, int | float) and not isinstance(value, bool):
            kept[name] = round(value, 3) if isinstance(value, float) else value
        elif name in NAMES and isinstance(value, str) and NAME.fullmatch(value):
            kept[name] = value
    return kept


class PrivateRotatingFile(logging.handlers.RotatingFileHandler):
    """Readable by its owner alone, and rotated by one process at a time.

    A process that still writes to a file another one has rotated goes on there until its own next rotation: a line may
    stand in an older file, and none is lost.
    """

    def _open(self) -> io.TextIOWrapper:
        handle = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        return open(handle, "a", encoding="utf-8")  # noqa: PTH123 - a descriptor, not a path

    def doRollover(self) -> None:
        with open(self.baseFilename, "rb") as file:  # noqa: PTH123
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.path.getsize(self.baseFilename) >= self.maxBytes // 2:  # noqa: PTH202 - else another process did it
                super().doRollover()


def describe_exception(parts: ExceptionParts) -> str:
    """The places an exception passed, outermost first, then its type; no message, no values."""
    kind, _error, trace = parts
    lines = [f"  {place.filename}:{place.lineno} {place.name}" for place in traceback.extract_tb(trace)]
    return "\n".join([*lines, f"  {kind.__module__}.{kind.__qualname__}" if kind else ""])


def write_log(path: Path) -> logging.Handler:
    """Sends warnings and errors of this process, and what an `EventLog` is told, to `path`. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handler = PrivateRotatingFile(path, maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8")
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    logging.getLogger(LOGGER).setLevel(logging.INFO)
    return handler


class EventLog(logging.LoggerAdapter[logging.Logger]):
    """For events with fields: `EventLog().info("operation", operation="page", milliseconds=3.1)`."""

    def __init__(self) -> None:
        super().__init__(logging.getLogger(LOGGER))

    def process(self, msg: object, kwargs: MutableMapping[str, Any]) -> tuple[object, MutableMapping[str, Any]]:
        return msg, {"extra": kwargs}


def _places(trace: TracebackType | None) -> list[str]:
    return [f"{_file(place.filename)}:{place.lineno} {place.name}" for place in traceback.extract_tb(trace)]


def _file(name: str) -> str:
    """Of our own code below its root; of a library from site-packages on: a home folder may name a person."""
    path = Path(name)
    if path.is_relative_to(CODE):
        return str(path.relative_to(CODE))
    return name.rpartition("site-packages/")[2] if "site-packages/" in name else path.name


def _name(logger: str) -> str:
    return logger if NAME.fullmatch(logger) else "other"
