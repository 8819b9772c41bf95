"""What the health screen shows. No widget, no display."""

from PySide6.QtCore import QObject, Signal

from desktop.health import Check
from desktop.services import Services
from desktop.tasks import Task, Tasks


class HealthViewModel(QObject):
    """`checks` are those found last, what needs attention first."""

    checking = Signal()
    found = Signal()
    failed = Signal(Exception)

    def __init__(self, services: Services, tasks: Tasks) -> None:
        super().__init__()
        self._services = services
        self._tasks = tasks
        self._task: Task | None = None
        self.checks: tuple[Check, ...] = ()

    def refresh(self) -> None:
        if self._task is not None:
            self._task.discard()
        self.checking.emit()
        self._task = self._tasks.background(lambda task: self._services.health(), self._show, self.failed.emit)

    @property
    def wrong(self) -> int:
        return sum(not check.passed for check in self.checks)

    def _show(self, checks: tuple[Check, ...]) -> None:
        self.checks = tuple(sorted(checks, key=lambda check: check.passed))
        self.found.emit()
