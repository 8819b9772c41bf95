"""The note, the reasons and the four dispositions, each with its key."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QPushButton

from desktop.screens.case.reasons_button import ReasonsButton
from desktop.support.formats import DECIDING_WORDS
from desktop.support.keys import DISPOSITION_KEYS
from desktop.support.look import Look
from desktop.support.translation import tr
from desktop.tables.delegates import DISPOSITION_TONES
from desktop.widgets.layouts import row
from domain.review import Disposition

LONGEST_NOTE = 4000


class DecisionBar(QFrame):
    chosen = Signal(str, str, object)  # Disposition, note, tuple of reason codes
    typed = Signal(str)  # the note so far

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setProperty("role", "bar")
        self.note = QLineEdit()
        self.note.setAccessibleName(tr("Note to the decision"))
        self.note.setMaxLength(LONGEST_NOTE)
        self.note.setMinimumWidth(180)
        self.note.textEdited.connect(self.typed)
        line = row(self, 10, (20, 12, 20, 12))
        line.addWidget(self.note, 1)
        self.reasons = ReasonsButton()
        line.addWidget(self.reasons)
        self.buttons: dict[Disposition, QPushButton] = {}
        for disposition, _key in DISPOSITION_KEYS:
            button = QPushButton()
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(lambda _checked=False, disposition=disposition: self.choose(disposition))
            self.buttons[disposition] = button
            line.addWidget(button)
        look.changed.connect(self._draw)
        self._draw()
        self.show_keys({f"case.{disposition}": key for disposition, key in DISPOSITION_KEYS}.get)
        self.setEnabled(False)

    def show_keys(self, key_of: Callable[[str], str | None]) -> None:
        """Writes each button's key beside its words; `key_of` gives it for an action's id, where it has one."""
        for disposition, button in self.buttons.items():
            words, key = tr(DECIDING_WORDS[disposition]), key_of(f"case.{disposition}")
            button.setText(f"{words}  {key}" if key else words)
            button.setAccessibleName(tr("{words}, key {key}", words=words, key=key) if key else words)
        self.reasons.show_key(key_of("case.reasons"))
        note, key = tr("Note to the decision"), key_of("case.note")
        self.note.setPlaceholderText(f"{note} ({key})" if key else note)

    def choose(self, disposition: Disposition) -> None:
        if self.isEnabled():
            self.chosen.emit(disposition, self.note.text(), self.reasons.chosen(disposition))

    def ready(self, for_new_case: bool) -> None:
        """The note belongs to one case: another one begins empty."""
        if for_new_case:
            self.note.clear()
            self.reasons.clear()
        self.setEnabled(True)

    def restore(self, note: str) -> None:
        """What was typed before, unless something is typed already."""
        if not self.note.text():
            self.note.setText(note)

    def _draw(self) -> None:
        for disposition, button in self.buttons.items():
            button.setIcon(self._look.icon(disposition, DISPOSITION_TONES[disposition]))
