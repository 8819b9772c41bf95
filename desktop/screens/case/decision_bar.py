"""The note and the four dispositions, each with its key."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QPushButton

from desktop.support.formats import DISPOSITION_WORDS
from desktop.support.keys import DISPOSITION_KEYS
from desktop.support.look import Look
from desktop.tables.delegates import DISPOSITION_TONES
from desktop.widgets.layouts import row
from domain.review import Disposition

LONGEST_NOTE = 4000
BUTTON_WORDS = {**DISPOSITION_WORDS, "escalated": "Escalate"}


class DecisionBar(QFrame):
    chosen = Signal(str, str)  # Disposition, note

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setProperty("role", "bar")
        self.note = QLineEdit()
        self.note.setAccessibleName("Note to the decision")
        self.note.setPlaceholderText("Note to the decision (T)")
        self.note.setMaxLength(LONGEST_NOTE)
        self.note.setMinimumWidth(180)
        line = row(self, 10, (20, 12, 20, 12))
        line.addWidget(self.note, 1)
        self.buttons: dict[Disposition, QPushButton] = {}
        for disposition, key in DISPOSITION_KEYS:
            words = BUTTON_WORDS[disposition]
            button = QPushButton(f"{words}  {key}")
            button.setAccessibleName(f"{words}, key {key}")
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(lambda _checked=False, disposition=disposition: self.choose(disposition))
            self.buttons[disposition] = button
            line.addWidget(button)
        look.changed.connect(self._draw)
        self._draw()
        self.setEnabled(False)

    def choose(self, disposition: Disposition) -> None:
        if self.isEnabled():
            self.chosen.emit(disposition, self.note.text())

    def ready(self, for_new_case: bool) -> None:
        """The note belongs to one case: another one begins empty."""
        if for_new_case:
            self.note.clear()
        self.setEnabled(True)

    def _draw(self) -> None:
        for disposition, button in self.buttons.items():
            button.setIcon(self._look.icon(disposition, DISPOSITION_TONES[disposition]))
