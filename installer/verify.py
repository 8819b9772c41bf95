#!/usr/bin/env python3
"""Checks a release's folder before anything of it is installed: who made it, and that nothing in it differs.

installer/verify FOLDER [--key FINGERPRINT] [--installed PACKAGE=VERSION ...]

FOLDER holds SHA256SUMS, its signature SHA256SUMS.sig (Ed25519) and the signer's public key SHA256SUMS.pem. Every file
that was changed, is missing or was not there when it was signed is named, and every package that is older than the one
installed on this machine. Exit codes: 0 nothing differs, 1 something does, 2 wrong usage.

The key on the stick only says that all was signed by one hand; the fingerprint says whose. Have it told by another way,
and run this file from another place than the stick. It needs Python 3.9 and no package (with cryptography missing, it
asks openssl). By hand: `openssl pkeyutl -verify -pubin -inkey SHA256SUMS.pem -rawin -in SHA256SUMS -sigfile
SHA256SUMS.sig && sha256sum --check --quiet SHA256SUMS`.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

SUMS, SIGNATURE, KEY = "SHA256SUMS", "SHA256SUMS.sig", "SHA256SUMS.pem"
LINE = re.compile(r"([0-9a-f]{64}) [ *]([^\n\\]+)")  # as sha256sum writes it
PACKAGE = re.compile(r"([a-z0-9][a-z0-9.+-]+)_([^_]+)_[a-z0-9]+\.deb")
PEM = re.compile(r"-----BEGIN PUBLIC KEY-----\n(\S+)\n-----END PUBLIC KEY-----\n")
VERSION = re.compile(r"\d+(?:\.\d+)*")
DER_OF_ED25519 = bytes.fromhex("302a300506032b6570032100")  # RFC 8410; the key's 32 bytes follow
SHORTEST_PIN = 16  # hex digits of a fingerprint


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was signed: what kind of difference, of which file, and what to know of it."""

    kind: str
    file: str
    told: str


def findings(folder: Path, key: str | None, installed: Mapping[str, str]) -> Iterator[Finding]:
    """Everything that differs. `key` is a fingerprint or its beginning; `installed` versions by package."""
    yield from signature_findings(folder, key)
    listed = read_sums(folder)
    if not listed:
        yield Finding("UNREADABLE", SUMS, "is missing, empty, or no list of SHA-256 sums")
    yield from differences(folder, listed)
    yield from steps_back(listed, installed)


def read_sums(folder: Path) -> dict[str, str]:
    """The sum of each listed file; nothing where a line is none or a name leads out of the folder."""
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    found: dict[str, str] = {}
    for line in lines:
        entry = LINE.fullmatch(line)
        if entry is None or entry[2].startswith("/") or ".." in Path(entry[2]).parts:
            return {}
        found[entry[2]] = entry[1]
    return found


def differences(folder: Path, listed: Mapping[str, str]) -> Iterator[Finding]:
    """What lies in the folder against what is listed; links are never followed."""
    present = set(_files(folder)) - {SUMS, SIGNATURE, KEY}
    for name in sorted(present | set(listed)):
        file = folder / name
        if name not in listed:
            yield Finding("EXTRA", name, "was not there when it was signed: remove it, install nothing from it")
        elif name not in present:
            yield Finding("MISSING", name, "was there when it was signed: copy the release again")
        elif file.is_symlink() or not file.is_file() or _sum(file) != listed[name]:
            yield Finding("CHANGED", name, "is not what was signed: do not install it, copy the release again")


def _files(folder: Path) -> Iterator[str]:
    for where, folders, files in os.walk(folder):
        links = [name for name in folders if Path(where, name).is_symlink()]
        for name in (*files, *links):
            yield Path(where, name).relative_to(folder).as_posix()


