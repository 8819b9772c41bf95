"""How a passphrase or the recovery key finds the key of a store, and what becomes of a key file of the first format."""

import base64
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from domain.access.lockout import Attempts
from domain.access.roles import Person
from domain.access.wrapping import (
    KEY_BYTES,
    KeyCost,
    derive,
    new_recovery_key,
    recovery_key,
    recovery_text,
    seal,
    subkey,
    unseal,
    unwrap,
    wrap,
)
from domain.errors import LockedOut, NotAllowed, RecoveryKeyWrong, StoreDamaged, UnknownUser, WrongPassphrase
from domain.store.key_file import CHECK_BYTES, KeyFile, LegacyKeyFile, Slot, read_key_file, write_key_file
from domain.store.lock import OwnerLock, lock_path

RECOVERED = "recovered "  # how the change that a recovery makes begins
LOST = "Check capitals and keyboard layout. An administrator of the store can reset it; the recovery sheet can too."


@dataclass(frozen=True, slots=True)
class Unlocked:
    """`key` in base64, as DuckDB takes it; `failed` wrong passphrases came before the right one."""

    key: str
    person: Person
    file: KeyFile
    failed: int = 0


def key_path(store: Path) -> Path:
    return store.with_name(store.name + ".key")


def raw(key: str) -> bytes:
    return base64.b64decode(key)


def new_key(passphrase: str, owner: str, cost: KeyCost, now: float) -> Unlocked:
    """A fresh key for a store whose first user decides and administers. Raises WrongPassphrase for an empty one."""
    return _first_user(os.urandom(KEY_BYTES), passphrase, owner, cost, now, "made")


def unlock(path: Path, passphrase: str, user: str | None, login: str, now: float, cost: KeyCost) -> Unlocked:
    """Opens the key file at `path`; one of the first format becomes one of this format, with `login` as its user.

    `user` None: the store's only user, else the one named as `login`. `now` in seconds since 1970. A passphrase is
    counted as wrong in the file before it is tried. Raises WrongPassphrase, UnknownUser, LockedOut, NotAllowed,
    StoreDamaged, OSError.
    """
    file = read_key_file(path)
    if isinstance(file, LegacyKeyFile):
        return _from_legacy(path, file, passphrase, user, login, now, cost)
    slot = _chosen(file, user, login, path)
    count_try(path, file, slot, now)
    key = _unwrapped(file, slot, passphrase, _store(path))
    _check_seal(file, key, path)
    file = file.with_slot(replace(slot, attempts=Attempts()))
    write_key_file(path, file)
    if slot.person.disabled:
        raise NotAllowed(f"{slot.person.name} is disabled.", "Ask an administrator of this store.")
    return Unlocked(base64.b64encode(key).decode(), slot.person, file, slot.attempts.failed)


def count_try(path: Path, file: KeyFile, slot: Slot, now: float) -> KeyFile:
    """The file with one more wrong passphrase for `slot`, written: before the passphrase is tried.

    Raises LockedOut while a pause lasts, OSError.
    """
    wait = slot.attempts.wait(now)
    if wait:
        raise LockedOut(
            f"{slot.attempts.failed} wrong passphrases were given for {slot.person.name}.", f"Wait {_words(wait)}."
        )
    counted = file.with_slot(replace(slot, attempts=slot.attempts.one_more(now)))
    write_key_file(path, counted)
    return counted


def prove(path: Path, file: KeyFile, slot: Slot, passphrase: str) -> KeyFile:
    """That `passphrase` is the slot's: the file with no wrong ones, written. Raises WrongPassphrase, OSError."""
    _unwrapped(file, slot, passphrase, _store(path))
    proved = file.with_slot(replace(slot, attempts=Attempts()))
    write_key_file(path, proved)
    return proved


def unlocked_copy(store: Path, passphrase: str, user: str | None, login: str) -> Unlocked:
    """Of a backup, which is not to be changed: no try is counted. Raises as `unlock` does."""
    path = key_path(store)
    file = read_key_file(path)
    if isinstance(file, LegacyKeyFile):
        return _first_user(_legacy_key(path, file, passphrase), passphrase, user or login, file.cost, 0.0, "")
    slot = _chosen(file, user, login, path)
    key = _unwrapped(file, slot, passphrase, store)
    _check_seal(file, key, path)
    if slot.person.disabled:
        raise NotAllowed(f"{slot.person.name} is disabled.", "Ask an administrator of this store.")
    return Unlocked(base64.b64encode(key).decode(), slot.person, file)


