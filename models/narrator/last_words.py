"""What the child process leaves in its log when it fails: where, never with what. Prompts are data, a log is plain."""

import os
import sys
import threading
import traceback
from types import TracebackType


def without_data() -> None:
    """From now on an error that nobody caught is told by its type and the places it passed, without its message.

    In the main thread it ends the process there: on the interpreter's own way out, a thread that still waits for stdin
    would abort it, and an abort looks like a crash.
    """
    sys.excepthook = _tell_and_end
    threading.excepthook = lambda failed: _tell(failed.exc_type, failed.exc_value, failed.exc_traceback)


def _tell_and_end(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    _tell(kind, error, trace)
    os._exit(1)


def _tell(kind: type[BaseException], _: BaseException | None, trace: TracebackType | None) -> None:
    for place in traceback.extract_tb(trace):
        print(f"  {place.filename}:{place.lineno} {place.name}", file=sys.stderr)
    print(f"  {kind.__module__}.{kind.__qualname__}", file=sys.stderr, flush=True)