def _sum(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def signature_findings(folder: Path, key: str | None) -> Iterator[Finding]:
    public_key = read_public_key(folder)
    if public_key is None:
        yield Finding("UNREADABLE", KEY, "is no Ed25519 public key: nothing says who made this release")
        return
    if not is_signed(folder, public_key):
        yield Finding("UNSIGNED", SUMS, f"is not what {SIGNATURE} was made for: do not install anything of it")
    if key is not None and not fingerprint(public_key).startswith(key):
        yield Finding("STRANGER", KEY, f"is the key {fingerprint(public_key)}, not {key}")


def read_public_key(folder: Path) -> bytes | None:
    """32 bytes, or None where no Ed25519 key in PEM is there."""
    try:
        pem = PEM.fullmatch((folder / KEY).read_text(encoding="ascii"))
        der = base64.b64decode(pem[1], validate=True) if pem else b""
    except (OSError, ValueError):
        return None
    raw = der[len(DER_OF_ED25519) :]
    return raw if der.startswith(DER_OF_ED25519) and len(raw) == 32 else None


def fingerprint(public_key: bytes) -> str:
    """As domain.signing.fingerprint has it."""
    return hashlib.sha256(public_key).hexdigest()


def is_signed(folder: Path, public_key: bytes) -> bool:
    try:
        signature = (folder / SIGNATURE).read_bytes()
        content = (folder / SUMS).read_bytes()
    except OSError:
        return False
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return _openssl_agrees(folder)
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, content)
    except (ValueError, InvalidSignature):
        return False
    return True


def _openssl_agrees(folder: Path) -> bool:
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", KEY, "-rawin", "-in", SUMS, "-sigfile", SIGNATURE]
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        sys.exit("Neither Python's cryptography nor openssl is here: install openssl, it checks the signature.")


def steps_back(listed: Mapping[str, str], installed: Mapping[str, str]) -> Iterator[Finding]:
    """Packages that are older than what is installed: a copy of an old release is signed just as well."""
    for name in sorted(listed):
        package = PACKAGE.fullmatch(name)
        there = installed.get(package[1]) if package else None
        if package and there and _order(package[2]) < _order(there):
            yield Finding("OLDER", name, f"{there} is installed; RELEASING.md tells how to go back on purpose")


def _order(version: str) -> tuple[int, ...]:
    """What cannot be compared counts as the oldest."""
    return tuple(map(int, version.split("."))) if VERSION.fullmatch(version) else ()


def installed_packages() -> dict[str, str]:
    """Versions that dpkg knows; none where there is no dpkg."""
    command = ["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package} ${Version}\\n", "whyflag*"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        return {}
    words = [line.split() for line in told.splitlines()]
    return {line[1]: line[2] for line in words if len(line) == 3 and line[0] == "installed"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--key", help="fingerprint of who has to have signed it, or its first 16 digits or more")
    parser.add_argument("--installed", action="append", default=[], metavar="PACKAGE=VERSION",
                        help="what runs where this is for; by default, what dpkg says of this machine")  # fmt: skip
    given = parser.parse_args()
    key = given.key.lower().replace(":", "") if given.key else None
    if key is not None and not re.fullmatch(rf"[0-9a-f]{{{SHORTEST_PIN},64}}", key):
        parser.error(f"--key takes a fingerprint: {SHORTEST_PIN} to 64 hex digits.")
    if not given.folder.is_dir():
        parser.error(f"{given.folder} is no folder.")
    installed = dict(pair.partition("=")[::2] for pair in given.installed) or installed_packages()
    found = list(findings(given.folder, key, installed))
    for one in found:
        print(f"{one.kind:<10} {one.file}: {one.told}")
    public_key = read_public_key(given.folder)
    if public_key is not None:
        print(f"signed by {fingerprint(public_key)}")
        if key is None:
            print("Anyone can sign with a key of their own: compare the fingerprint, or name it with --key.")
    count = len(read_sums(given.folder))
    print(f"{len(found)} findings." if found else f"{count} files, and nothing differs from what was signed.")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
