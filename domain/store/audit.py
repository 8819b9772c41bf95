"""The audit log in the store: entries chained by hash, and the chain's signed head beside them (see domain.audit)."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from domain.audit import (
    GENESIS,
    SHOW,
    CheckedLog,
    Scalar,
    SignedHead,
    canonical,
    check_chain,
    check_head,
    head_text,
    link,
    read_head,
    sign_head,
)
from domain.errors import AuditBroken
from domain.private_file import written_whole
from domain.review import AuditAction, AuditEntry
from domain.signing import Signer
from domain.store.database import Database
from domain.store.secrets import SecretTable

BATCH = 10_000


class AuditLog:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._signing: Signer | None = None

    def append(self, actor: str, action: AuditAction, subject: str, details: Mapping[str, Scalar]) -> AuditEntry:
        """Adds a link. Call it inside the transaction of the change it records, so that both stand or neither."""
        with self._database.transaction():
            count, head, _ = self._kept_head()
            entry = link(
                AuditEntry(
                    sequence=count + 1,
                    at=datetime.now(UTC).isoformat(timespec="microseconds"),
                    actor=actor,
                    action=action,
                    subject=subject,
                    details=canonical(details),
                    previous=head,
                    hash="",
                )
            )
            self._database.execute(
                "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    entry.sequence, entry.at, entry.actor, entry.action,
                    entry.subject, entry.details, entry.previous, entry.hash,
                ],
            )  # fmt: skip
            self._keep_head(entry.sequence, entry.hash)
            return entry

    def entries(self, after: int = 0, limit: int | None = None) -> tuple[AuditEntry, ...]:
        """In order, from the one after sequence `after`."""
        rows = self._database.query(
            "SELECT * FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?",
            [after, 2**62 if limit is None else limit],
        )
        return tuple(AuditEntry(*row) for row in rows)

    def of(self, subject: str) -> tuple[AuditEntry, ...]:
        """What was done to one alert, user or rule, in order."""
        rows = self._database.query("SELECT * FROM audit WHERE subject = ? ORDER BY sequence", [subject])
        return tuple(AuditEntry(*row) for row in rows)

    def all(self) -> Iterator[AuditEntry]:
        """Every entry in order, read in parts."""
        after = 0
        while batch := self.entries(after, BATCH):
            yield from batch
            after = batch[-1].sequence

    def head(self) -> str:
        """The hash of the last entry; 64 zeros before the first."""
        return self._kept_head()[1]

    def signed_head(self) -> SignedHead:
        """The newest head. What a store of an earlier whyflag did not sign is signed now."""
        with self._database.transaction():
            count, head, signature = self._kept_head()
            if not signature:
                signature = self._keep_head(count, head).signature
        return SignedHead(count, head, self._signer().public_key, signature)

    def verify(self, *noted: tuple[SignedHead, str]) -> int:
        """Checks the whole chain and returns how many entries it has. Raises AuditBroken naming the first bad one.

        `noted`: heads kept elsewhere with what to call them, which the chain must reach.
        """
        return self.check(*noted).entries

    def check(self, *noted: tuple[SignedHead, str]) -> CheckedLog:
        """As `verify`, and tells what was found."""
        kept_count, kept_head, signature = self._kept_head()
        total = self._database.number("SELECT count(*) FROM audit")
        wanted = {head.entries for head, _ in noted}
        hashes: dict[int, str] = {}

        def remember(entry: AuditEntry) -> None:
            if entry.sequence in wanted:
                hashes[entry.sequence] = entry.hash

        checked, last = check_chain(self.all(), remember)
        if checked != total:
            raise AuditBroken(f"The audit log holds {total} entries, of which only {checked} are in the chain.", SHOW)
        if checked < kept_count:
            raise AuditBroken(f"Audit entry {checked + 1} is missing: {kept_count} were written.", SHOW)
        if (checked, last) != (kept_count, kept_head):
            raise AuditBroken(f"Audit entry {checked} is not the one the log's head names.", SHOW)
        if not signature:  # a backup by an earlier whyflag, read as it is: a store is signed when it is opened
            return CheckedLog(checked, last, "")
        head = SignedHead(kept_count, kept_head, self._signer().public_key, signature)
        check_head(head, last, checked, "the store's signed head")
        for other, what in noted:
            if other.public_key != head.public_key:
                raise AuditBroken(f"{what} is signed by another store's key.", "Compare it with its own store.")
            check_head(other, hashes.get(other.entries), checked, what)
        reached = max((other.entries for other, _ in noted), default=None)
        return CheckedLog(checked, last, head.fingerprint, reached)

    def hash_at(self, sequence: int) -> str | None:
        """The hash of one entry; the chain's beginning has number 0."""
        row = self._database.first("SELECT hash FROM audit WHERE sequence = ?", [sequence])
        return row[0] if row else None if sequence else GENESIS

    def _kept_head(self) -> tuple[int, str, str]:
        row = self._database.first("SELECT value FROM meta WHERE name = 'audit_head'")
        if row is None:
            return 0, GENESIS, ""
        count, _, rest = row[0].partition(":")
        head, _, signature = rest.partition(":")
        return int(count), head, signature

    def _keep_head(self, count: int, head: str) -> SignedHead:
        signed = sign_head(count, head, self._signer())
        self._database.execute(
            "INSERT OR REPLACE INTO meta (name, value) VALUES ('audit_head', ?)", [f"{count}:{head}:{signed.signature}"]
        )
        return signed

    def _signer(self) -> Signer:
        if self._signing is None:
            self._signing = Signer(SecretTable(self._database).report_seed())
        return self._signing


def head_path(store: Path) -> Path:
    """Where the newest head is noted outside the store when the store is closed."""
    return store.with_name(store.name + ".head")


def noted_head(store: Path) -> SignedHead | None:
    """None where none was noted. Raises AuditBroken where the file is no head."""
    path = head_path(store)
    return read_head(path.read_text(encoding="utf-8")) if path.exists() else None


def note_head(store: Path, log: AuditLog) -> None:
    """Never stands in the way of closing a store: where it cannot be written, the former head stays.

    A former head that the log does not reach stays too: it is the proof that the store was exchanged for an older one,
    and `whyflag audit verify` tells until an administrator has looked.
    """
    with suppress(OSError, AuditBroken, UnicodeDecodeError):
        former = noted_head(store)
        if former is None or log.hash_at(former.entries) == former.hash:
            with written_whole(head_path(store)) as out:
                out.write(head_text(log.signed_head()).encode())
