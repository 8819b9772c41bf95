"""The next open alerts of the queue read and explained ahead, in the background, so that opening one need not wait.

A case that was read stands ready with its view model. What is written is kept in the store under its bundle by the same
use case that an opened case calls, which then reads it back. The opened case always goes first: asking for it stops
what is written ahead within one token.
"""

from collections.abc import Iterator

from PySide6.QtCore import QObject

from desktop.screens.case.view_model import CaseViewModel
from desktop.screens.queue.view_model import QueueViewModel
from desktop.screens.walk import ReviewWalk
from desktop.services import Case, Services
from desktop.tasks import LongWork, Task, Tasks
from domain.narrative import Explanation

AHEAD = 5  # alerts below the open one
LOOKED_AT = 50  # lines, however many of them are decided


def open_below(queue: QueueViewModel, line: int) -> Iterator[str]:
    """The next AHEAD open alerts below `line`, by id; ends where a page has to be read first."""
    ahead = 0
    for below in range(line + 1, min(line + 1 + LOOKED_AT, queue.count)):
        row = queue.table.row(below)
        if row is None or ahead == AHEAD:
            return
        if queue.awaits(row):
            ahead += 1
            yield row.alert_id


class _Ahead(QObject):
    """One piece of work at a time on the open alerts below the open case, in the background."""

    def __init__(
        self,
        services: Services,
        tasks: Tasks,
        queue: QueueViewModel,
        case: CaseViewModel,
        walk: ReviewWalk,
        long_work: LongWork,
    ) -> None:
        super().__init__()
        self._services = services
        self._tasks = tasks
        self._queue = queue
        self._case = case
        self._walk = walk
        self._long_work = long_work
        self._task: Task | None = None
        self._held = False
        self._listen()
        queue.table.page_read.connect(lambda _: self._go_on())
        long_work.ended.connect(self._go_on)

    def _listen(self) -> None:
        """To what else begins the work or takes its ground away."""
        raise NotImplementedError

    def _go_on(self) -> None:
        """The next piece, where nothing stands against it."""
        raise NotImplementedError

    def stop(self) -> None:
        """For a window that closes: nothing more is done ahead."""
        self._held = True
        self._drop()

    def _drop(self) -> None:
        if self._task is not None:
            self._task.discard()
            self._task = None


class CasesAhead(_Ahead):
    """Reads one case at a time, none while the opened one is read or long work changes what cases hold."""

    def _listen(self) -> None:
        self._queue.loading.connect(self._forget)
        self._queue.loaded.connect(lambda _: self._go_on())
        self._case.opening.connect(lambda _: self._drop())
        self._case.opened.connect(lambda _: self._go_on())
        self._long_work.started.connect(lambda _: self._forget())

    def _forget(self) -> None:
        self._drop()
        self._case.forget_ready()

    def _go_on(self) -> None:
        opening = self._case.alert_id is not None and self._case.case is None
        if self._task is not None or self._held or opening or self._long_work.busy:
            return
        wanted = (id_ for id_ in open_below(self._queue, self._walk.line) if not self._case.is_ready(id_))
        alert_id = next(wanted, None)
        if alert_id is not None:
            self._read(alert_id)

    def _read(self, alert_id: str) -> None:
        def done(case: Case) -> None:
            self._task = None
            self._case.keep_ready(case)
            self._go_on()

        def failed(_: Exception) -> None:
            self._task = None  # whoever opens the alert is told

        self._task = self._tasks.read(lambda: self._services.case(alert_id), done, failed)


class Prefetcher(_Ahead):
    """Writes one explanation at a time while nobody waits for another, and no long work changes what is explained."""

    def _listen(self) -> None:
        self._written: set[str] = set()  # in this snapshot of the queue
        self._queue.loaded.connect(lambda _: self._start_over())
        self._case.opening.connect(lambda _: self._drop())
        self._case.narrative_changed.connect(self._case_changed)
        self._long_work.started.connect(lambda _: self._drop())

    @property
    def writing(self) -> bool:
        return self._task is not None

    def _start_over(self) -> None:
        self._drop()
        self._written.clear()
        self._go_on()

    def _case_changed(self) -> None:
        if self._case.narrative.finished:
            if self._case.alert_id is not None:
                self._written.add(self._case.alert_id)
            self._go_on()
        else:
            self._drop()

    def _go_on(self) -> None:
        case_waits = self._case.alert_id is not None and not self._case.narrative.finished
        if self._task is not None or self._held or case_waits or self._long_work.busy:
            return
        alert_id = next(self._wanted(), None)
        if alert_id is not None:
            self._task = self._write(alert_id)

    def _wanted(self) -> Iterator[str]:
        """Open alerts below the open case that are not written yet."""
        return (id_ for id_ in open_below(self._queue, self._walk.line) if id_ not in self._written)

    def _write(self, alert_id: str) -> Task:
        def write(task: Task) -> Explanation:
            return self._services.narrate(alert_id, lambda _: None, lambda _: None, task.cancelled)

        def done(_: Explanation) -> None:
            self._task = None
            self._written.add(alert_id)
            self._go_on()

        def failed(_: Exception) -> None:
            # Whoever opens the alert is told; until a case is written, no other is tried.
            self._task = None
            self._written.add(alert_id)

        return self._tasks.background(write, done, failed)
