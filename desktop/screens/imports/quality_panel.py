"""What an import took, what not, and why."""

from PySide6.QtWidgets import QWidget

from desktop.screens.imports.quality import quality_facts, reject_lines
from desktop.support.formats import Formats
from desktop.support.translation import tr
from desktop.tables.rejects_model import RejectsModel
from desktop.widgets.facts_panel import FactsPanel
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import card, column
from desktop.widgets.table import RowTable
from domain.import_report import ImportReport

WIDTHS = (210, 64, 110, 190)


class QualityPanel(QWidget):
    def __init__(self, formats: Formats) -> None:
        super().__init__()
        self._formats = formats
        self.facts = FactsPanel()
        self.rejects = RejectsModel()
        self._heading = PlainLabel(tr("Not taken, by reason"), "section")
        self._table = RowTable(tr("Rows that were not taken, by reason"), self.rejects)
        for number, width in enumerate(WIDTHS):
            self._table.setColumnWidth(number, width)
        layout = column(self, 10)
        frame = card()
        column(frame, 0, (16, 12, 16, 12)).addWidget(self.facts)
        layout.addWidget(frame)
        layout.addWidget(self._heading)
        layout.addWidget(self._table, 1)
        layout.addStretch()

    def show_report(self, report: ImportReport) -> None:
        self.facts.show_facts(quality_facts(report, self._formats))
        self.rejects.show_lines(reject_lines(report, self._formats))
        for part in (self._heading, self._table):
            part.setVisible(bool(report.rejects))
