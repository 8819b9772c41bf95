"""What the queue shows and where the analyst stands in it. No widget, no display."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from desktop.services import Services, Snapshot
from desktop.support.formats import Formats
from desktop.tables.queue_model import QueueModel
from desktop.tasks import Task, Tasks
from domain.review import AlertState, Disposition, QueueRow

Found = Callable[[int, QueueRow], None]


@dataclass(slots=True)
class _Search:
    """A search under way: it waits at `line` while that line's page is read."""

    line: int
    wanted: Callable[[QueueRow], bool]
    found: Found
    none_left: Callable[[], None]


class QueueViewModel(QObject):
    """Sorts and filters by new snapshots; finds the next open alert in the one that is shown."""

    loading = Signal()
    loaded = Signal(int)
    failed = Signal(Exception)

    def __init__(self, services: Services, tasks: Tasks, formats: Formats) -> None:
        super().__init__()
        self._services = services
        self._tasks = tasks
        self.table = QueueModel(services, tasks, formats)
        self.table.failed.connect(self.failed)
        self.table.page_read.connect(self._page_read)
        self.sort = "score"
        self.descending = True
        self.state: AlertState | None = "open"
        self.count = 0
        self.no_alerts = False  # in any state, not just in the one that is shown
        self._task: Task | None = None
        self._search: _Search | None = None

    def refresh(self) -> None:
        if self._task is not None:
            self._task.discard()
        self._search = None
        sort, descending, state = self.sort, self.descending, self.state
        self.loading.emit()

        def read() -> tuple[Snapshot, bool]:
            snapshot = self._services.queue(sort, descending, state)
            if snapshot.count or state is None:
                return snapshot, snapshot.count == 0
            return snapshot, self._services.queue(sort, descending, None).count == 0

        self._task = self._tasks.read(read, lambda found: self._show(*found), self.failed.emit)

    def sort_by(self, field: str) -> None:
        """Largest first; the same field again turns the order round."""
        self.descending = not self.descending if field == self.sort else True
        self.sort = field
        self.refresh()

    def filter(self, state: AlertState | None) -> None:
        if state != self.state:
            self.state = state
            self.refresh()

    def mark(self, alert_id: str, disposition: Disposition | None) -> None:
        self.table.mark(alert_id, disposition)

    def find_open(self, after: int, found: Found, none_left: Callable[[], None]) -> None:
        """The first open alert below line `after`; pages not read yet are read on the way."""
        self._find(_Search(after + 1, lambda row: row.state == "open", found, none_left))

    def find_line(self, line: int, found: Found) -> None:
        """The alert on `line`, once its page is read."""
        self._find(_Search(line, lambda row: True, found, lambda: None))

    def _show(self, snapshot: Snapshot, no_alerts: bool) -> None:
        self._task = None
        self.no_alerts = no_alerts
        self.count = snapshot.count
        self.table.show_snapshot(snapshot, self.sort, self.descending)
        self.loaded.emit(snapshot.count)

    def _page_read(self, _number: int) -> None:
        self._look()

    def _find(self, search: _Search) -> None:
        self._search = search
        self._look()

    def _look(self) -> None:
        search = self._search
        while search is not None and search.line < self.count:
            row = self.table.row(search.line)
            if row is None:
                return  # its page is being read; `page_read` looks on
            if search.wanted(row):
                self._search = None
                search.found(search.line, row)
                return
            search.line += 1
        self._search = None
        if search is not None:
            search.none_left()
