"""The users of the store and what an administrator does with them. No widget, no display."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from desktop.services import Services
from desktop.tasks import Tasks
from domain.access.roles import Person, Role


class UsersViewModel(QObject):
    """Each change asks `own`, the administrator's passphrase, again: the window may have stood open.

    It ends in `shown` with the users as they are then, and before it in `changed`; or in `failed`.
    """

    shown = Signal(tuple)
    changed = Signal()
    printed = Signal(str)  # the recovery key
    failed = Signal(Exception)

    def __init__(self, services: Services, tasks: Tasks) -> None:
        super().__init__()
        self._services = services
        self._tasks = tasks
        self.people: tuple[Person, ...] = ()

    def read(self) -> None:
        self._tasks.read(self._services.users, self._show, self.failed.emit)

    def add(self, own: str, name: str, identity: str, roles: tuple[Role, ...], passphrase: str) -> None:
        self._change(lambda: self._services.add_user(own, name, identity, roles, passphrase))

    def set_roles(self, own: str, name: str, roles: tuple[Role, ...]) -> None:
        self._change(lambda: self._services.set_roles(own, name, roles))

    def reset(self, own: str, name: str, passphrase: str) -> None:
        self._change(lambda: self._services.reset_passphrase(own, name, passphrase))

    def set_disabled(self, own: str, name: str, disabled: bool) -> None:
        self._change(lambda: self._services.set_disabled(own, name, disabled))

    def new_sheet(self, own: str) -> None:
        self._tasks.write(lambda: self._services.new_recovery_sheet(own), self._sheet, self.failed.emit)

    def _change(self, job: Callable[[], object]) -> None:
        def done(_: object) -> None:
            self.changed.emit()
            self.read()

        self._tasks.write(job, done, self.failed.emit)

    def _sheet(self, key: str) -> None:
        self.changed.emit()
        self.printed.emit(key)

    def _show(self, people: tuple[Person, ...]) -> None:
        self.people = people
        self.shown.emit(people)
