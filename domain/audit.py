"""The audit's chain and its signed heads, apart from any store: an exported log is checked by this module alone.

Each entry's hash covers the entry before. A head is the last entry's number and hash, signed with the store's Ed25519
key. An edit, a swap, or a gap breaks the chain at that entry. Entries cut from the end show against any head that was
signed later: the export's last line, the file beside the store, a report, a head noted elsewhere. Whoever holds a
passphrase and writes programs of their own can make a new chain and sign it: only a head kept where they cannot reach
it tells.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from domain.errors import AuditBroken
from domain.review import AuditEntry
from domain.signing import Signer, fingerprint, is_signed

GENESIS = "0" * 64
FORMAT = 1
Scalar = str | int | float | bool | None
SHOW = "Keep the log as it is and compare it with a backup: someone or something changed it outside whyflag."


@dataclass(frozen=True, slots=True)
class SignedHead:
    """`entries` were written, the last with `hash`; `signature` (128 hex digits) is by `public_key` (64)."""

    entries: int
    hash: str
    public_key: str
    signature: str

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.public_key)

    def is_genuine(self) -> bool:
        return is_signed(_head_message(self.entries, self.hash), self.signature, self.public_key)


@dataclass(frozen=True, slots=True)
class CheckedLog:
    """What a check of a whole log found sound. `noted`: the entries up to which a head kept elsewhere agrees."""

    entries: int
    head: str
    fingerprint: str
    noted: int | None = None


def canonical(value: Mapping[str, Scalar]) -> str:
    """JSON with one form only: sorted keys, no spaces. Raises ValueError for NaN and infinity, which JSON lacks."""
    return json.dumps(dict(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def entry_hash(entry: AuditEntry) -> str:
    """sha256, in hex, of the canonical JSON of all fields but the hash."""
    content = asdict(entry)
    content.pop("hash")
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def link(entry: AuditEntry) -> AuditEntry:
    """The entry with its hash."""
    return replace(entry, hash=entry_hash(entry))


def sign_head(entries: int, head: str, signer: Signer) -> SignedHead:
    return SignedHead(entries, head, signer.public_key, signer.sign(_head_message(entries, head)))


def check_chain(entries: Iterable[AuditEntry], each: Callable[[AuditEntry], None] = lambda _: None) -> tuple[int, str]:
    """How many entries there are and the last one's hash; `each` sees every sound one.

    Raises AuditBroken naming the first entry that is not.
    """
    checked, previous = 0, GENESIS
    for entry in entries:
        if entry.sequence != checked + 1:
            raise AuditBroken(f"Audit entry {checked + 1} is missing or stands twice.", SHOW)
        if entry.previous != previous:
            raise AuditBroken(f"Audit entry {entry.sequence} does not follow the one before it.", SHOW)
        if entry.hash != entry_hash(entry):
            raise AuditBroken(f"Audit entry {entry.sequence} was changed after it was written.", SHOW)
        each(entry)
        checked, previous = entry.sequence, entry.hash
    return checked, previous


def check_head(head: SignedHead, hash_at: str | None, entries: int, what: str) -> None:
    """Holds a head against a sound chain of `entries`, whose entry of the head's number has `hash_at`.

    Raises AuditBroken.
    """
    if not head.is_genuine():
        raise AuditBroken(f"The signature of {what} does not hold.", SHOW)
    if head.entries > entries:
        raise AuditBroken(f"Audit entry {entries + 1} is missing: {what} names {head.entries} entries.", SHOW)
    if (hash_at if head.entries else GENESIS) != head.hash:
        raise AuditBroken(f"Audit entry {head.entries} is not the one that {what} names.", SHOW)


def export_lines(entries: Iterable[AuditEntry], head: SignedHead) -> Iterator[str]:
    """JSON Lines: the format and key, one entry a line, and the signed head last."""
    yield _line({"whyflag_audit": FORMAT, "public_key": head.public_key})
    for entry in entries:
        yield _line(asdict(entry))
    yield _line({"head": asdict(head)})


def check_export(lines: Iterable[str], key: str | None = None, noted: SignedHead | None = None) -> CheckedLog:
    """Checks an exported log without its store.

    `key` is the fingerprint it must be signed by; `noted` a head kept elsewhere, which the log must reach. Raises
    AuditBroken.
    """
    reader = _Reader(iter(lines))
    hashes: dict[int, str] = {}

    def remember(entry: AuditEntry) -> None:
        if noted is not None and entry.sequence == noted.entries:
            hashes[entry.sequence] = entry.hash

    checked, last = check_chain(reader.entries(), remember)
    head = reader.head
    if head is None:
        raise AuditBroken(f"The log ends after entry {checked} without its signed head: its end was cut off.", SHOW)
    check_head(head, last if head.entries == checked else None, checked, "the log's signed head")
    if head.entries != checked:
        raise AuditBroken(f"The log holds {checked} entries, its signed head names {head.entries}.", SHOW)
    if head.public_key != reader.public_key:
        raise AuditBroken("The log's first line names another key than the one that signed its head.", SHOW)
    if key is not None and head.fingerprint != key.lower():
        raise AuditBroken(f"The log is signed by {head.fingerprint}, not by {key.lower()}.", SHOW)
    if noted is not None:
        if noted.public_key != head.public_key:
            raise AuditBroken("The noted head is signed by another store's key.", "Compare it with its own store.")
        check_head(noted, hashes.get(noted.entries), checked, "the noted head")
    return CheckedLog(checked, last, head.fingerprint, noted.entries if noted else None)


def head_text(head: SignedHead) -> str:
    return json.dumps(asdict(head), indent=1) + "\n"


def read_head(text: str) -> SignedHead:
    """Raises AuditBroken where it is none."""
    try:
        return _head(json.loads(text))
    except (ValueError, TypeError, KeyError, RecursionError) as broken:
        raise AuditBroken(f"This is no signed head of an audit: {broken}.", SHOW) from broken


class _Reader:
    """Reads an export's lines in order: what is no entry and no head breaks it at that line."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.head: SignedHead | None = None
        first = self._parsed(next(lines, ""), 1)
        if first.get("whyflag_audit") != FORMAT:
            raise AuditBroken("Line 1 is not the first line of a whyflag audit log.", "Export it anew from the store.")
        self.public_key = str(first.get("public_key"))

    def entries(self) -> Iterator[AuditEntry]:
        for number, line in enumerate(self._lines, 2):
            if self.head is not None:
                raise AuditBroken(f"Line {number} stands after the log's signed head.", SHOW)
            content = self._parsed(line, number)
            try:
                if "head" in content:
                    self.head = _head(content["head"])
                else:
                    yield _entry(content)
            except (ValueError, TypeError, KeyError) as broken:
                raise AuditBroken(f"Line {number} is neither an audit entry nor a head.", SHOW) from broken

    def _parsed(self, line: str, number: int) -> dict[str, Any]:
        try:
            content = json.loads(line)
        except (ValueError, RecursionError) as broken:
            raise AuditBroken(f"Line {number} is no JSON.", SHOW) from broken
        if not isinstance(content, dict):
            raise AuditBroken(f"Line {number} is no JSON object.", SHOW)
        return content


def _entry(content: Mapping[str, Any]) -> AuditEntry:
    names = [field.name for field in fields(AuditEntry)]
    if set(content) != set(names) or type(content["sequence"]) is not int:
        raise ValueError("other fields")
    if any(type(content[name]) is not str for name in names[1:]):
        raise ValueError("a field that is no text")
    return AuditEntry(**{name: content[name] for name in names})


def _head(content: Mapping[str, Any]) -> SignedHead:
    head = SignedHead(**content)
    texts = (head.hash, head.public_key, head.signature)
    if type(head.entries) is not int or any(type(text) is not str for text in texts):
        raise ValueError("a field of the wrong kind")
    return head


def _head_message(entries: int, head: str) -> bytes:
    """Begins with its purpose, for the same key signs reports."""
    return f"whyflag audit head\n{entries}\n{head}\n".encode()


def _line(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"
