"""The evidence of a case as a table, strongest first."""

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from desktop.support.formats import Formats
from desktop.support.text import tooltip, visible
from desktop.support.translation import mark, tr
from desktop.tables.queue_model import ROW_ROLE
from domain.evidence import Evidence

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
HEADINGS = (mark("Id"), mark("Evidence"), mark("Effect on the score"))
ID, STATEMENT, EFFECT = range(3)


class EvidenceModel(QAbstractTableModel):
    def __init__(self, formats: Formats) -> None:
        super().__init__()
        self._formats = formats
        self._items: tuple[Evidence, ...] = ()

    def show_evidence(self, evidence: tuple[Evidence, ...]) -> None:
        self.beginResetModel()
        self._items = tuple(sorted(evidence, key=lambda item: item.rank))
        self.endResetModel()

    def item(self, line: int) -> Evidence:
        return self._items[line]

    def line_of(self, evidence_id: str) -> int:
        """-1 where no evidence has this id."""
        return next((line for line, item in enumerate(self._items) if item.id == evidence_id), -1)

    @property
    def largest(self) -> float:
        """The largest absolute contribution: the length of a full bar."""
        return max((abs(item.contribution) for item in self._items), default=1.0) or 1.0

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._items)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole and section == EFFECT:
            return tooltip(tr("In calibrated log-odds: +0.69 doubles the odds of fraud, −0.69 halves them."))
        return tr(HEADINGS[section]) if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        item = self._items[index.row()]
        if role == ROW_ROLE:
            return item
        text = {ID: item.id, STATEMENT: item.statement, EFFECT: self._effect(item)}[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return visible(text)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(text)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            effect = tr("raises the score") if item.direction == "raises" else tr("lowers the score")
            return f"{item.id}: {visible(item.statement)}; {effect}"
        return None

    def _effect(self, item: Evidence) -> str:
        return f"{'▲' if item.contribution >= 0 else '▼'} {self._formats.signed(item.contribution)}"
