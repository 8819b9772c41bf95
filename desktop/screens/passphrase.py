"""Changes one's own passphrase. The former one is asked: the window may have stood open."""

from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.services import Services
from desktop.support.look import Look
from desktop.support.translation import tr
from desktop.tasks import Tasks
from desktop.widgets.dialog import Dialog
from desktop.widgets.labels import Remark


class PassphraseDialog(Dialog):
    def __init__(self, services: Services, tasks: Tasks, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Change the passphrase"),
            tr("Several words are easier to remember and harder to guess than a short word with symbols in it."),
            look,
            parent,
        )
        self._services = services
        self._tasks = tasks
        self.own, self.passphrase, self.again = QLineEdit(), QLineEdit(), QLineEdit()
        for field, words in (
            (self.own, tr("Current passphrase")),
            (self.passphrase, tr("New passphrase")),
            (self.again, tr("New passphrase again")),
        ):
            field.setEchoMode(QLineEdit.EchoMode.Password)
            self.add_field(words, field)
            field.textChanged.connect(self._changed)
        self._words = Remark("", "muted", wrap=True)
        self.body.addWidget(self._words)
        cancel = self.add_button(tr("Cancel"))
        self.change = self.add_button(tr("Change"), primary=True)
        cancel.clicked.connect(self.reject)
        self.change.clicked.connect(self._change)
        self._changed()
        self.own.setFocus()

    def _change(self) -> None:
        own, passphrase = self.own.text(), self.passphrase.text()
        self.change.setEnabled(False)
        self._words.setText(tr("Deriving the key from the passphrase…"))

        def done(_: object) -> None:
            self.accept()

        def failed(error: Exception) -> None:
            self._changed()
            self.banner.fail(error)

        self._tasks.write(lambda: self._services.change_passphrase(own, passphrase), done, failed)
        for field in (self.own, self.passphrase, self.again):
            field.clear()

    def _changed(self) -> None:
        same = self.passphrase.text() == self.again.text()
        self.change.setEnabled(bool(self.own.text() and self.passphrase.text()) and same)
        self._words.setText("" if same or not self.again.text() else tr("The two passphrases differ."))
