"""Opens a store by its passphrase, or makes a new one where the file does not exist yet."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton, QWidget

from desktop.services import Opener, Services
from desktop.support.look import Look
from desktop.support.translation import tr
from desktop.tasks import Tasks
from desktop.widgets.dialog import Dialog
from desktop.widgets.labels import Remark
from domain.errors import WhyflagError


class UnlockDialog(Dialog):
    """Tells `unlocked` with the services; deriving the key takes a moment and runs off the window's thread."""

    unlocked = Signal(object, object)  # Services, Path

    def __init__(self, opener: Opener, tasks: Tasks, look: Look, path: str = "", parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Open a store"), tr("Cases stay in one encrypted file on this machine. Nothing leaves it."), look, parent
        )
        self._opener = opener
        self._tasks = tasks
        self.path = QLineEdit(path)
        self.path.setPlaceholderText(tr("Path of the store, for example /home/me/cases.duckdb"))
        self._browse = QPushButton(tr("Browse…"))
        self._browse.setAccessibleName(tr("Browse for a store"))
        self._browse.setAutoDefault(False)
        self.add_field(tr("Store"), self.path, self._browse)
        self.user = QLineEdit()
        self.user.setPlaceholderText(tr("Your user name; empty where you are its only user"))
        self.add_field(tr("User"), self.user)
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.add_field(tr("Passphrase"), self.passphrase)
        self.again = QLineEdit()
        self.again.setEchoMode(QLineEdit.EchoMode.Password)
        self._again_label = self.add_field(tr("Passphrase again"), self.again)
        self._words = Remark("", "muted", wrap=True)
        self.body.addWidget(self._words)
        self.quit = self.add_button(tr("Cancel"))
        self.open_button = self.add_button(tr("Open"), primary=True)
        self._browse.clicked.connect(self._choose)
        self.quit.clicked.connect(self.reject)
        self.open_button.clicked.connect(self.open_store)
        for field in (self.path, self.passphrase, self.again):
            field.textChanged.connect(self._changed)
        self._left = False
        self.finished.connect(self._leave)
        self._held = ""
        self._changed()
        (self.passphrase if path else self.path).setFocus()

    def lock(self, user: str) -> None:
        """For a store that was locked: only its passphrase is asked, and leaving the dialog quits."""
        self.setWindowTitle(tr("Locked"))
        self.heading.setText(tr("Locked"))
        self.setAccessibleName(tr("Locked"))
        self.user.setText(user)
        self.path.setReadOnly(True)
        self._browse.setVisible(False)
        self.quit.setText(tr("Quit"))
        self.quit.setAccessibleName(tr("Quit"))
        self.passphrase.setFocus()

    def hold(self, words: str) -> None:
        """Says why it cannot be opened yet, until `release`."""
        self._held = words
        self._changed()

    def release(self) -> None:
        self._held = ""
        self._changed()

    @property
    def creates(self) -> bool:
        """Whether the path names no file yet."""
        path = self.path.text().strip()
        return bool(path) and not Path(path).expanduser().exists()

    def open_store(self) -> None:
        path, passphrase, create = Path(self.path.text().strip()).expanduser(), self.passphrase.text(), self.creates
        user = self.user.text().strip() or None
        if create and passphrase != self.again.text():
            self.banner.fail(
                WhyflagError(tr("The two passphrases differ."), tr("Type the same one twice: it cannot be recovered."))
            )
            return

        def done(services: Services) -> None:
            if self._left:
                services.close()
                return
            self.passphrase.clear()
            self.again.clear()
            self.unlocked.emit(services, path)
            self.accept()

        def failed(error: Exception) -> None:
            if self._left:
                return
            self._working(False)
            self.banner.fail(error)
            self.passphrase.selectAll()
            self.passphrase.setFocus()

        self._working(True)
        self._tasks.read(lambda: self._opener(path, passphrase, create=create, user=user), done, failed)

    def _leave(self) -> None:
        """Nobody waits for the store any more, and the widgets may be gone: what still opens is closed at once."""
        self._left = True

    def _working(self, working: bool) -> None:
        for widget in (self.path, self.user, self.passphrase, self.again, self._browse, self.open_button):
            widget.setEnabled(not working)
        if working:
            self.banner.hide()
            self._words.setText(tr("Deriving the key from the passphrase…"))
        else:
            self._changed()

    def _changed(self) -> None:
        creates = self.creates
        self.again.setVisible(creates)
        self._again_label.setVisible(creates)
        self.open_button.setText(tr("Create") if creates else tr("Open"))
        self.open_button.setAccessibleName(self.open_button.text())
        self.open_button.setEnabled(bool(self.path.text().strip() and self.passphrase.text() and not self._held))
        new = tr("No file stands there: a new store is made. Its passphrase cannot be recovered.") if creates else ""
        self._words.setText(self._held or new)

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, tr("Choose a store, or name a new one"), self.path.text(),
            tr("Stores (*.duckdb *.whyflag);;All files (*)"), options=QFileDialog.Option.DontConfirmOverwrite,
        )  # fmt: skip
        if chosen:
            self.path.setText(chosen)
            self.passphrase.setFocus()
