"""The store's key, wrapped: AES-256-GCM under a key that Argon2id makes of a passphrase, or under the recovery key."""

import base64
import hashlib
import hmac
import os
import unicodedata
from dataclasses import dataclass

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import RecoveryKeyWrong, WrongPassphrase

KEY_BYTES = 32
SALT_BYTES = 16
NONCE_BYTES = 12
CHECK_DIGITS = 4
GROUP = 4


@dataclass(frozen=True, slots=True)
class KeyCost:
    """What one guess of a passphrase costs: by default 256 MiB and 3 passes of Argon2id, twice RFC 9106's advice."""

    memory_kib: int = 256 * 1024
    passes: int = 3
    lanes: int = 4


@dataclass(frozen=True, slots=True)
class Wrapped:
    """`box` is nonce (12 bytes), then the key encrypted, then the tag (16 bytes)."""

    salt: bytes
    cost: KeyCost
    box: bytes


def derive(passphrase: str, salt: bytes, cost: KeyCost, length: int = KEY_BYTES) -> bytes:
    """Argon2id over the passphrase in Unicode's composed form, so that two keyboards type the same one."""
    return hash_secret_raw(
        unicodedata.normalize("NFC", passphrase).encode(),
        salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=length,
        type=Type.ID,
    )


def wrap(key: bytes, passphrase: str, cost: KeyCost, bound_to: bytes) -> Wrapped:
    """`bound_to` must be given again to unwrap: a box moved to another user opens for nobody.

    Raises WrongPassphrase for an empty one.
    """
    if not passphrase:
        raise WrongPassphrase("An empty passphrase protects nothing.", "Choose a passphrase of several words.")
    salt = os.urandom(SALT_BYTES)
    return Wrapped(salt, cost, seal(key, derive(passphrase, salt, cost), bound_to))


def unwrap(wrapped: Wrapped, passphrase: str, bound_to: bytes) -> bytes | None:
    """The key, or None where the passphrase is another one."""
    return unseal(wrapped.box, derive(passphrase, wrapped.salt, wrapped.cost), bound_to)


def seal(key: bytes, under: bytes, bound_to: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(under).encrypt(nonce, key, bound_to)


def unseal(box: bytes, under: bytes, bound_to: bytes) -> bytes | None:
    try:
        return AESGCM(under).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError):
        return None


def subkey(key: bytes, purpose: str) -> bytes:
    """32 bytes that tell nothing of `key` nor of the subkeys for other purposes."""
    return hmac.digest(key, f"whyflag {purpose}".encode(), "sha256")


def new_recovery_key() -> bytes:
    return os.urandom(KEY_BYTES)


def recovery_text(key: bytes) -> str:
    """For a sheet of paper: base32 in groups of four, the last of which checks the others."""
    body = base64.b32encode(key).decode().rstrip("=")
    text = body + _check(body)
    return "-".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))


def recovery_key(text: str) -> bytes:
    """Reads what a person typed from the sheet: spaces, hyphens and case do not matter. Raises RecoveryKeyWrong."""
    plain = "".join(text.split()).replace("-", "").upper().replace("0", "O").replace("1", "I").replace("8", "B")
    body, check = plain[:-CHECK_DIGITS], plain[-CHECK_DIGITS:]
    try:
        key = base64.b32decode(body + "=" * (-len(body) % 8))
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES or check != _check(body):
        raise RecoveryKeyWrong("The recovery key is mistyped: its check group does not fit.", "Compare it by group.")
    return key


def _check(body: str) -> str:
    return base64.b32encode(hashlib.sha256(body.encode()).digest()).decode()[:CHECK_DIGITS]
