"""The window's log: where something failed, never with what data. The store is encrypted, its log is not."""

import logging
import traceback
from pathlib import Path
from types import TracebackType

ExceptionParts = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class RedactingFormatter(logging.Formatter):
    """Of an exception only its type and the places it passed: its message may name customers."""

    def formatException(self, ei: ExceptionParts) -> str:
        kind, _error, trace = ei
        places = traceback.extract_tb(trace)
        lines = [f"  {place.filename}:{place.lineno} {place.name}" for place in places]
        return "\n".join([*lines, f"  {kind.__module__}.{kind.__qualname__}" if kind else ""])


def write_log(path: Path) -> logging.Handler:
    """Sends warnings and errors of this process to `path`, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.setLevel(logging.WARNING)
    logging.getLogger().addHandler(handler)
    return handler
