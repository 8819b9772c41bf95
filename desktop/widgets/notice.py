"""What was just decided, with its undo, in a corner that moves nothing: the review goes on without a jump."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from desktop.support.look import Look
from desktop.support.text import button_text, visible
from desktop.support.translation import tr
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import row

LONGEST = 90


class Notice(QWidget):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._act: Callable[[], None] = lambda: None
        self._picture = QLabel()
        self._picture.setTextFormat(Qt.TextFormat.PlainText)
        self.message = PlainLabel()
        self.action = QPushButton()
        self.action.setProperty("role", "link")
        self.action.clicked.connect(lambda: self._act())
        line = row(self, 8, (8, 0, 14, 0))
        line.addStretch()
        line.addWidget(self._picture)
        line.addWidget(self.message)
        line.addWidget(self.action)
        look.changed.connect(self._draw)
        self.tell("")

    def tell(self, message: str, action: str = "", act: Callable[[], None] = lambda: None) -> None:
        """An empty message takes the notice away."""
        self._act = act
        shown = visible(message, LONGEST)
        self.message.setText(shown)
        self.message.setAccessibleName(shown)
        self.action.setText(button_text(action))
        self.action.setAccessibleName(visible(action) or tr("No action"))
        for part, wanted in ((self._picture, message), (self.message, message), (self.action, action)):
            part.setVisible(bool(wanted))
        self._draw()

    def _draw(self) -> None:
        self._picture.setPixmap(self._look.pixmap("good", "good", 16))
