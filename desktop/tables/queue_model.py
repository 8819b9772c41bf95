"""The queue as a table: a sorted snapshot, of which only the pages in sight are read."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from desktop.services import Services, Snapshot
from desktop.support.formats import BAND_WORDS, ORIGIN_WORDS, Formats, state_words
from desktop.support.text import tooltip, visible
from desktop.tasks import Task, Tasks
from domain.review import Disposition, QueueRow

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
    QueueColumn("band", "Band", "score"),
    QueueColumn("score", "Score", "score", RIGHT),
    QueueColumn("occurred_at", "Time", "occurred_at"),
    QueueColumn("amount", "Amount", "amount", RIGHT),
    QueueColumn("customer_id", "Customer", "customer_id"),
    QueueColumn("merchant", "Merchant", "merchant"),
    QueueColumn("origin", "Raised by", "origin"),
    QueueColumn("state", "State", "disposition"),
    QueueColumn("alert_id", "Alert", "alert_id"),
)


class QueueModel(QAbstractTableModel):
    """Holds a snapshot and the pages last looked at. A row not read yet is shown as … and asked for."""

    failed = Signal(Exception)
    page_read = Signal(int)

    def __init__(self, services: Services, tasks: Tasks, formats: Formats) -> None:
        super().__init__()
        self._services = services
        self._tasks = tasks
        self._formats = formats
        self._snapshot: Snapshot | None = None
        self._pages: OrderedDict[int, tuple[QueueRow, ...]] = OrderedDict()
        self._asked: OrderedDict[int, Task] = OrderedDict()
        self._decided: dict[str, Disposition | None] = {}
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

    def mark(self, alert_id: str, disposition: Disposition | None) -> None:
        """What was decided since the snapshot was sorted; the order stands still."""
        self._decided[alert_id] = disposition
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
        return f"{column.heading} {'↓' if self._descending else '↑'}" if sorted_by else column.heading

    def _cell(self, row: QueueRow, field: str) -> str:
        words: dict[str, Callable[[], str]] = {
            "band": lambda: BAND_WORDS[row.band],
            "score": lambda: self._formats.share(row.score),
            "occurred_at": lambda: self._formats.time(row.occurred_at),
            "amount": lambda: self._formats.money(row.amount, row.currency),
            "customer_id": lambda: row.customer_id,
            "merchant": lambda: row.merchant or "—",
            "origin": lambda: ORIGIN_WORDS.get(row.origin, row.origin),
            "state": lambda: state_words(row),
            "alert_id": lambda: row.alert_id,
        }
        return words[field]()

    def _as_decided(self, row: QueueRow) -> QueueRow:
        if row.alert_id not in self._decided:
            return row
        disposition = self._decided[row.alert_id]
        return replace(row, state="decided" if disposition else "open", disposition=disposition)

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
