"""Counts how often the window's event loop stands still, and for how long.

A heartbeat runs in the loop; where two beats lie far apart, some handler held the loop, or waited for another thread.
What the machine took away is not counted: the time that this process's threads stood in the scheduler's queue is taken
off, so that a busy machine makes no block and a quiet one hides none.
"""

import time
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

LONGEST_MS = 50.0
BEAT_MS = 5
TASKS = Path("/proc/self/task")


class Watchdog(QObject):
    """Use it as a context manager. `blocks` are in milliseconds, in their order; `beats` says that it was alive."""

    def __init__(self, longest_ms: float = LONGEST_MS) -> None:
        super().__init__()
        self.blocks: list[float] = []
        self.beats = 0
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
        now, waited = _now()
        gap = now - self._last[0] - max(0.0, waited - self._last[1])
        if gap > self._longest:
            self.blocks.append(gap)
        self._last = (now, waited)


def _now() -> tuple[float, float]:
    """The clock, and how long all threads have waited for a processor, in milliseconds."""
    waited = 0
    for task in TASKS.iterdir():
        try:
            waited += int((task / "schedstat").read_text().split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue  # the thread has ended meanwhile
    return 1e3 * time.perf_counter(), waited / 1e6
