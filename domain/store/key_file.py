"""`<store>.key`: one slot a user, in which that user's passphrase finds the store's key, and one for the recovery key.

The file is no secret, but without it nothing opens the store: a backup takes both. Names and roles are under a seal
made with the store's key, so that an edit of the file gives nobody a role; wrong passphrases are counted outside it,
for they are counted before the key is known.
"""

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from domain.access.lockout import Attempts
from domain.access.roles import ROLES, Person
from domain.access.wrapping import NONCE_BYTES, SALT_BYTES, KeyCost, Wrapped, subkey
from domain.errors import StoreDamaged
from domain.private_file import written_whole

FORMAT = 2
TAG_BYTES = 16
KEY_BYTES = 32
CHECK_BYTES = 32
MOST_USERS = 1000
MOST_BYTES = 4 * 1024 * 1024
MOST_MEMORY_KIB = 4 * 1024 * 1024  # a forged key file must not make the derivation eat the machine
MOST_PASSES = 100
LONGEST_NAME = 64
RESTORE = "Restore the store and its .key file from the same backup."


@dataclass(frozen=True, slots=True)
class Slot:
    """A user and the store's key under that user's passphrase."""

    person: Person
    wrapped: Wrapped
    attempts: Attempts = field(default_factory=Attempts)


@dataclass(frozen=True, slots=True)
class KeyFile:
    """`revision` grows with each change and is kept in the store too: an older file is told from the newest.

    `change` says what was changed last; `recovery` is the key under the recovery key, where there is one.
    """

    store_id: str
    revision: int
    slots: tuple[Slot, ...]
    change: str = ""
    recovery: bytes | None = None
    seal: bytes = b""

    def slot(self, name: str) -> Slot | None:
        """Names are one whatever their case."""
        wanted = name.casefold()
        return next((slot for slot in self.slots if slot.person.name.casefold() == wanted), None)

    def with_slot(self, slot: Slot) -> "KeyFile":
        """The slot in the place of its user's former one, else added."""
        name = slot.person.name.casefold()
        kept = [slot if held.person.name.casefold() == name else held for held in self.slots]
        if self.slot(name) is None:
            kept.append(slot)
        return replace(self, slots=tuple(kept))

    def bound_to(self, name: str) -> bytes:
        """What a user's box is bound to."""
        return _canonical([FORMAT, self.store_id, "user", name.casefold()])

    @property
    def sheet(self) -> str:
        """Tells the recovery sheets of a store apart, and nothing of what is on them; '' where there is none."""
        return hashlib.sha256(self.recovery).hexdigest() if self.recovery else ""

    @property
    def recovery_bound_to(self) -> bytes:
        return _canonical([FORMAT, self.store_id, "recovery"])

    def sealed(self, key: bytes, now: float, change: str) -> "KeyFile":
        """As it is to be written after a change. The revision holds the time, so that recovery outdates every copy."""
        newer = replace(self, revision=max(self.revision + 1, int(now)), change=change)
        return replace(newer, seal=newer._seal(key))

    def is_sealed_by(self, key: bytes) -> bool:
        return hmac.compare_digest(self.seal, self._seal(key))

    def _seal(self, key: bytes) -> bytes:
        content = _document(self)
        content.pop("seal")
        for user in content["users"]:
            user.pop("attempts")
        return hmac.digest(subkey(key, "users of a store"), _canonical(content), "sha256")


@dataclass(frozen=True, slots=True)
class LegacyKeyFile:
    """Format 1: the key itself was derived from the one passphrase; `check` proves that passphrase."""

    salt: bytes
    cost: KeyCost
    check: bytes


def is_name(name: str) -> bool:
    """Whether a user may be called so: visible, one line, no lone spaces at the ends."""
    return 0 < len(name) <= LONGEST_NAME and name == name.strip() and name.isprintable() and _is_composed(name)


