"""What the queue shows and where the analyst stands in it. No widget, no display."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from desktop.services import Services, Snapshot
from desktop.support.formats import Formats
from desktop.support.text import visible
from desktop.support.translation import tr
from desktop.tables.queue_model import QueueModel
from desktop.tasks import Task, Tasks
from domain.errors import InvalidFilter, UnknownAlert
from domain.queue_query import QueueQuery, SavedView, Term, parse_filter
from domain.review import Disposition, QueueRow, QueueState

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
    filtered = Signal()  # the order or the filter changed, by whatever way
    views_changed = Signal(object)  # tuple[SavedView, ...]
    failed = Signal(Exception)

    def __init__(self, services: Services, tasks: Tasks, formats: Formats) -> None:
        super().__init__()
        self._services = services
        self._tasks = tasks
        self._formats = formats
        self.table = QueueModel(services, tasks, formats)
        self.table.failed.connect(self.failed)
        self.table.page_read.connect(self._page_read)
        self.sort = "score"
        self.descending = True
        self.state: QueueState | None = "open"
        self.words = ""  # the filter as it was typed
        self._terms: tuple[Term, ...] = ()
        self.count = 0
        self.no_alerts = False  # in any state, not just in the one that is shown
        self.anew = True  # whether order or filter are others than those shown before
        self._shown: QueueQuery | None = None
        self.snapshot: Snapshot | None = None
        self._task: Task | None = None
        self._whole = True  # whether all of the snapshot was asked for
        self._search: _Search | None = None

    @property
    def query(self) -> QueueQuery:
        return QueueQuery(self.sort, self.descending, self.state, self._terms)

    def refresh(self) -> None:
        if self._task is not None:
            self._task.discard()
        self._search = None
        query = self.query
        self.loading.emit()

        def read() -> tuple[Snapshot, bool]:
            snapshot = self._services.queue(query)
            if snapshot.count or query == QueueQuery(query.sort, query.descending, None):
                return snapshot, snapshot.count == 0
            return snapshot, self._services.queue(QueueQuery(state=None)).count == 0

        self._task = self._tasks.read(read, lambda found: self._show(query, *found), self._not_read)

    def sort_by(self, field: str) -> None:
        """Largest first; the same field again turns the order round."""
        self.descending = not self.descending if field == self.sort else True
        self.sort = field
        self.filtered.emit()
        self.refresh()

    def turn_round(self) -> None:
        self.sort_by(self.sort)

    def filter(self, state: QueueState | None) -> None:
        if state != self.state:
            self.state = state
            self.filtered.emit()
            self.refresh()

    def search(self, words: str) -> None:
        """Filters by what was typed; told by `failed` where it cannot be understood, and nothing changes then."""
        words = words.strip()
        if words == self.words:
            return
        try:
            self._terms = parse_filter(words)
        except InvalidFilter as error:
            self.failed.emit(error)
            return
        self.words = words
        self.filtered.emit()
        self.refresh()

    def jump(self, wanted: str, found: Callable[[int], None]) -> None:
        """To an alert or transaction by its id, or else a row by its number from 1; `failed` where it is not there."""
        wanted, snapshot = wanted.strip(), self.snapshot
        number = wanted.replace(",", "").replace(".", "")

        def looked(line: int | None) -> None:
            if line is None and number.isdecimal() and 0 < int(number) <= self.count:
                line = int(number) - 1
            if line is None:
                count = self._formats.count(self.count)
                message = tr("{wanted} is not among the {count} rows shown.", wanted=visible(wanted), count=count)
                self.failed.emit(UnknownAlert(message, tr("Show all alerts, or take the filter away.")))
            else:
                found(line)

        if wanted and snapshot is not None:
            self._tasks.read(lambda: self._services.line_of(snapshot, wanted), looked, self.failed.emit)

    def read_views(self) -> None:
        self._tasks.read(self._services.views, self.views_changed.emit, self.failed.emit)

    def save_view(self, name: str) -> None:
        """The order and filter of now, under a name."""
        view = SavedView(name.strip(), self.words, self.sort, self.descending, self.state)
        self._tasks.write(lambda: self._services.save_view(view), self.views_changed.emit, self.failed.emit)

    def remove_view(self, name: str) -> None:
        self._tasks.write(lambda: self._services.remove_view(name), self.views_changed.emit, self.failed.emit)

    def show_view(self, view: SavedView) -> None:
        self.sort, self.descending, self.state = view.sort, view.descending, view.state
        self.words, self._terms = view.filter, parse_filter(view.filter)
        self.filtered.emit()
        self.refresh()

    def mark(self, alert_id: str, state: QueueState, disposition: Disposition | None = None) -> None:
        self.table.mark(alert_id, state, disposition)

    def awaits(self, row: QueueRow) -> bool:
        """Whether whoever walks through this queue has something to say on it: the second person, on what waits."""
        if self.query.asks_for_waiting:
            return row.state != "decided"
        return row.state == ("waiting" if self.state == "waiting" else "open")

    def find_open(self, after: int, found: Found, none_left: Callable[[], None]) -> None:
        """The first alert below line `after` that awaits a decision; pages not read yet are read on the way."""
        self._find(_Search(after + 1, self.awaits, found, none_left))

    def find_line(self, line: int, found: Found) -> None:
        """The alert on `line`, once its page is read."""
        self._find(_Search(line, lambda row: True, found, lambda: None))

    def _show(self, query: QueueQuery, snapshot: Snapshot, no_alerts: bool) -> None:
        self._task = None
        self.anew, self._shown = query != self._shown, query
        self.no_alerts = no_alerts
        self.snapshot = snapshot
        self._whole = False
        self.count = snapshot.count
        self.table.show_snapshot(snapshot, self.sort, self.descending)
        self.loaded.emit(snapshot.count)

    def _not_read(self, error: Exception) -> None:
        self._task = None
        self.failed.emit(error)

    def _page_read(self, _number: int) -> None:
        snapshot = self.snapshot
        if not self._whole and snapshot is not None:  # at once, so that every decision comes after it
            self._whole = True
            self._tasks.read(lambda: self._services.whole_queue(snapshot), lambda _: None, self.failed.emit)
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
