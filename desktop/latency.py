"""How long a person waited, in this window: kept in memory, shown on the health screen, written nowhere."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

KEPT = 1000


@dataclass(frozen=True, slots=True)
class Latency:
    """`median` and `p95` of the last `count` times, in milliseconds."""

    what: str
    count: int
    median: float
    p95: float


class Latencies:
    """May be told from any thread. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._times: dict[str, deque[float]] = {}

    def start(self, what: str) -> Callable[[], None]:
        """Begins to measure; what is returned ends it, and calling it again changes nothing."""
        began, ended = self._clock(), False

        def end() -> None:
            nonlocal ended
            if not ended:
                ended = True
                self._note(what, 1000 * (self._clock() - began))

        return end

    def measured(self) -> tuple[Latency, ...]:
        with self._lock:
            return tuple(_latency(what, sorted(times)) for what, times in self._times.items())

    def _note(self, what: str, milliseconds: float) -> None:
        with self._lock:
            self._times.setdefault(what, deque(maxlen=KEPT)).append(milliseconds)


def _latency(what: str, times: list[float]) -> Latency:
    """`times` ascending, at least one."""
    count = len(times)
    median = (times[(count - 1) // 2] + times[count // 2]) / 2
    return Latency(what, count, median, times[min(count - 1, round(0.95 * count))])
