"""A handle on one piece of work under way."""

import threading
from collections.abc import Callable


class Task:
    """Made by Tasks, held by whoever started the work.

    `cancel` asks the work to stop and its failure (Cancelled) is still told; `discard` also drops whatever it would
    have told: nobody looks any more.
    """

    def __init__(self, deliver: Callable[[Callable[[], None]], None]) -> None:
        self._deliver = deliver
        self._cancelled = threading.Event()
        self._discarded = threading.Event()

    def cancel(self) -> None:
        self._cancelled.set()

    def discard(self) -> None:
        self._discarded.set()
        self._cancelled.set()

    def cancelled(self) -> bool:
        """Asked by the work, from its own thread."""
        return self._cancelled.is_set()

    @property
    def discarded(self) -> bool:
        return self._discarded.is_set()

    def tell(self, listener: Callable[..., None], *what: object) -> None:
        """Calls `listener` on the window's thread, unless the task is discarded before it gets there."""

        def call() -> None:
            if not self._discarded.is_set():
                listener(*what)

        self._deliver(call)
