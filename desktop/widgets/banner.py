"""One line at the top of the window: what was done, with its undo, or what went wrong, with the way out."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QToolButton, QWidget

from desktop.support.failures import describe
from desktop.support.look import Look
from desktop.support.text import button_text, visible
from desktop.support.translation import tr
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import column, row

LONGEST_MESSAGE = 1000


class Banner(QFrame):
    """Stays until closed or replaced, so that nothing is missed."""

    shown = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._act: Callable[[], None] = lambda: None
        self._tone = "notice"
        self._picture = QLabel()
        self._picture.setTextFormat(Qt.TextFormat.PlainText)
        self.message = PlainLabel(role="strong", wrap=True)
        self.hint = PlainLabel(wrap=True)
        self.action = QPushButton()
        self.action.setAccessibleName(tr("No action"))
        self.action.clicked.connect(lambda: self._act())
        self._close = QToolButton()
        self._close.setAccessibleName(tr("Close this message"))
        self._close.setToolTip(tr("Close this message"))
        self._close.setAutoRaise(True)
        self._close.clicked.connect(self.hide)
        line = row(self, 12, (14, 8, 10, 8))
        line.addWidget(self._picture)
        words = column(gap=2)
        words.addWidget(self.message)
        words.addWidget(self.hint)
        line.addLayout(words, 1)
        line.addWidget(self.action)
        line.addWidget(self._close)
        look.changed.connect(self._draw)
        self.hide()

    def tell(self, message: str, action: str = "", act: Callable[[], None] = lambda: None) -> None:
        """Something was done; `act` is what its button does."""
        self._show("good", message, "", action, act)

    def warn(self, message: str, action: str, act: Callable[[], None]) -> None:
        """Something is to be looked at, and nothing of the work under way failed."""
        self._show("notice", message, "", action, act)

    def fail(self, error: Exception, action: str = "", act: Callable[[], None] = lambda: None) -> None:
        failure = describe(error)
        self._show("critical", failure.message, failure.hint, action, act)

    def _show(self, tone: str, message: str, hint: str, action: str, act: Callable[[], None]) -> None:
        self._tone, self._act = tone, act
        self.setProperty("tone", tone)
        self.message.setText(visible(message, LONGEST_MESSAGE))
        self.hint.setText(visible(hint, LONGEST_MESSAGE))
        self.hint.setVisible(bool(hint))
        self.action.setText(button_text(action))
        self.action.setAccessibleName(visible(action) or tr("No action"))
        self.action.setVisible(bool(action))
        for part in (self, self.message, self.hint):
            part.style().unpolish(part)
            part.style().polish(part)
        self.setAccessibleName(f"{self.message.text()} {self.hint.text()}".strip())
        self._draw()
        self.show()
        self.shown.emit(message)

    def _draw(self) -> None:
        picture = {"critical": "error", "notice": "notice"}.get(self._tone, "good")
        self._picture.setPixmap(self._look.pixmap(picture, self._tone, 20))
        self._close.setIcon(self._look.icon("close", "muted"))
