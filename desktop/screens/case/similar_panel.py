"""Cases like the open one: what was decided about them, and of the chosen one what is alike and what differs."""

from PySide6.QtWidgets import QHeaderView, QScrollArea, QWidget

from desktop.screens.case.similar_view_model import SimilarViewModel, details, line_of
from desktop.support.formats import Formats
from desktop.support.translation import mark, tr
from desktop.tables.similar_model import SimilarModel
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import GAP, clear, column
from desktop.widgets.table import RowTable

NONE = mark("No other alert was flagged for like reasons.")
HINT = mark("Enter opens the chosen case. Effects in log-odds, as in the evidence.")
WIDTHS = (106, 62, 104)
TABLE_HEIGHT = 186  # five rows and their heading


class SimilarPanel(QWidget):
    """`view_model.look` is called by whoever shows the panel."""

    def __init__(self, view_model: SimilarViewModel, formats: Formats) -> None:
        super().__init__()
        self._view_model = view_model
        self._formats = formats
        self.state = PlainLabel("", "small", wrap=True)
        self._model = SimilarModel()
        self.table = RowTable(tr("Similar cases"), self._model)
        self.table.stand_inside()
        self.table.setMaximumHeight(TABLE_HEIGHT)
        for number, width in enumerate(WIDTHS):
            self.table.horizontalHeader().setSectionResizeMode(number, QHeaderView.ResizeMode.Interactive)
            self.table.setColumnWidth(number, width)
        inside = QWidget()
        self._details = column(inside, 4, (6, 0, 6, 0))
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName(tr("What is alike and what differs"))
        scroll.setWidget(inside)
        layout = column(self, GAP, (0, 6, 0, 0))
        layout.addWidget(self.state)
        layout.addWidget(self.table, 3)
        layout.addWidget(scroll, 2)
        view_model.forgotten.connect(lambda: self._show(""))
        view_model.searching.connect(lambda: self._show(tr("Looking for similar cases…")))
        view_model.found.connect(lambda cases: self._show(tr(HINT if cases else NONE)))
        view_model.failed.connect(lambda _: self._show(""))
        self.table.stepped.connect(self._show_details)
        self.table.entered_row.connect(view_model.open)

    @property
    def details(self) -> tuple[str, ...]:
        items = (self._details.itemAt(number) for number in range(self._details.count()))
        widgets = (item.widget() for item in items if item is not None)
        return tuple(widget.text() for widget in widgets if isinstance(widget, PlainLabel))

    def _show(self, state: str) -> None:
        self.state.setText(state)
        cases = self._view_model.cases
        self._model.replace_rows(tuple(line_of(case, self._formats) for case in cases))
        self._show_details(-1)
        self.table.step_to(0)

    def _show_details(self, line: int) -> None:
        clear(self._details)
        if 0 <= line < len(self._view_model.cases):
            for number, words in enumerate(details(self._view_model.cases[line], self._formats)):
                self._details.addWidget(PlainLabel(words, "strong" if number == 0 else "", wrap=True))
            self._details.addStretch()
