"""What all dialogs share: a title, room, an error shown in place, and buttons at the bottom right."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.support.look import Look
from desktop.support.text import visible
from desktop.widgets.banner import Banner
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import GAP, WIDE, column, row

LONGEST_TITLE = 120
WIDTH = 560


class Dialog(QDialog):
    """Subclasses fill `body` and `buttons`. It is as wide as `width`, or as its parts need with their letters."""

    def __init__(self, title: str, words: str, look: Look, parent: QWidget | None = None, width: int = WIDTH) -> None:
        super().__init__(parent)
        title = visible(title, LONGEST_TITLE)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._least_width = width
        self._outer = outer = column(self, WIDE, (24, 20, 24, 20))
        heading = column(gap=4)
        self.heading = PlainLabel(title, "title")
        heading.addWidget(self.heading)
        if words:
            heading.addWidget(PlainLabel(words, "muted", wrap=True))
        outer.addLayout(heading)
        self.banner = Banner(look)
        outer.addWidget(self.banner)
        self.body: QVBoxLayout = column(gap=12)
        outer.addLayout(self.body, 1)
        self.buttons: QHBoxLayout = row(gap=GAP)
        self.buttons.addStretch()
        outer.addLayout(self.buttons)

    def setVisible(self, visible: bool) -> None:
        self._bound()
        super().setVisible(visible)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._bound()
        return super().event(event)

    def _bound(self) -> None:
        """With less room parts are laid over each other: the layout's own bound gives wrapped words a single line."""
        width = max(self._least_width, self._outer.totalMinimumSize().width())
        height = self._outer.totalMinimumHeightForWidth(width)
        self.setMinimumSize(QSize(width, height).boundedTo(self.screen().availableSize()))

    def add_button(self, words: str, primary: bool = False) -> QPushButton:
        button = QPushButton(words)
        button.setAccessibleName(words.rstrip("…"))
        button.setAutoDefault(primary)
        button.setDefault(primary)
        if primary:
            button.setProperty("role", "primary")
        self.buttons.addWidget(button)
        return button

    def add_field(self, words: str, field: QWidget, *beside: QWidget) -> PlainLabel:
        """A field under its name; the name is the field's accessible one, too."""
        label = PlainLabel(words, "strong")
        label.setBuddy(field)
        field.setAccessibleName(words)
        if isinstance(field, QComboBox):
            field.view().setAccessibleName(words)
        stack = column(gap=4)
        stack.addWidget(label)
        line = row(gap=GAP)
        line.addWidget(field, 1)
        for widget in beside:
            line.addWidget(widget)
        stack.addLayout(line)
        self.body.addLayout(stack)
        return label


class WorkDialog(Dialog):
    """Its work may end after it was closed: how it ended is then told to the window, which shows it instead."""

    told = Signal(str, str, object)  # the message, the words of its button, what that does
    failed = Signal(object)

    def tell(self, message: str, action: str = "", act: Callable[[], None] = lambda: None) -> None:
        if self.isVisible():
            self.banner.tell(message, action, act)
        else:
            self.told.emit(message, action, act)

    def fail(self, error: Exception) -> None:
        if self.isVisible():
            self.banner.fail(error)
        else:
            self.failed.emit(error)
