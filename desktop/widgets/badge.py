"""A state in a word and a picture on a tone: never by colour alone."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from desktop.support.look import Look
from desktop.widgets.labels import PlainLabel

ICON_SIZE = 14


class Badge(QFrame):
    """A small label; `tone` is one of the theme's tones, `icon` a file of resources/icons."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._icon_name = ""
        self._picture = QLabel()
        self._picture.setTextFormat(Qt.TextFormat.PlainText)
        self._words = PlainLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(7, 2, 8, 2)
        row.setSpacing(5)
        row.addWidget(self._picture)
        row.addWidget(self._words)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.changed.connect(self._draw)

    def show_state(self, words: str, icon: str, tone: str) -> None:
        self._icon_name = icon
        self._words.setText(words)
        self.setAccessibleName(words)
        styled = self.property("tone") == tone
        self.setProperty("tone", tone)
        for part in () if styled else (self, self._words):
            part.style().unpolish(part)
            part.style().polish(part)
        self._draw()

    @property
    def words(self) -> str:
        return self._words.text()

    def _draw(self) -> None:
        tone = self.property("tone")
        if tone and self._icon_name:
            self._picture.setPixmap(self._look.pixmap(self._icon_name, tone, ICON_SIZE))
