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
        self._going = threading.Event()
        self._going.set()

    def cancel(self) -> None:
        self._cancelled.set()
        self._going.set()

    def pause(self) -> None:
        """Work that asks `wait_if_paused` stands still at its next step, until it goes on or is cancelled."""
        self._going.clear()

    def go_on(self) -> None:
        self._going.set()

    def wait_if_paused(self) -> None:
        """Asked by the work, from its own thread."""
        self._going.wait()

    def discard(self) -> None:
        self._discarded.set()
        self.cancel()

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
