"""Facts as a grid of names and texts, in two columns unless they are long or large."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.widgets.labels import ElidedLabel, PlainLabel

Fact = tuple[str, str]  # name, text
BETWEEN = 12  # pixels between names and texts
LEAST = 10  # characters of a text: a date or an amount


class FactsPanel(QWidget):
    """Its labels are kept for the next facts: each one that goes would have the whole screen laid out anew."""

    def __init__(self, columns: int = 2) -> None:
        super().__init__()
        self._most_columns = self._columns = columns
        self._labels: list[tuple[PlainLabel, ElidedLabel]] = []
        self._shown = 0
        self._placing = False
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(BETWEEN)
        self._grid.setVerticalSpacing(5)

    def show_facts(self, facts: tuple[Fact, ...]) -> None:
        while len(self._labels) < len(facts):
            self._labels.append((PlainLabel("", "small"), ElidedLabel()))
            self._labels[-1][1].setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for (label, value), (name, text) in zip(self._labels, facts, strict=False):
            label.setText(name)
            value.show_text(text)
            value.setAccessibleName(f"{name}: {value.text()}")
        if len(facts) != self._shown:
            self._shown = len(facts)
            self._place()
            self._fit()

    def minimumSizeHint(self) -> QSize:
        """As narrow as one column is, however many there are now: the panel would never get narrower otherwise."""
        return QSize(self._width(1), super().minimumSizeHint().height())

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):  # the latter as names or letters change
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        """One column where texts would have no room beside their names."""
        columns = self._most_columns if self._width(self._most_columns) <= self.width() else 1
        if columns != self._columns and not self._placing:
            self._columns = columns
            self._place()

    def _width(self, columns: int) -> int:
        """The least that `columns` columns need."""
        lines = max(1, -(-self._shown // columns))
        names = [label.sizeHint().width() for label, _ in self._labels[: self._shown]]
        least = LEAST * self.fontMetrics().averageCharWidth()
        widths = [max(names[first : first + lines]) + least for first in range(0, self._shown, lines)]
        return sum(widths) + BETWEEN * (2 * len(widths) - 1) if widths else 0

    def _place(self) -> None:
        """Each label that is shown has the panel laid out at once: until all are placed, nothing is fitted."""
        self._placing = True
        lines = -(-self._shown // self._columns)
        for column in range(self._most_columns):
            self._grid.setColumnStretch(2 * column + 1, int(column < self._columns))
        for number, pair in enumerate(self._labels):
            column, line = divmod(number, lines) if number < self._shown else (0, 0)
            for beside, label in enumerate(pair):
                self._grid.removeWidget(label)
                if number < self._shown:
                    self._grid.addWidget(label, line, 2 * column + beside)
                label.setVisible(number < self._shown)
        self._placing = False
