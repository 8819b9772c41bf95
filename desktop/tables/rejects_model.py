"""Why rows of an import were not taken, as a table."""

from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from desktop.support.text import tooltip, visible
from desktop.tables.queue_model import LEFT, RIGHT

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
COLUMNS = (("Reason", LEFT), ("Rows", RIGHT), ("First rows", LEFT), ("Found there", LEFT), ("File", LEFT))


@dataclass(frozen=True, slots=True)
class RejectLine:
    """One reason for which rows of one source were not taken."""

    reason: str
    count: str
    rows: str
    samples: str
    source: str


class RejectsModel(QAbstractTableModel):
    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[RejectLine, ...] = ()

    def show_lines(self, lines: tuple[RejectLine, ...]) -> None:
        self.beginResetModel()
        self._lines = lines
        self.endResetModel()

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return COLUMNS[section][1]
        return COLUMNS[section][0] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return COLUMNS[index.column()][1]
        line = self._lines[index.row()]
        text = (line.reason, line.count, line.rows, line.samples, line.source)[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return visible(text)
        return tooltip(text) if role == Qt.ItemDataRole.ToolTipRole else None
