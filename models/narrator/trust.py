"""Whose models may run here: manifests signed with Ed25519, and the keys that this machine goes by.

Three kinds of keys are trusted: whyflag's release key, whose public half is shipped and whose private half is not; a
bank's keys, which its administrator puts into a file of the data folder; and the machine's own key, made with the first
model that is trained or built here. A key's newest version is remembered, so that no older one takes its place.
"""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.errors import ModelRefused
from domain.private_file import made, written_whole
from domain.signing import Signer, fingerprint, is_signed

SIGNATURE = "whyflag.json.sig"
CONTEXT = b"whyflag model manifest, version 1\n"  # a signature of a report is none of a model
SEED_BYTES = 32
MACHINE, BANK, SEEN = "machine.key", "keys.json", "seen.json"  # in the trust folder


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """`public_key` in hex. `oldest` is the lowest version of this key's models that is not a step back."""

    name: str
    public_key: str
    oldest: int = 0


@dataclass(frozen=True, slots=True)
class Trust:
    """The keys, and the file that remembers the newest version seen of each; without one nothing is remembered."""

    keys: tuple[TrustedKey, ...]
    seen: Path | None = None

    def signer_of(self, manifest: bytes, signature: Path, folder: Path) -> TrustedKey:
        """Whose signature stands under the manifest. Raises ModelRefused."""
        try:
            told = json.loads(signature.read_text(encoding="utf-8"))
            public_key, signed = str(told["public_key"]), str(told["signature"])
        except FileNotFoundError as missing:
            raise ModelRefused(
                f"The model in {folder} is not signed.",
                "An administrator signs it with `whyflag narrator sign`; one that is trained here is signed by itself.",
            ) from missing
        except (OSError, ValueError, KeyError, TypeError) as damaged:
            raise ModelRefused(f"The signature in {folder} cannot be read.", "Install the model again.") from damaged
        if not is_signed(CONTEXT + manifest, signed, public_key):
            raise ModelRefused(
                f"The manifest in {folder} is not the one that was signed.", "Install it again; do not use this one."
            )
        for key in self.keys:
            if key.public_key == public_key:
                return key
        raise ModelRefused(
            f"The model in {folder} is signed by a key that is not trusted here ({fingerprint(public_key)[:16]}).",
            "If the bank's administrator names this fingerprint, run `whyflag narrator trust`.",
        )

    def require_no_step_back(self, key: TrustedKey, version: int, folder: Path) -> None:
        """Remembers the version. Raises ModelRefused where a newer one ran here or was shipped."""
        seen = self._seen()
        newest = max(key.oldest, seen.get(key.public_key, 0))
        if version < newest:
            raise ModelRefused(
                f"The model in {folder} is version {version}, but {newest} of the same signer is known here.",
                "Install the newest one. To go back on purpose, an administrator signs the older one anew.",
            )
        if self.seen is not None and version > newest:
            self.seen.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with written_whole(self.seen) as out:
                out.write(json.dumps(seen | {key.public_key: version}, indent=2).encode())

    def _seen(self) -> dict[str, int]:
        if self.seen is None or not self.seen.exists():
            return {}
        try:
            return {str(key): int(version) for key, version in json.loads(self.seen.read_text("utf-8")).items()}
        except (OSError, ValueError, AttributeError, TypeError) as damaged:
            raise ModelRefused(
                f"{self.seen}, which remembers models' versions, is damaged.", "An administrator may remove it."
            ) from damaged


def sign(folder: Path, manifest: Path, signer: Signer) -> None:
    """Puts the signature beside the manifest, in place of another."""
    signature = {"public_key": signer.public_key, "signature": signer.sign(CONTEXT + manifest.read_bytes())}
    (folder / SIGNATURE).write_text(json.dumps(signature, indent=2), encoding="utf-8")


def new_key(file: Path) -> Signer:
    """Makes a key in a file that only its user can read. Raises ModelRefused where something stands there."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    signer = Signer(secrets.token_bytes(SEED_BYTES))
    try:
        handle = made(file)
    except OSError as there:
        raise ModelRefused(f"No key can be written to {file}: {there.strerror}.", "Name another file.") from there
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(signer.seed.hex() + "\n")
    return signer


def read_key(file: Path) -> Signer:
    """Raises ModelRefused where the file holds no key."""
    try:
        seed = bytes.fromhex(file.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as wrong:
        raise ModelRefused(f"{file} holds no signing key.", "Make one with `whyflag narrator key`.") from wrong
    if len(seed) != SEED_BYTES:
        raise ModelRefused(f"{file} holds no signing key.", "Make one with `whyflag narrator key`.")
    return Signer(seed)


def read_trusted(file: Path) -> tuple[TrustedKey, ...]:
    """The keys of a trust file, none where there is no file. Raises ModelRefused where it is damaged."""
    if not file.exists():
        return ()
    try:
        entries: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(entries, list):
            raise TypeError(file)
        keys = tuple(
            TrustedKey(str(entry["name"]), str(entry["public_key"]), int(entry.get("oldest_version", 0)))
            for entry in entries
        )
        if any(len(bytes.fromhex(key.public_key)) != SEED_BYTES for key in keys):
            raise ValueError(file)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as damaged:
        raise ModelRefused(f"The list of trusted keys {file} is damaged.", "An administrator mends it.") from damaged
    return keys


def add_trusted(file: Path, name: str, public_key: str) -> TrustedKey:
    """Raises ModelRefused where `public_key` is none."""
    try:
        sound = len(bytes.fromhex(public_key)) == SEED_BYTES
    except ValueError:
        sound = False
    if not sound:
        raise ModelRefused(f"{public_key} is no public key.", "It has 64 hex digits; `whyflag narrator key` shows it.")
    added = TrustedKey(name, public_key.lower())
    kept = [key for key in read_trusted(file) if key.public_key != added.public_key]
    entries = [{"name": key.name, "public_key": key.public_key, "oldest_version": key.oldest} for key in (*kept, added)]
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with written_whole(file) as out:
        out.write(json.dumps(entries, indent=2).encode())
    return added


def machine_key(folder: Path) -> Signer:
    """The machine's own key in its trust folder, made where there is none."""
    file = folder / MACHINE
    return read_key(file) if file.exists() else new_key(file)


def trust_of(folder: Path, release: Path) -> Trust:
    """What is trusted with a machine's trust folder and the shipped list of release keys. Raises ModelRefused."""
    own = TrustedKey("this machine", read_key(folder / MACHINE).public_key) if (folder / MACHINE).exists() else None
    keys = (*read_trusted(release), *read_trusted(folder / BANK), *((own,) if own else ()))
    return Trust(keys, folder / SEEN)
