"""Offers what an earlier crash left: to read, to copy, to keep or to delete."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from desktop.support.crash import CrashFile
from desktop.support.look import Look
from desktop.support.translation import tr
from desktop.widgets.dialog import Dialog


class CrashDialog(Dialog):
    def __init__(self, crash: CrashFile, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("whyflag ended badly last time"),
            tr(
                "This is all that was written of it, in {file} on this machine: places in the code and versions, no"
                " case and no passphrase. It is sent nowhere; hand it to whoever looks after whyflag here.",
                file=crash.path,
            ),
            look,
            parent,
        )
        self._crash = crash
        self.resize(look.scaled(720), look.scaled(480))
        self.text = QPlainTextEdit(crash.left_behind())
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.add_field(tr("What was written"), self.text)
        self.delete = self.add_button(tr("Delete the file"))
        self.copy = self.add_button(tr("Copy"))
        self.keep = self.add_button(tr("Keep the file"), primary=True)
        self.delete.clicked.connect(self._delete)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        self.keep.clicked.connect(self._keep)

    def _keep(self) -> None:
        self._crash.keep()
        self.accept()

    def _delete(self) -> None:
        self._crash.delete()
        self.accept()
