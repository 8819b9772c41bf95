"""Progress of long work, and how a caller runs it.

A long use case is a generator that yields `Progress` and returns its result. A caller cancels it by closing the
generator between two yields: the use case's own transactions then roll back.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Progress:
    """What is being done, and how far: `done` of `total` (total 0: not known)."""

    step: str
    done: int = 0
    total: int = 0


Work = Generator[Progress, None, Result]


def finish(work: Work[Result], on_progress: Callable[[Progress], None] = lambda _: None) -> Result:
    """Runs `work` to its end and returns its result, reporting each step to `on_progress`."""
    while True:
        try:
            on_progress(next(work))
        except StopIteration as stop:
            result: Result = stop.value
            return result
