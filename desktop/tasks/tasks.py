"""Runs work off the window's thread and tells its outcome on it.

Reads and writes of the database go through one worker, in order, so a page asked for after a decision shows it.
Narration and long work (import, train, score, report) run in a pool.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from desktop.support.translation import tr
from desktop.tasks.task import Task
from domain.errors import Cancelled, WhyflagError
from domain.progress import Progress, Work

T = TypeVar("T")
Failed = Callable[[Exception], None]
Given = tuple[Callable[[Task], Any], Callable[[Any], None], Failed]
log = logging.getLogger(__name__)


class Tasks(QObject):
    """Owns every thread of the window but its own; `close` leaves none behind."""

    _delivered = Signal(object)

    def __init__(self, pool_threads: int = 3) -> None:
        super().__init__()
        self._database = ThreadPoolExecutor(1, thread_name_prefix="whyflag-database")
        self._pool = ThreadPoolExecutor(pool_threads, thread_name_prefix="whyflag-pool")
        # What each task was given is held here until it has ended, and let go on the window's thread: it knows parts of
        # the window, and one whose last holder is a worker would be deleted there, which Qt does not survive.
        self._running: dict[Task, Given] = {}
        self._delivered.connect(self._call, Qt.ConnectionType.QueuedConnection)

    def read(self, job: Callable[[], T], done: Callable[[T], None], failed: Failed) -> Task:
        """Asks the database. A discarded read that has not begun is skipped."""
        return self._submit(self._database, lambda task: job(), done, failed)

    def known(self, answer: T, done: Callable[[T], None]) -> Task:
        """Tells what is known already as a read would: after the window's events so far, unless it is discarded."""
        task = Task(self._delivered.emit)
        task.tell(done, answer)
        return task

    def write(self, job: Callable[[], T], done: Callable[[T], None], failed: Failed) -> Task:
        """Changes the database. Once submitted it is carried out, even when the window closes meanwhile."""
        return self._submit(self._database, lambda task: job(), done, failed, certain=True)

    def background(self, job: Callable[[Task], T], done: Callable[[T], None], failed: Failed) -> Task:
        """Runs `job` in the pool; it may `tell` on the way and should stop soon after `cancelled()`."""
        return self._submit(self._pool, job, done, failed)

    def work(
        self,
        start: Callable[[], Work[T]],
        progressed: Callable[[Progress], None],
        done: Callable[[T], None],
        failed: Failed,
    ) -> Task:
        """Runs a long use case in the pool. Cancelling closes its generator at the next step: nothing of it is kept."""

        def run(task: Task) -> T:
            work = start()
            try:
                while True:
                    task.wait_if_paused()
                    if task.cancelled():
                        raise Cancelled(tr("Cancelled. Nothing of the unfinished step was kept."))
                    task.tell(progressed, next(work))
            except StopIteration as stop:
                result: T = stop.value
                return result
            finally:
                work.close()

        return self._submit(self._pool, run, done, failed)

    @property
    def busy(self) -> bool:
        """Whether anything is under way or waits, for whoever waits until nothing is."""
        return bool(self._running)

    def close(self) -> None:
        """Discards what is under way, carries out pending writes, and waits for every thread to end."""
        for task in tuple(self._running):
            task.discard()
        self._pool.shutdown(wait=True)
        self._database.shutdown(wait=True)

    def _submit(
        self,
        executor: ThreadPoolExecutor,
        job: Callable[[Task], T],
        done: Callable[[T], None],
        failed: Failed,
        certain: bool = False,
    ) -> Task:
        task = Task(self._delivered.emit)
        self._running[task] = (job, done, failed)

        def run() -> None:
            try:
                self._carry_out(task, certain)
            finally:
                self._delivered.emit(lambda: self._running.pop(task, None))

        try:
            executor.submit(run)
        except RuntimeError:  # closed already
            del self._running[task]
            raise
        return task

    def _carry_out(self, task: Task, certain: bool) -> None:
        """On a worker. Once it returns, the worker holds nothing of what the task was given."""
        job, done, failed = self._running[task]
        try:
            if certain or not task.discarded:
                task.tell(done, job(task))
        except Exception as error:
            if not isinstance(error, WhyflagError):
                log.error("work off the window's thread failed", exc_info=error)
            task.tell(failed, error)

    @Slot(object)
    def _call(self, listener: Callable[[], None]) -> None:
        listener()
