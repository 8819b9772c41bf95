"""What is being typed about cases, kept in the store while it is typed: neither a crash nor a lock loses it. No widget.

A text is removed by the use case that saves what it was typed for, in the same transaction.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.services import Services
from desktop.tasks import Tasks
from domain.casefile import UnsavedKind, UnsavedText

PAUSE_MS = 300  # in typing, after which what was typed is in the store


class Unsaved(QObject):
    """One for the window, for every field whose text belongs to a case."""

    failed = Signal(Exception)

    def __init__(self, services: Services, tasks: Tasks) -> None:
        super().__init__()
        self._services = services
        self._tasks = tasks
        self._typed: dict[tuple[str, UnsavedKind], str] = {}
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.keep)

    def type(self, alert_id: str, kind: UnsavedKind, text: str) -> None:
        """The whole text as it stands now; an empty one is forgotten."""
        self._typed[alert_id, kind] = text
        self._pause.start()

    def keep(self) -> None:
        """Now: before what was typed is saved, and before the window goes."""
        self._pause.stop()
        typed, self._typed = self._typed, {}
        for (alert_id, kind), text in typed.items():
            self._write(alert_id, kind, text)

    def read(self, alert_id: str, done: Callable[[tuple[UnsavedText, ...]], None]) -> None:
        """`done` gets nothing where it cannot be read, which `failed` tells: somebody waits to go on typing."""

        def failed(error: Exception) -> None:
            self.failed.emit(error)
            done(())

        self.keep()
        self._tasks.read(lambda: self._services.unsaved(alert_id), done, failed)

    def _write(self, alert_id: str, kind: UnsavedKind, text: str) -> None:
        self._tasks.write(lambda: self._services.keep_unsaved(alert_id, kind, text), lambda _: None, self.failed.emit)
