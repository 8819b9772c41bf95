"""The users of the store, for its administrator: adds, gives roles, disables, resets, prints the recovery sheet."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop.screens.users.form import UserForm
from desktop.screens.users.sheet import Printing, SheetDialog, print_text
from desktop.screens.users.view_model import UsersViewModel
from desktop.services import Services
from desktop.support.look import Look
from desktop.support.recovery_sheet import sheet_text
from desktop.support.text import visible
from desktop.support.translation import tr
from desktop.tables.users_model import UsersModel
from desktop.tasks import Tasks
from desktop.widgets.dialog import Dialog
from desktop.widgets.table import RowTable
from domain.access.roles import Person

SIZE = (760, 460)
WIDTHS = (150, 220, 150)


class UsersDialog(Dialog):
    def __init__(
        self,
        services: Services,
        tasks: Tasks,
        store: Path,
        look: Look,
        parent: QWidget | None = None,
        printing: Printing = print_text,
    ) -> None:
        super().__init__(
            tr("Users"),
            tr("Each opens the store with an own name and passphrase. What is changed here stands in the audit."),
            look,
            parent,
        )
        self.resize(*SIZE)
        self._look = look
        self._store = store
        self._printing = printing
        self.view_model = UsersViewModel(services, tasks)
        self._model = UsersModel()
        self.table = RowTable(tr("Users"), self._model)
        for number, width in enumerate(WIDTHS):
            self.table.setColumnWidth(number, width)
        self.body.addWidget(self.table, 1)
        self.form: UserForm | None = None
        self.sheet: SheetDialog | None = None
        self.add = self.add_button(tr("Add…"))
        self.change_roles = self.add_button(tr("Roles…"))
        self.reset = self.add_button(tr("Reset passphrase…"))
        self.disable = self.add_button(tr("Disable…"))
        self.print_sheet = self.add_button(tr("Recovery sheet…"))
        self.close_button = self.add_button(tr("Close"), primary=True)
        self.add.clicked.connect(self._add)
        self.change_roles.clicked.connect(self._roles)
        self.reset.clicked.connect(self._reset)
        self.disable.clicked.connect(self._disable)
        self.print_sheet.clicked.connect(self._sheet)
        self.close_button.clicked.connect(self.accept)
        self.table.stepped.connect(lambda _: self._look_at_line())
        self.view_model.shown.connect(self._show)
        self.view_model.changed.connect(lambda: self._settle(None))
        self.view_model.printed.connect(self._show_sheet)
        self.view_model.failed.connect(self._settle)
        self._look_at_line()
        self.view_model.read()

    @property
    def person(self) -> Person | None:
        return self._model.person(self.table.line) if self.table.line >= 0 else None

    def _add(self) -> None:
        form = self._new_form(tr("Add a user"), "")
        form.ask_name()
        form.ask_roles()
        form.ask_passphrase()
        model = self.view_model
        self._open(
            form,
            tr("Add"),
            lambda: model.add(
                form.own.text(), form.name.text().strip(), form.identity.text().strip(), form.roles,
                form.passphrase.text(),
            ),
        )  # fmt: skip

    def _roles(self) -> None:
        person = self.person
        if person is not None:
            form = self._new_form(tr("Roles of {user}", user=visible(person.name)), "")
            form.ask_roles(person.roles)
            self._open(form, tr("Change"), lambda: self.view_model.set_roles(form.own.text(), person.name, form.roles))

    def _reset(self) -> None:
        person = self.person
        if person is not None:
            form = self._new_form(
                tr("Reset the passphrase of {user}", user=visible(person.name)),
                tr("A pause after wrong ones ends, too."),
            )
            form.ask_passphrase()
            self._open(
                form,
                tr("Reset"),
                lambda: self.view_model.reset(form.own.text(), person.name, form.passphrase.text()),
            )

    def _disable(self) -> None:
        person = self.person
        if person is not None:
            user, disabled = visible(person.name), not person.disabled
            title = tr("Disable {user}", user=user) if disabled else tr("Enable {user}", user=user)
            words = tr("What they did stays theirs.") if disabled else ""
            form = self._new_form(title, words)
            self._open(
                form,
                tr("Disable") if disabled else tr("Enable"),
                lambda: self.view_model.set_disabled(form.own.text(), person.name, disabled),
            )

    def _sheet(self) -> None:
        form = self._new_form(
            tr("Print a recovery sheet"),
            tr("It opens the store without any passphrase, and is shown this once. Former sheets are worthless then."),
        )
        self._open(form, tr("Show it"), lambda: self.view_model.new_sheet(form.own.text()))

    def _new_form(self, title: str, words: str) -> UserForm:
        return UserForm(title, words, self._look, self)

    def _open(self, form: UserForm, button: str, ask: Callable[[], None]) -> None:
        form.ask_own(button)
        form.asked.connect(ask)
        form.finished.connect(self._form_ended)
        self.form = form
        form.open()

    def _form_ended(self) -> None:
        form, self.form = self.form, None
        if form is not None:
            form.deleteLater()

    def _settle(self, error: Exception | None) -> None:
        if self.form is not None:
            self.form.settle(error)
        elif error is not None:
            self.banner.fail(error)

    def _show(self, people: tuple[Person, ...]) -> None:
        line = max(0, self.table.line)
        self._model.replace_rows(people)
        self.table.step_to(min(line, len(people) - 1))
        self._look_at_line()

    def _look_at_line(self) -> None:
        person = self.person
        for button in (self.change_roles, self.reset, self.disable):
            button.setEnabled(person is not None)
        words = tr("Enable…") if person is not None and person.disabled else tr("Disable…")
        self.disable.setText(words)
        self.disable.setAccessibleName(words.rstrip("…"))

    def _show_sheet(self, key: str) -> None:
        text = sheet_text(self._store, key, self.view_model.people)
        self.sheet = SheetDialog(text, self._printing, self._look, self)
        self.sheet.finished.connect(self.sheet.deleteLater)
        self.sheet.open()
