"""The queue as a table: a sorted snapshot, of which only the pages in sight are read."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from desktop.services import Services, Snapshot
from desktop.support.formats import BAND_WORDS, ORIGIN_WORDS, Formats, state_words
from desktop.support.text import tooltip, visible
from desktop.support.translation import mark, tr
from desktop.tasks import Task, Tasks
from domain.ageing import Age, age_of
from domain.review import Disposition, QueueRow, QueueState

PAGE_ROWS = 200
PAGES_KEPT = 100
PAGES_ASKED = 4
ROW_ROLE = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class QueueColumn:
    """`sort` is what the queue is sorted by when this column's heading is clicked."""

    field: str
    heading: str
    sort: str
    alignment: Qt.AlignmentFlag = LEFT


COLUMNS: tuple[QueueColumn, ...] = (
    QueueColumn("band", mark("Band"), "score"),
    QueueColumn("score", mark("Score"), "score", RIGHT),
    QueueColumn("occurred_at", mark("Time"), "occurred_at"),
    QueueColumn("amount", mark("Amount"), "amount", RIGHT),
    QueueColumn("customer_id", mark("Customer"), "customer_id"),
    QueueColumn("merchant", mark("Merchant"), "merchant"),
    QueueColumn("origin", mark("Source"), "origin"),
    QueueColumn("state", mark("State"), "disposition"),
    QueueColumn("due_at", mark("Due"), "due_at"),
    QueueColumn("claimed_by", mark("Analyst"), "claimed_by"),
    QueueColumn("alert_id", mark("Alert"), "alert_id"),
)


class QueueModel(QAbstractTableModel):
    """Holds a snapshot and the pages last looked at. A row not read yet is shown as … and asked for."""

    failed = Signal(Exception)
    page_read = Signal(int)

    def __init__(
        self,
        services: Services,
        tasks: Tasks,
        formats: Formats,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__()
        self._now = now
        self._services = services
        self._tasks = tasks
        self._formats = formats
        self._snapshot: Snapshot | None = None
        self._pages: OrderedDict[int, tuple[QueueRow, ...]] = OrderedDict()
        self._asked: OrderedDict[int, Task] = OrderedDict()
        self._decided: dict[str, tuple[QueueState, Disposition | None]] = {}
        self._sort, self._descending = "", True

    def show_snapshot(self, snapshot: Snapshot, sort: str, descending: bool) -> None:
        """`sort` and `descending` are what it was sorted by: the heading shows it."""
        self.beginResetModel()
        for task in self._asked.values():
            task.discard()
        self._asked.clear()
        self._pages.clear()
        self._decided.clear()
        self._snapshot = snapshot
        self._sort, self._descending = sort, descending
        self.endResetModel()

    def mark(self, alert_id: str, state: QueueState, disposition: Disposition | None = None) -> None:
        """What was decided or proposed since the snapshot was sorted; the order stands still."""
        self._decided[alert_id] = state, disposition
        for number, rows in self._pages.items():
            for offset, row in enumerate(rows):
                if row.alert_id == alert_id:
                    line = number * PAGE_ROWS + offset
                    self.dataChanged.emit(self.index(line, 0), self.index(line, len(COLUMNS) - 1))

    def row(self, line: int) -> QueueRow | None:
        """The row, or None while its page is being read (asked for now, told by `page_read`)."""
        number, offset = divmod(line, PAGE_ROWS)
        rows = self._pages.get(number)
        if rows is None:
            self._ask(number)
            return None
        self._pages.move_to_end(number)
        return self._as_decided(rows[offset]) if offset < len(rows) else None

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() or self._snapshot is None else self._snapshot.count

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self._heading(COLUMNS[section])
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return COLUMNS[section].alignment
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return COLUMNS[index.column()].alignment
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, ROW_ROLE):
            return None
        row = self.row(index.row())
        if role == ROW_ROLE:
            return row
        if row is None:
            return "…" if role == Qt.ItemDataRole.DisplayRole else None
        text = self._cell(row, COLUMNS[index.column()].field)
        return tooltip(text) if role == Qt.ItemDataRole.ToolTipRole else visible(text)

    def _heading(self, column: QueueColumn) -> str:
        # Band and score sort alike; one arrow is enough.
        sorted_by = column.sort == self._sort and column.field != "band"
        heading = tr(column.heading)
        return f"{heading} {'↓' if self._descending else '↑'}" if sorted_by else heading

    def _cell(self, row: QueueRow, field: str) -> str:
        words: dict[str, Callable[[], str]] = {
            "band": lambda: tr(BAND_WORDS[row.band]),
            "score": lambda: self._formats.share(row.score),
            "occurred_at": lambda: self._formats.time(row.occurred_at),
            "amount": lambda: self._formats.money(row.amount, row.currency),
            "customer_id": lambda: row.customer_id,
            "merchant": lambda: row.merchant or "—",
            "origin": lambda: tr(ORIGIN_WORDS[row.origin]) if row.origin in ORIGIN_WORDS else row.origin,
            "state": lambda: self._state(row),
            "due_at": lambda: self._due(row),
            "claimed_by": lambda: row.claimed_by or "",
            "alert_id": lambda: row.alert_id,
        }
        return words[field]()

    def age(self, row: QueueRow) -> Age | None:
        """Against its deadline; None where no decision is awaited."""
        if row.state == "decided" or row.created_at is None or row.due_at is None:
            return None
        return age_of(row.created_at, row.due_at, self._now())

    def _due(self, row: QueueRow) -> str:
        """In words, so that overdue shows without its colour."""
        age = self.age(row)
        if age is None or row.due_at is None:
            return "—"
        hours = abs(row.due_at - self._now()) / timedelta(hours=1)
        time = tr("{count} d", count=round(hours / 24)) if hours >= 48 else tr("{count} h", count=max(1, round(hours)))
        return tr("Overdue {time}", time=time) if age == "overdue" else tr("In {time}", time=time)

    def _state(self, row: QueueRow) -> str:
        if row.state == "open" and row.snoozed_until is not None and row.snoozed_until > self._now():
            until, today = row.snoozed_until.astimezone(), self._now().astimezone().date()
            time = self._formats.clock(until) if until.date() == today else self._formats.date(until)
            return tr("Until {time}", time=time)
        return tr(state_words(row))

    def _as_decided(self, row: QueueRow) -> QueueRow:
        if row.alert_id not in self._decided:
            return row
        state, disposition = self._decided[row.alert_id]
        return replace(row, state=state, disposition=disposition)

    def _ask(self, number: int) -> None:
        if number in self._asked or self._snapshot is None:
            return
        snapshot = self._snapshot

        def done(rows: tuple[QueueRow, ...]) -> None:
            self._asked.pop(number, None)
            self._pages[number] = rows
            while len(self._pages) > PAGES_KEPT:
                self._pages.popitem(last=False)
            if rows:
                first = number * PAGE_ROWS
                self.dataChanged.emit(self.index(first, 0), self.index(first + len(rows) - 1, len(COLUMNS) - 1))
            self.page_read.emit(number)

        def failed(error: Exception) -> None:
            self._asked.pop(number, None)
            self._pages[number] = ()  # else each repaint would ask, and fail, again; a refresh asks anew
            self.failed.emit(error)

        self._asked[number] = self._tasks.read(
            lambda: self._services.page(snapshot, number * PAGE_ROWS, PAGE_ROWS), done, failed
        )
        # Scrolling fast leaves pages behind that nobody sees any more: only the latest are read.
        while len(self._asked) > PAGES_ASKED:
            _, task = self._asked.popitem(last=False)
            task.discard()
