"""A small table of texts, each safe to show: what its kinds differ in is their columns and cells."""

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from desktop.support.text import tooltip, visible
from desktop.support.translation import tr

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


class TextTable(QAbstractTableModel, Generic[Row]):
    """`columns` are (title, alignment), titles in English; `cells` says what stands in a row, one text a column."""

    def __init__(
        self, columns: tuple[tuple[str, Qt.AlignmentFlag], ...], cells: Callable[[Row], tuple[str, ...]]
    ) -> None:
        super().__init__()
        self._columns = tuple((tr(title), side) for title, side in columns)
        self._cells = cells
        self._rows: tuple[Row, ...] = ()

    def replace_rows(self, rows: tuple[Row, ...]) -> None:
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._columns[section][1]
        return self._columns[section][0] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._columns[index.column()][1]
        text = self._cells(self._rows[index.row()])[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return visible(text)
        return tooltip(text) if role == Qt.ItemDataRole.ToolTipRole else None