def recover(path: Path, sheet: str, user: str, passphrase: str, now: float, cost: KeyCost) -> None:
    """Gives the administrator `user` a new passphrase by the recovery sheet. The audit gets it at the next opening.

    Raises RecoveryKeyWrong, UnknownUser, WrongPassphrase for an empty passphrase, StoreInUse, StoreDamaged, OSError.
    """
    lock = OwnerLock(lock_path(_store(path)), _store(path))
    try:
        _recover(path, sheet, user, passphrase, now, cost)
    finally:
        lock.release()


def _recover(path: Path, sheet: str, user: str, passphrase: str, now: float, cost: KeyCost) -> None:
    file = read_key_file(path)
    wrong = RecoveryKeyWrong(
        f"This recovery key does not open {_store(path)}.", "Only the newest sheet of the store does."
    )
    under = subkey(recovery_key(sheet), "recovery")
    if isinstance(file, LegacyKeyFile) or file.recovery is None:
        raise wrong
    key = unseal(file.recovery, under, file.recovery_bound_to)
    if key is None:
        raise wrong
    _check_seal(file, key, path)
    slot = file.slot(user)
    if slot is None or "administrator" not in slot.person.roles:
        able = ", ".join(held.person.name for held in file.slots if "administrator" in held.person.roles)
        raise UnknownUser(f"{user} is no administrator of {_store(path)}.", f"Name one of: {able}.")
    person = replace(slot.person, disabled=False, temporary=False)
    wrapped = wrap(key, passphrase, cost, file.bound_to(person.name))
    changed = file.with_slot(Slot(person, wrapped)).sealed(key, now, f"{RECOVERED}{person.name} by the recovery sheet")
    write_key_file(path, changed)


def with_recovery(file: KeyFile, key: bytes) -> tuple[KeyFile, str]:
    """The file with a new recovery key in the place of a former one, not yet sealed, and the text for the sheet."""
    recovery = new_recovery_key()
    box = seal(key, subkey(recovery, "recovery"), file.recovery_bound_to)
    return replace(file, recovery=box), recovery_text(recovery)


def _first_user(key: bytes, passphrase: str, owner: str, cost: KeyCost, now: float, change: str) -> Unlocked:
    empty = KeyFile(secrets.token_hex(16), 0, ())
    person = Person(owner, ("analyst", "administrator"))
    file = empty.with_slot(Slot(person, wrap(key, passphrase, cost, empty.bound_to(owner))))
    return Unlocked(base64.b64encode(key).decode(), person, file.sealed(key, now, change))


def _from_legacy(
    path: Path, file: LegacyKeyFile, passphrase: str, user: str | None, login: str, now: float, cost: KeyCost
) -> Unlocked:
    key = _legacy_key(path, file, passphrase)
    unlocked = _first_user(key, passphrase, user or login, cost, now, "made of a key file with one passphrase")
    write_key_file(path, unlocked.file)
    return unlocked


def _legacy_key(path: Path, file: LegacyKeyFile, passphrase: str) -> bytes:
    derived = derive(passphrase, file.salt, file.cost, KEY_BYTES + CHECK_BYTES)
    if not hmac.compare_digest(hashlib.sha256(derived[KEY_BYTES:]).digest(), file.check):
        raise WrongPassphrase(f"The passphrase does not open {_store(path)}.", LOST)
    return derived[:KEY_BYTES]


def _chosen(file: KeyFile, user: str | None, login: str, path: Path) -> Slot:
    active = [slot for slot in file.slots if not slot.person.disabled]
    if user is None and len(active) == 1:
        return active[0]
    slot = file.slot(login if user is None else user)
    if slot is None:
        names = ", ".join(held.person.name for held in active)
        asked = f"has no user {user}" if user else "has several users"
        raise UnknownUser(f"{_store(path)} {asked}.", f"Name one with --user: {names}.")
    return slot


def _unwrapped(file: KeyFile, slot: Slot, passphrase: str, store: Path) -> bytes:
    key = unwrap(slot.wrapped, passphrase, file.bound_to(slot.person.name))
    if key is None:
        raise WrongPassphrase(f"The passphrase of {slot.person.name} does not open {store}.", LOST)
    return key


def _check_seal(file: KeyFile, key: bytes, path: Path) -> None:
    if not file.is_sealed_by(key):
        raise StoreDamaged(
            f"The key file {path} was changed outside whyflag: its users are not those that were sealed.",
            "Restore the .key file from a backup, and find out who changed it.",
        )


def _store(path: Path) -> Path:
    return path.with_suffix("")


def _words(wait: timedelta) -> str:
    seconds = max(1, round(wait.total_seconds()))
    return f"{seconds} seconds" if seconds < 120 else f"{round(seconds / 60)} minutes"
