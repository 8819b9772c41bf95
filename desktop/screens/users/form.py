"""What is asked before a user is changed: always the administrator's own passphrase, and what the change needs."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from desktop.support.look import Look
from desktop.support.translation import mark, tr
from desktop.tables.users_model import ROLE_WORDS
from desktop.widgets.dialog import Dialog
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import column
from domain.access.roles import ROLES, Role

DUTIES: dict[Role, str] = {
    "analyst": mark("imports, scores, decides, writes reports"),
    "approver": mark("approves or rejects what another person proposed"),
    "administrator": mark("users, policy, classifiers, thresholds, rules, backups"),
    "auditor": mark("reads, and checks the audit; no other role beside it"),
}


class UserForm(Dialog):
    """Stays open until the change is made: `asked` tells that it is wanted, `settle` how it went."""

    asked = Signal()

    def __init__(self, title: str, words: str, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(title, words, look, parent)
        self.name, self.identity, self.passphrase, self.own = QLineEdit(), QLineEdit(), QLineEdit(), QLineEdit()
        self._boxes: dict[Role, QCheckBox] = {}
        self._wanted: list[QLineEdit] = []

    def ask_name(self) -> None:
        self._ask(self.name, tr("Name"))
        self.identity.setPlaceholderText(tr("Only where one human being has several users"))
        self.add_field(tr("Person"), self.identity)

    def ask_roles(self, held: Sequence[Role] = ()) -> None:
        stack = column(gap=4)
        stack.addWidget(PlainLabel(tr("Roles"), "strong"))
        for role in ROLES:
            box = QCheckBox(f"{tr(ROLE_WORDS[role])}: {tr(DUTIES[role])}")
            box.setAccessibleName(tr(ROLE_WORDS[role]))
            box.setChecked(role in held)
            box.toggled.connect(self._changed)
            self._boxes[role] = box
            stack.addWidget(box)
        self.body.addLayout(stack)

    def ask_passphrase(self) -> None:
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self._ask(self.passphrase, tr("First passphrase; it reads only until its user changes it"))

    def ask_own(self, button: str) -> None:
        """The last of all: with the buttons."""
        self.own.setEchoMode(QLineEdit.EchoMode.Password)
        self._ask(self.own, tr("Your own passphrase"))
        cancel = self.add_button(tr("Cancel"))
        self.go = self.add_button(button, primary=True)
        cancel.clicked.connect(self.reject)
        self.go.clicked.connect(self._go)
        self._changed()
        self._wanted[0].setFocus()

    @property
    def roles(self) -> tuple[Role, ...]:
        return tuple(role for role in ROLES if role in self._boxes and self._boxes[role].isChecked())

    def settle(self, error: Exception | None = None) -> None:
        """None: it is done, and the dialog goes."""
        if error is None:
            self.accept()
            return
        self.own.clear()
        self._changed()
        self.banner.fail(error)
        self.own.setFocus()

    def done(self, result: int) -> None:
        """No passphrase stays in a field."""
        self.own.clear()
        self.passphrase.clear()
        super().done(result)

    def _ask(self, field: QLineEdit, words: str) -> None:
        self.add_field(words, field)
        self._wanted.append(field)
        field.textChanged.connect(self._changed)

    def _go(self) -> None:
        self.banner.hide()
        self.go.setEnabled(False)
        self.asked.emit()

    def _changed(self) -> None:
        if hasattr(self, "go"):
            whole = all(field.text().strip() for field in self._wanted)
            self.go.setEnabled(whole and (bool(self.roles) or not self._boxes))
