"""The payment's fields to be changed, and what the score and its reasons would have been."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QLineEdit, QPushButton, QScrollArea, QWidget

from desktop.screens.case.what_if_view_model import (
    ABSENT,
    FIELD_WORDS,
    Field,
    WhatIfViewModel,
    change_words,
    move_lines,
    none_found_words,
    score_words,
    typed,
)
from desktop.support.failures import describe
from desktop.support.formats import Formats
from desktop.support.translation import mark, tr
from desktop.tables.moves_model import MovesModel
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import GAP, column, row
from desktop.widgets.table import RowTable

if TYPE_CHECKING:  # at run time it would bring DuckDB into the window
    from domain.what_if import Counterfactual, WhatIf

HINT = mark("Change a field and press Enter. Nothing is written; balances follow the amount.")
COLUMNS = 2
LAST_ROW = 100  # takes the room that is left under the fields
SHARES = (4, 5)  # of the width: a time stands in the second column
FIELDS_HEIGHT = 118  # three rows of fields; the others are scrolled to once reasons stand below


class WhatIfPanel(QWidget):
    def __init__(self, view_model: WhatIfViewModel, formats: Formats) -> None:
        super().__init__()
        self._view_model = view_model
        self._formats = formats
        self.fields: dict[str, QLineEdit] = {}
        self._given: tuple[Field, ...] = ()
        inside = QWidget()
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(0, 0, 8, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        for place, share in enumerate(SHARES):
            self._grid.setColumnStretch(2 * place + 1, share)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName(tr("Fields of the payment"))
        scroll.setMinimumHeight(FIELDS_HEIGHT)
        scroll.setWidget(inside)
        self._grid.setRowStretch(LAST_ROW, 1)
        self.attempt = QPushButton(tr("Try"))
        self.attempt.setAccessibleName(tr("Score the payment with these fields"))
        self.search = QPushButton(tr("What would have kept it under the threshold?"))
        self.search.setAccessibleName(self.search.text())
        self.search.setToolTip(
            tr("Find the smallest plausible change that would have kept the score under the threshold")
        )
        self.score = PlainLabel("", "strong", wrap=True)
        self.state = PlainLabel(tr(HINT), "small", wrap=True)
        self._moves = MovesModel()
        self.table = RowTable(tr("Reasons that move"), self._moves)
        self.table.stand_inside()
        self.table.setColumnWidth(0, 62)
        self.table.setColumnWidth(1, 78)
        buttons = row(gap=GAP)
        for button in (self.attempt, self.search):
            buttons.addWidget(button)
        buttons.addStretch()
        layout = column(self, GAP, (0, 8, 0, 0))
        layout.addWidget(scroll, 2)
        layout.addLayout(buttons)
        layout.addWidget(self.score)
        layout.addWidget(self.state)
        layout.addWidget(self.table, 1)
        self._places = [self._place(number) for number in range(len(FIELD_WORDS))]
        self._connect()

    def take_focus(self) -> None:
        first = next(iter(self.fields.values()), None)
        if first is not None:
            first.setFocus()
            first.selectAll()

    def _connect(self) -> None:
        self._view_model.opened.connect(self._fill)
        self._view_model.computing.connect(lambda: self._tell(tr("Computing…")))
        self._view_model.answered.connect(self._show)
        self._view_model.searched.connect(self._show_smallest)
        self._view_model.refused.connect(lambda error: self._tell(describe(error).text))
        self._view_model.failed.connect(lambda _: self._tell(tr(HINT)))
        self.attempt.clicked.connect(self._attempt)
        self.search.clicked.connect(self._view_model.search)

    def _attempt(self) -> None:
        self._view_model.attempt({name: field.text() for name, field in self.fields.items()})

    def _place(self, number: int) -> tuple[PlainLabel, QLineEdit]:
        """Words and field; which field of the payment stands there is said by each case."""
        line, place = divmod(number, COLUMNS)
        words, field = PlainLabel("", "small"), QLineEdit()
        field.setPlaceholderText(tr(ABSENT))
        field.returnPressed.connect(self._attempt)
        self._grid.addWidget(words, line, 2 * place)
        self._grid.addWidget(field, line, 2 * place + 1)
        return words, field

    def _fill(self, fields: tuple[Field, ...]) -> None:
        self.fields, self._given = {}, fields
        for given, (words, field) in zip(fields, self._places, strict=True):
            words.setText(given.words)
            field.setText(given.text)
            field.setAccessibleName(tr("What if: {field}", field=given.words))
            field.setCursorPosition(0)
            self.fields[given.name] = field
        self._tell(tr(HINT))

    def _tell(self, words: str) -> None:
        self.score.hide()
        self.state.setText(words)
        self._moves.replace_rows(())
        self.table.hide()

    def _show(self, result: WhatIf) -> None:
        self.score.setText(score_words(result, self._formats))
        self.score.show()
        self.state.setText(change_words(result, self._formats))
        self._moves.replace_rows(move_lines(result, self._formats))
        self.table.show()

    def _show_smallest(self, found: Counterfactual) -> None:
        """What was found stands in the fields, the others as they were: to be tried further."""
        if found.result is None:
            self._tell(none_found_words(found))
            return
        found_texts = {change.field: typed(change.after, self._formats) for change in found.result.changes}
        for given in self._given:
            self.fields[given.name].setText(found_texts.get(given.name, given.text))
        self._show(found.result)
