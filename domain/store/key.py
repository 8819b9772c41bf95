"""The key of a store: derived from a passphrase by Argon2id; salt and cost stand in a small file beside the store.

DuckDB's own derivation is one SHA-256, which a graphics card tries a billion times a second. The key file also holds a
check value, so that a wrong passphrase is told from a damaged store. It is no secret, but without it no passphrase
opens the store: a backup takes both files.
"""

import base64
import hashlib
import hmac
import json
import os
import unicodedata
from dataclasses import asdict, dataclass
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw

from domain.errors import StoreDamaged, WrongPassphrase

FORMAT = 1
KEY_BYTES = 32
CHECK_BYTES = 32
SALT_BYTES = 16
MOST_MEMORY_KIB = 4 * 1024 * 1024  # a forged key file must not make the derivation eat the machine
MOST_PASSES = 100
RESTORE = "Restore the store and its .key file from the same backup."


@dataclass(frozen=True, slots=True)
class KeyCost:
    """What one guess of the passphrase costs. The defaults follow RFC 9106's second choice (64 MiB, 3 passes)."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The content of `<store>.key`: `check` proves a passphrase without touching the store."""

    salt: bytes
    cost: KeyCost
    check: bytes


def key_path(store: Path) -> Path:
    return store.with_name(store.name + ".key")


def new_key(passphrase: str, cost: KeyCost) -> tuple[str, KeyFile]:
    """A fresh key in base64 and the file that lets the passphrase find it again. Refuses an empty passphrase."""
    if not passphrase:
        raise WrongPassphrase("An empty passphrase protects nothing.", "Choose a passphrase of several words.")
    salt = os.urandom(SALT_BYTES)
    key, check = _derive(passphrase, salt, cost)
    return key, KeyFile(salt, cost, check)


def key_for(passphrase: str, file: KeyFile, store: Path) -> str:
    """The key in base64. Raises WrongPassphrase."""
    key, check = _derive(passphrase, file.salt, file.cost)
    if not hmac.compare_digest(check, file.check):
        raise WrongPassphrase(
            f"The passphrase does not open {store}.",
            "Check capitals and keyboard layout. A lost passphrase cannot be recovered.",
        )
    return key


def write_key_file(path: Path, file: KeyFile) -> None:
    """Atomic: the file is there whole, on disk, or not at all. Raises OSError."""
    text = json.dumps(
        {"format": FORMAT, "kdf": "argon2id", **asdict(file.cost), "salt": file.salt.hex(), "check": file.check.hex()},
        indent=1,
    )
    draft = path.with_name(path.name + ".new")
    with draft.open("w", encoding="ascii") as out:
        out.write(text + "\n")
        out.flush()
        os.fsync(out.fileno())
    draft.rename(path)


def read_key_file(path: Path) -> KeyFile:
    """Raises StoreDamaged where it is missing, no key file, or asks for an absurd cost."""
    try:
        content = json.loads(path.read_text(encoding="ascii"))
        if content["format"] != FORMAT or content["kdf"] != "argon2id":
            raise ValueError("another format")
        cost = KeyCost(int(content["memory_kib"]), int(content["passes"]), int(content["lanes"]))
        if not (0 < cost.memory_kib <= MOST_MEMORY_KIB and 0 < cost.passes <= MOST_PASSES and 0 < cost.lanes <= 64):
            raise ValueError("a cost out of range")
        file = KeyFile(bytes.fromhex(content["salt"]), cost, bytes.fromhex(content["check"]))
        if len(file.salt) != SALT_BYTES or len(file.check) != CHECK_BYTES:
            raise ValueError("a value of the wrong length")
    except FileNotFoundError as missing:
        raise StoreDamaged(f"The key file {path} is missing.", RESTORE) from missing
    except (OSError, ValueError, KeyError, TypeError) as broken:
        raise StoreDamaged(f"The key file {path} cannot be read: {broken}.", RESTORE) from broken
    return file


def _derive(passphrase: str, salt: bytes, cost: KeyCost) -> tuple[str, bytes]:
    """Key and check value come from separate halves of the derived bytes, so that one tells nothing of the other."""
    derived = hash_secret_raw(
        unicodedata.normalize("NFC", passphrase).encode(),
        salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=KEY_BYTES + CHECK_BYTES,
        type=Type.ID,
    )
    return base64.b64encode(derived[:KEY_BYTES]).decode(), hashlib.sha256(derived[KEY_BYTES:]).digest()
