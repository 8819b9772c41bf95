"""The users of a store, as a table."""

from desktop.support.translation import mark, tr
from desktop.tables.queue_model import LEFT
from desktop.tables.text_table import TextTable
from domain.access.roles import Person, Role

COLUMNS = ((mark("Name"), LEFT), (mark("Roles"), LEFT), (mark("Person"), LEFT), (mark("State"), LEFT))
ROLE_WORDS: dict[Role, str] = {
    "analyst": mark("analyst"),
    "approver": mark("approver"),
    "administrator": mark("administrator"),
    "auditor": mark("auditor"),
}


class UsersModel(TextTable[Person]):
    def __init__(self) -> None:
        super().__init__(COLUMNS, _cells)

    def person(self, line: int) -> Person:
        return self._rows[line]


def _cells(person: Person) -> tuple[str, ...]:
    roles = ", ".join(tr(ROLE_WORDS[role]) for role in person.roles)
    return (person.name, roles, person.identity, state_words(person))


def state_words(person: Person) -> str:
    if person.disabled:
        return tr("disabled")
    return tr("must change the passphrase") if person.temporary else ""
