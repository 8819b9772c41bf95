"""Counts how often the window's event loop stands still because of what a handler does in it.

A heartbeat runs in the loop. Between two beats the loop's own thread may use 50 ms of a processor: that is the same
on a busy machine and on a quiet one, where the time by the clock is not. It is no measure of waiting; for that the
longest gap by the clock is told too, and `StoreElsewhere` finds who waits for the store.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QObject, QTimer

from domain.store.database import Database

LONGEST_MS = 50.0
BEAT_MS = 5


class Watchdog(QObject):
    """Use it as a context manager. `blocks` are in milliseconds, in their order; `beats` says that it was alive."""

    def __init__(self, longest_ms: float = LONGEST_MS) -> None:
        super().__init__()
        self.blocks: list[float] = []
        self.beats = 0
        self.longest_gap = 0.0  # by the clock, in milliseconds
        self.longest_work = 0.0  # of this thread, by the processors, in milliseconds
        self._longest = longest_ms
        self._timer = QTimer(self)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._last = (0.0, 0.0)

    def __enter__(self) -> "Watchdog":
        self._last = _now()
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._beat()
        self._timer.stop()

    def _beat(self) -> None:
        self.beats += 1
        clock, used = _now()
        worked = used - self._last[1]
        if worked > self._longest:
            self.blocks.append(worked)
        self.longest_work = max(self.longest_work, worked)
        self.longest_gap = max(self.longest_gap, clock - self._last[0])
        self._last = (clock, used)


def _now() -> tuple[float, float]:
    """The clock, and what this thread has used of the processors, in milliseconds."""
    return 1e3 * time.perf_counter(), 1e3 * time.thread_time()


class StoreElsewhere:
    """Fails a test in which the window's thread asks the store: it would wait for whatever else is asked then."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.asked_here = 0
        self._using = Database._using
        here = threading.get_ident()

        @contextmanager
        def using(database: Database) -> Iterator[object]:
            self.asked_here += threading.get_ident() == here
            with self._using(database) as connection:
                yield connection

        patch.setattr(Database, "_using", using)
