"""The evidence, strongest first: its statement, and its effect on the score as a bar."""

from PySide6.QtWidgets import QHeaderView

from desktop.support.look import Look
from desktop.support.translation import tr
from desktop.tables.delegates import ContributionDelegate, RoomyDelegate
from desktop.tables.evidence_model import EFFECT, ID, STATEMENT, EvidenceModel
from desktop.widgets.table import RowTable

ID_WIDTH, EFFECT_WIDTH = 44, 200


class EvidenceTable(RowTable):
    """Statements are wrapped, so each row is as high as its words need at the width there is."""

    def __init__(self, model: EvidenceModel, look: Look) -> None:
        super().__init__(tr("Evidence"), model)
        self.setProperty("role", "inner")
        self._bars = ContributionDelegate(look)
        self._ground = RoomyDelegate(look)
        self.setItemDelegate(self._ground)
        self.setItemDelegateForColumn(EFFECT, self._bars)
        self.setWordWrap(True)
        header = self.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(ID, QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(STATEMENT, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(EFFECT, QHeaderView.ResizeMode.Fixed)
        self.setColumnWidth(ID, ID_WIDTH)
        self.setColumnWidth(EFFECT, EFFECT_WIDTH)
        header.geometriesChanged.connect(self.resizeRowsToContents)
        header.sectionResized.connect(lambda *_: self.resizeRowsToContents())
        look.changed.connect(self.viewport().update)

    def show_largest(self, largest: float) -> None:
        """The bar of this contribution takes all the room; then rows are fitted to their words."""
        self._bars.largest = largest
        self.resizeRowsToContents()
