"""Manages the users of a store: each change asks the right, changes the key file, and leaves an audit entry.

No passphrase and no key is ever in an entry.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from domain.access.lockout import Attempts
from domain.access.roles import ROLES, Person, Role, require
from domain.access.wrapping import KeyCost, wrap
from domain.errors import NotAllowed, UnknownUser, UserExists
from domain.store import Store
from domain.store.key import with_recovery
from domain.store.key_file import LONGEST_NAME, KeyFile, Slot, is_name


def confirm(store: Store, passphrase: str, *, now: float) -> None:
    """Before users are changed in a window that stood open: its person gives the own passphrase again.

    Raises WrongPassphrase, LockedOut.
    """
    store.access.confirm(passphrase, now)


def people(store: Store) -> tuple[Person, ...]:
    """Every user, in the order they were added."""
    return store.access.people


def add_user(
    store: Store,
    name: str,
    roles: Sequence[Role],
    passphrase: str,
    *,
    now: float,
    identity: str = "",
    cost: KeyCost | None = None,
) -> Person:
    """A user who may only read until this passphrase, which the administrator knows, is changed.

    `identity` names the human being where one has several users. Raises NotAllowed, UserExists, UnknownUser for a bad
    name or role, WrongPassphrase for an empty one.
    """
    require(store.person, "administer")
    if not is_name(name):
        raise UnknownUser(f"{name!r} is no name for a user.", f"Use 1 to {LONGEST_NAME} visible characters.")
    held = store.access.file.slot(name)
    if held is not None:
        raise UserExists(f"{held.person.name} is a user already.", "Choose another name.")
    person = Person(name, _known(roles), identity, temporary=True)

    def edit(file: KeyFile, key: bytes) -> KeyFile:
        return file.with_slot(Slot(person, wrap(key, passphrase, cost or KeyCost(), file.bound_to(name))))

    details = {"after": ",".join(person.roles), "identity": person.identity}
    store.access.change(edit, now, "add_user", name, details)
    return person


def set_roles(store: Store, name: str, roles: Sequence[Role], *, now: float) -> Person:
    """Raises NotAllowed, UnknownUser, UserExists where no administrator would be left."""
    require(store.person, "administer")
    slot = _slot(store, name)
    person = replace(slot.person, roles=_known(roles))
    details = {"before": ",".join(slot.person.roles), "after": ",".join(person.roles)}
    _administered(store, person)
    store.access.change(_put(replace(slot, person=person)), now, "roles", person.name, details)
    return person


def set_disabled(store: Store, name: str, disabled: bool, *, now: float) -> Person:
    """A disabled user's passphrase opens nothing through whyflag. Raises as `set_roles`."""
    require(store.person, "administer")
    slot = _slot(store, name)
    person = replace(slot.person, disabled=disabled)
    _administered(store, person)
    details = {"before": slot.person.disabled, "after": disabled}
    edit = _put(replace(slot, person=person, attempts=Attempts()))
    store.access.change(edit, now, "disable_user" if disabled else "enable_user", person.name, details)
    return person


def reset_passphrase(store: Store, name: str, passphrase: str, *, now: float, cost: KeyCost | None = None) -> None:
    """By an administrator: until the user changes it, the user may only read. Ends a pause after wrong passphrases."""
    require(store.person, "administer")
    slot = _slot(store, name)
    mine = slot.person.name == store.person.name
    _set(store, replace(slot.person, temporary=not mine), passphrase, cost, now)


def change_passphrase(store: Store, passphrase: str, *, now: float, cost: KeyCost | None = None) -> None:
    """One's own: opening the store proved the former one. Raises WrongPassphrase for an empty one."""
    slot = _slot(store, store.person.name)
    _set(store, replace(slot.person, temporary=False), passphrase, cost, now)


def new_recovery_sheet(store: Store, *, now: float) -> str:
    """The text to print: it is shown this once, and makes every former sheet worthless. Raises NotAllowed."""
    require(store.person, "administer")
    shown: list[str] = []

    def edit(file: KeyFile, key: bytes) -> KeyFile:
        changed, text = with_recovery(file, key)
        shown.append(text)
        return changed

    store.access.change(edit, now, "recovery_sheet", store.person.name, {})
    return shown[0]


def _set(store: Store, person: Person, passphrase: str, cost: KeyCost | None, now: float) -> None:
    def edit(file: KeyFile, key: bytes) -> KeyFile:
        return file.with_slot(Slot(person, wrap(key, passphrase, cost or KeyCost(), file.bound_to(person.name))))

    store.access.change(edit, now, "passphrase", person.name, {"temporary": person.temporary})


def _put(slot: Slot) -> Callable[[KeyFile, bytes], KeyFile]:
    return lambda file, key: file.with_slot(slot)


def _slot(store: Store, name: str) -> Slot:
    slot = store.access.file.slot(name)
    if slot is None:
        known = ", ".join(person.name for person in store.access.people)
        raise UnknownUser(f"{store.path} has no user {name}.", f"Its users: {known}.")
    return slot


def _known(roles: Sequence[Role]) -> tuple[Role, ...]:
    """In the order of ROLES, each once."""
    unknown = [role for role in roles if role not in ROLES]
    if unknown or not roles:
        raise UnknownUser(f"{', '.join(unknown) or 'none'} is no role.", f"Choose some of {', '.join(ROLES)}.")
    if "auditor" in roles and len(set(roles)) > 1:
        raise NotAllowed("An auditor holds no other role.", "Whoever audits does not take part in what is audited.")
    return tuple(role for role in ROLES if role in roles)


def _administered(store: Store, changed: Person) -> None:
    after = [changed if person.name == changed.name else person for person in store.access.people]
    if not any("administrator" in person.roles and not person.disabled for person in after):
        raise UserExists(
            f"{changed.name} is the store's last administrator.", "Make another one first: nobody could manage users."
        )