def write_key_file(path: Path, file: KeyFile) -> None:
    """Atomic: the new file is there whole, on disk and its owner's alone, or the former one is. Raises OSError."""
    with written_whole(path) as out:
        out.write((json.dumps(_document(file), indent=1, ensure_ascii=False) + "\n").encode())


def read_key_file(path: Path) -> KeyFile | LegacyKeyFile:
    """Raises StoreDamaged where it is missing, no key file, or asks for an absurd cost."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError("it is too large")
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["kdf"] != "argon2id":
            raise ValueError("another derivation")
        if content["format"] == 1:
            return _legacy(content)
        if content["format"] != FORMAT:
            raise ValueError("another format")
        return _read(content)
    except FileNotFoundError as missing:
        raise StoreDamaged(f"The key file {path} is missing.", RESTORE) from missing
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as broken:
        raise StoreDamaged(f"The key file {path} cannot be read: {broken}.", RESTORE) from broken


def _document(file: KeyFile) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "kdf": "argon2id",
        "store": file.store_id,
        "revision": file.revision,
        "change": file.change,
        "users": [
            {
                "name": slot.person.name,
                "identity": slot.person.identity,
                "roles": list(slot.person.roles),
                "disabled": slot.person.disabled,
                "temporary": slot.person.temporary,
                **asdict(slot.wrapped.cost),
                "salt": slot.wrapped.salt.hex(),
                "box": slot.wrapped.box.hex(),
                "attempts": asdict(slot.attempts),
            }
            for slot in file.slots
        ],
        "recovery": file.recovery.hex() if file.recovery else None,
        "seal": file.seal.hex(),
    }


def _read(content: Mapping[str, Any]) -> KeyFile:
    users = content["users"]
    if not 0 < len(users) <= MOST_USERS:
        raise ValueError("it has no user, or too many")
    recovery = content["recovery"]
    file = KeyFile(
        str(content["store"]),
        int(content["revision"]),
        tuple(_slot(user) for user in users),
        str(content["change"]),
        _bytes(recovery, NONCE_BYTES + KEY_BYTES + TAG_BYTES) if recovery else None,
        _bytes(content["seal"], 32),
    )
    if len({slot.person.name.casefold() for slot in file.slots}) < len(file.slots):
        raise ValueError("a user stands twice")
    return file


def _slot(user: Mapping[str, Any]) -> Slot:
    roles = tuple(role for role in ROLES if role in user["roles"])
    if not is_name(user["name"]) or len(roles) != len(user["roles"]):
        raise ValueError("a user's name or role")
    person = Person(user["name"], roles, str(user["identity"]), bool(user["disabled"]), bool(user["temporary"]))
    box = _bytes(user["box"], NONCE_BYTES + KEY_BYTES + TAG_BYTES)
    attempts = Attempts(max(0, int(user["attempts"]["failed"])), float(user["attempts"]["last"]))
    return Slot(person, Wrapped(_bytes(user["salt"], SALT_BYTES), _cost(user), box), attempts)


def _legacy(content: Mapping[str, Any]) -> LegacyKeyFile:
    return LegacyKeyFile(_bytes(content["salt"], SALT_BYTES), _cost(content), _bytes(content["check"], CHECK_BYTES))


def _cost(content: Mapping[str, Any]) -> KeyCost:
    cost = KeyCost(int(content["memory_kib"]), int(content["passes"]), int(content["lanes"]))
    if not (0 < cost.memory_kib <= MOST_MEMORY_KIB and 0 < cost.passes <= MOST_PASSES and 0 < cost.lanes <= 64):
        raise ValueError("a cost out of range")
    return cost


def _bytes(text: str, length: int) -> bytes:
    found = bytes.fromhex(text)
    if len(found) != length:
        raise ValueError("a value of the wrong length")
    return found


def _canonical(content: object) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def _is_composed(name: str) -> bool:
    return unicodedata.is_normalized("NFC", name)
