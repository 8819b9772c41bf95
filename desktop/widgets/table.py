"""A table of whole rows, walked by j/k and arrows, opened by Enter."""

from PySide6.QtCore import QAbstractItemModel, QEvent, Qt, Signal
from PySide6.QtGui import QFontInfo, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableView, QWidget

from desktop.widgets.layouts import LETTERS

ROW_HEIGHT = 34
ROOM = 12  # above and below a line of text
INNER_HEIGHT, INNER_ROOM = 28, 8  # the same of a table inside a card


class RowTable(QTableView):
    """`stepped` tells the line the analyst stands on; `entered_row` that it was opened."""

    stepped = Signal(int)
    entered_row = Signal(int)

    def __init__(self, name: str, model: QAbstractItemModel, parent: QWidget | None = None) -> None:
        self.row_height, self._room = ROW_HEIGHT, ROOM
        self.scale = 1.0  # the size of text that the columns are wide enough for
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalHeader().setObjectName(f"kept_{name}")
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.selectionModel().currentRowChanged.connect(self._stepped)
        self.doubleClicked.connect(lambda index: self.entered_row.emit(index.row()))

    def stand_inside(self) -> None:
        """A card: without a frame of its own, and with lower rows."""
        self.setProperty("role", "inner")
        self.row_height, self._room = INNER_HEIGHT, INNER_ROOM
        self.verticalHeader().setDefaultSectionSize(INNER_HEIGHT)

    @property
    def line(self) -> int:
        """-1 where none is current."""
        return self.currentIndex().row()

    def step_to(self, line: int) -> None:
        if 0 <= line < self.model().rowCount():
            self.setCurrentIndex(self.model().index(line, 0))

    def step(self, by: int) -> None:
        self.step_to(min(max(self.line + by, 0), self.model().rowCount() - 1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_J:
            self.step(1)
        elif event.key() == Qt.Key.Key_K:
            self.step(-1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.line >= 0:
                self.entered_row.emit(self.line)
        elif event.text().isprintable() and event.text():
            event.ignore()  # no search by typing: letters and digits are keys of the screen
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self.fit_text()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fit_text()

    def fit_text(self) -> None:
        """Rows and columns grow with the letters."""
        self.verticalHeader().setDefaultSectionSize(max(self.row_height, self.fontMetrics().height() + self._room))
        wanted = QFontInfo(self.font()).pixelSize() / LETTERS
        if wanted != self.scale:
            for section in range(self.model().columnCount()):
                self.setColumnWidth(section, round(self.columnWidth(section) * wanted / self.scale))
            self.scale = wanted

    def _stepped(self) -> None:
        self.stepped.emit(self.line)
