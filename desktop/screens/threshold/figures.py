"""Figures side by side: a name, what it is now, what it would be."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.screens.threshold.words import Outcome
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import clear

RIGHT = Qt.AlignmentFlag.AlignRight


class Figures(QWidget):
    def __init__(self, now: str, then: str) -> None:
        super().__init__()
        self._headings = ("", now, then)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 1)

    def show_figures(self, figures: Sequence[Outcome]) -> None:
        clear(self._grid)
        for column, heading in enumerate(self._headings):
            self._grid.addWidget(
                PlainLabel(heading, "small"), 0, column, RIGHT if column else Qt.AlignmentFlag.AlignLeft
            )
        for line, outcome in enumerate(figures, start=1):
            now, then = PlainLabel(outcome.now), PlainLabel(outcome.then, "strong")
            now.setAccessibleName(f"{outcome.name}, {self._headings[1].lower()}: {outcome.now}")
            then.setAccessibleName(f"{outcome.name}, {self._headings[2].lower()}: {outcome.then}")
            self._grid.addWidget(PlainLabel(outcome.name, "muted"), line, 0)
            self._grid.addWidget(now, line, 1, RIGHT)
            self._grid.addWidget(then, line, 2, RIGHT)
