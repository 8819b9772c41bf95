"""Facts as a grid of names and texts, in two columns unless they are long."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.widgets.labels import ElidedLabel, PlainLabel

Fact = tuple[str, str]  # name, text


class FactsPanel(QWidget):
    """Its labels are kept for the next facts: each one that goes would have the whole screen laid out anew."""

    def __init__(self, columns: int = 2) -> None:
        super().__init__()
        self._columns = columns
        self._labels: list[tuple[PlainLabel, ElidedLabel]] = []
        self._shown = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(5)
        for column in range(columns):
            self._grid.setColumnStretch(2 * column + 1, 1)

    def show_facts(self, facts: tuple[Fact, ...]) -> None:
        while len(self._labels) < len(facts):
            self._labels.append((PlainLabel("", "small"), ElidedLabel()))
            self._labels[-1][1].setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for (label, value), (name, text) in zip(self._labels, facts, strict=False):
            label.setText(name)
            value.show_text(text)
            value.setAccessibleName(f"{name}: {value.text()}")
        if len(facts) != self._shown:
            self._place(len(facts))

    def _place(self, count: int) -> None:
        self._shown = count
        lines = -(-count // self._columns)
        for number, pair in enumerate(self._labels):
            column, line = divmod(number, lines) if number < count else (0, 0)
            for beside, label in enumerate(pair):
                self._grid.removeWidget(label)
                if number < count:
                    self._grid.addWidget(label, line, 2 * column + beside)
                label.setVisible(number < count)
