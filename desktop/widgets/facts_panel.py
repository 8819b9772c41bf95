"""Facts as a grid of names and texts, in two columns unless they are long."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.widgets.labels import ElidedLabel, PlainLabel
from desktop.widgets.layouts import clear

Fact = tuple[str, str]  # name, text


class FactsPanel(QWidget):
    def __init__(self, columns: int = 2) -> None:
        super().__init__()
        self._columns = columns
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(5)
        for column in range(columns):
            self._grid.setColumnStretch(2 * column + 1, 1)

    def show_facts(self, facts: tuple[Fact, ...]) -> None:
        clear(self._grid)
        lines = -(-len(facts) // self._columns)
        for number, (name, text) in enumerate(facts):
            column, line = divmod(number, lines)
            value = ElidedLabel(text)
            value.setAccessibleName(f"{name}: {value.text()}")
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(PlainLabel(name, "small"), line, 2 * column)
            self._grid.addWidget(value, line, 2 * column + 1)
