"""Transactions as a table: the rows behind a piece of evidence."""

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from desktop.support.formats import Formats
from desktop.support.text import tooltip, visible
from desktop.tables.queue_model import LEFT, RIGHT
from domain.transactions import Transaction

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
COLUMNS = (("Time", LEFT), ("Amount", RIGHT), ("Where", LEFT), ("Known as", LEFT), ("Customer", LEFT), ("Id", LEFT))


class TransactionsModel(QAbstractTableModel):
    def __init__(self, formats: Formats) -> None:
        super().__init__()
        self._formats = formats
        self._rows: tuple[Transaction, ...] = ()

    def show_rows(self, rows: tuple[Transaction, ...]) -> None:
        self.beginResetModel()
        self._rows = tuple(sorted(rows, key=lambda row: row.occurred_at, reverse=True))
        self.endResetModel()

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

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
        text = self._cells(self._rows[index.row()])[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return visible(text)
        return tooltip(text) if role == Qt.ItemDataRole.ToolTipRole else None

    def _cells(self, row: Transaction) -> tuple[str, ...]:
        known = "—" if row.label is None else "Fraud" if row.label else "Genuine"
        return (
            self._formats.time(row.occurred_at),
            self._formats.money(row.amount, row.currency),
            row.merchant_id or row.terminal_id or row.counterparty_id or "—",
            known,
            row.customer_id,
            row.transaction_id,
        )
