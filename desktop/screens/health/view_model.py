"""What the health screen shows. No widget, no display."""

from PySide6.QtCore import QObject, Signal

from desktop.services import Services
from desktop.tasks import Task, Tasks


class HealthViewModel(QObject):
    checking = Signal()
    found = Signal(object)  # tuple of (what is checked, what was found)
    failed = Signal(Exception)

    def __init__(self, services: Services, tasks: Tasks) -> None:
        super().__init__()
        self._services = services
        self._tasks = tasks
        self._task: Task | None = None

    def refresh(self) -> None:
        if self._task is not None:
            self._task.discard()
        self.checking.emit()
        self._task = self._tasks.background(lambda task: self._services.health(), self.found.emit, self.failed.emit)
