"""The window's spacing, once: an 8-pixel grid."""

from typing import TypeVar

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFontInfo, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QScrollArea, QVBoxLayout, QWidget

L = TypeVar("L", bound=QLayout)
Margins = tuple[int, int, int, int]  # left, top, right, bottom
NONE: Margins = (0, 0, 0, 0)
GAP = 8
WIDE = 16
PAGE = 20
LOWER = 2  # pixels from a small text's line to that of a title
LETTERS = 14  # pixels of usual text at 100 %


def column(parent: QWidget | None = None, gap: int = GAP, margins: Margins = NONE) -> QVBoxLayout:
    layout = QVBoxLayout() if parent is None else QVBoxLayout(parent)
    return _spaced(layout, gap, margins)


def row(parent: QWidget | None = None, gap: int = GAP, margins: Margins = NONE) -> QHBoxLayout:
    layout = QHBoxLayout() if parent is None else QHBoxLayout(parent)
    return _spaced(layout, gap, margins)


def titled(title: QLabel, beside: QLabel, gap: int = 12) -> QHBoxLayout:
    """A screen's title and a few words on its line."""
    line = row(gap=gap)
    beside.setContentsMargins(0, 0, 0, LOWER)
    line.addWidget(title)
    line.addWidget(beside, 0, Qt.AlignmentFlag.AlignBottom)
    return line


def card() -> QFrame:
    frame = QFrame()
    frame.setProperty("role", "card")
    return frame


class _Frameless(QScrollArea):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(name)


class Room(_Frameless):
    """Room for a screen that is larger than the window, as at large sizes of text: nothing of it is cut.

    It is to stand in the window before the screen is put in it: whatever is given a parent is styled anew, with all of
    its parts.
    """

    def hold(self, screen: QWidget) -> None:
        self.setWidget(_Holder(screen, self.viewport()))


class FormRoom(_Frameless):
    """Room for a dialog's fields: as much as they like, and scrolled where that is more than half of the screen."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        inside = QWidget()
        self.fields = column(inside, 12)
        self.setWidget(inside)

    def sizeHint(self) -> QSize:
        return self.fields.totalSizeHint()

    def minimumSizeHint(self) -> QSize:
        width = self.fields.totalMinimumSize().width() + self.verticalScrollBar().sizeHint().width()
        screen = self.screen().availableSize()
        return QSize(min(width, screen.width() - 4 * PAGE), min(self.sizeHint().height(), screen.height() // 2))


class _Holder(QWidget):
    """Gives a screen the window's size, or the least it needs. A scroll area alone would give it the height it would
    like best, and scroll where there is room enough; only larger letters need that height."""

    def __init__(self, screen: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._screen = screen
        screen.setParent(self)

    def minimumSizeHint(self) -> QSize:
        least = self._screen.minimumSizeHint()
        layout = self._screen.layout()
        if layout is not None and QFontInfo(self.font()).pixelSize() > LETTERS:
            least.setHeight(max(least.height(), layout.totalHeightForWidth(max(least.width(), self.width()))))
        return least

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._screen.resize(event.size())
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show):  # hidden, it is told of no change
            self.updateGeometry()
        return super().event(event)


def clear(layout: QLayout) -> None:
    """Takes every widget out of `layout` and lets it go."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()  # until it is deleted; without a parent each would be styled anew as a window of its own
            widget.deleteLater()


def _spaced(layout: L, gap: int, margins: tuple[int, int, int, int]) -> L:
    layout.setSpacing(gap)
    layout.setContentsMargins(*margins)
    return layout
