"""The one long use case under way (import, train, score or report), as the window watches it."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.tasks.task import Task
from desktop.tasks.tasks import Tasks
from domain.progress import Progress, Work

T = TypeVar("T")
PATIENCE_MS = 600


class LongWork(QObject):
    """One at a time. Tells `slow` after 600 ms, so that quick work never flashes a progress bar."""

    started = Signal(str)
    slow = Signal(str)
    progressed = Signal(object)
    ended = Signal()
    cancelling = Signal()
    paused = Signal(bool)

    def __init__(self, tasks: Tasks, patience_ms: int = PATIENCE_MS) -> None:
        super().__init__()
        self._tasks = tasks
        self._task: Task | None = None
        self._title = ""
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(patience_ms)
        self._patience.timeout.connect(lambda: self.slow.emit(self._title))

    @property
    def busy(self) -> bool:
        return self._task is not None

    @property
    def title(self) -> str:
        return self._title

    def start(
        self,
        title: str,
        work: Callable[[], Work[T]],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> bool:
        """False where other work is under way: nothing is started."""
        if self.busy:
            return False

        def finished(result: T) -> None:
            self._end()
            done(result)

        def stopped(error: Exception) -> None:
            self._end()
            failed(error)

        self._title = title
        self._task = self._tasks.work(work, self._progress, finished, stopped)
        self._patience.start()
        self.started.emit(title)
        return True

    def cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self.cancelling.emit()

    def pause(self) -> None:
        """At the next step. Only for work that holds no transaction between its steps: others would wait for it."""
        if self._task is not None:
            self._task.pause()
            self.paused.emit(True)

    def go_on(self) -> None:
        if self._task is not None:
            self._task.go_on()
            self.paused.emit(False)

    def drop(self) -> None:
        """Forgets the work; nothing more is told. For a window that closes."""
        if self._task is not None:
            self._task.discard()
        self._patience.stop()
        self._task = None

    def _progress(self, progress: Progress) -> None:
        self.progressed.emit(progress)

    def _end(self) -> None:
        self._patience.stop()
        self._task = None
        self.ended.emit()
