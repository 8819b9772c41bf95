"""Reopens a decided case that somebody objects to: with the ground, which stays in its history."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from desktop.support.look import Look
from desktop.support.text import visible
from desktop.support.translation import tr
from desktop.widgets.dialog import Dialog
from domain.casefile import UnsavedText

LONGEST_ID = 80


class ContestDialog(Dialog):
    """Tells `contested` with the ground, and meanwhile what is typed of it."""

    contested = Signal(str)
    typed = Signal(str)

    def __init__(self, alert_id: str, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Contest {alert}", alert=visible(alert_id, LONGEST_ID)),
            tr("This reopens the case. Its former decision and this ground stay in its history and in the audit."),
            look,
            parent,
        )
        self.ground = QPlainTextEdit()
        self.ground.setTabChangesFocus(True)
        self.add_field(tr("Who objects, and why"), self.ground)
        cancel = self.add_button(tr("Cancel"))
        self.reopen = self.add_button(tr("Reopen the case"), primary=True)
        cancel.clicked.connect(self.reject)
        self.reopen.clicked.connect(self._contest)
        self.ground.textChanged.connect(self._changed)
        self.reopen.setEnabled(False)
        self.ground.setFocus()

    def restore(self, typed: tuple[UnsavedText, ...]) -> None:
        """What was typed before, unless something is typed already."""
        for one in typed:
            if one.kind == "contest" and not self.ground.toPlainText():
                self.ground.setPlainText(one.text)

    def _contest(self) -> None:
        self.contested.emit(self.ground.toPlainText().strip())
        self.accept()

    def _changed(self) -> None:
        ground = self.ground.toPlainText()
        self.reopen.setEnabled(bool(ground.strip()))
        self.typed.emit(ground)
