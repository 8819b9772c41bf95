"""Reasons before and after a change, the strongest move first."""

from dataclasses import dataclass

from PySide6.QtCore import Qt

from desktop.support.text import tooltip
from desktop.support.translation import mark
from desktop.tables.queue_model import LEFT, RIGHT
from desktop.tables.text_table import Index, TextTable

COLUMNS = ((mark("Was"), RIGHT), (mark("Would be"), RIGHT), (mark("Reason"), LEFT))


@dataclass(frozen=True, slots=True)
class MoveLine:
    """Effects in log-odds; `told` holds the reason's words before and after in full."""

    was: str
    would_be: str
    reason: str
    told: str


class MovesModel(TextTable[MoveLine]):
    def __init__(self) -> None:
        super().__init__(COLUMNS, lambda line: (line.was, line.would_be, line.reason))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if index.isValid() and role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(self._rows[index.row()].told)
        return super().data(index, role)
