"""The signs of a chart with their words: each sign in its colour, told apart by its shape too."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from desktop.support.look import Look
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import clear, row


@dataclass(frozen=True, slots=True)
class Sign:
    """`colour` is a role of the theme; `words` are in the person's language."""

    sign: str
    words: str
    colour: str


class Legend(QWidget):
    def __init__(self, look: Look, signs: Iterable[Sign] = ()) -> None:
        super().__init__()
        self._look = look
        self._line = row(self, 14)
        self._drawn: list[tuple[PlainLabel, str]] = []
        look.changed.connect(self._colour)
        self.show_signs(signs)

    def show_signs(self, signs: Iterable[Sign]) -> None:
        clear(self._line)
        self._drawn.clear()
        for sign in signs:
            entry = QWidget()
            beside = row(entry, 4)
            drawn = PlainLabel(sign.sign)
            beside.addWidget(drawn)
            beside.addWidget(PlainLabel(sign.words, "small"))
            self._drawn.append((drawn, sign.colour))
            self._line.addWidget(entry)
        self._line.addStretch()
        self._colour()

    def _colour(self) -> None:
        for drawn, colour in self._drawn:
            drawn.setStyleSheet(f"color: {self._look.theme.colour(colour)};")
