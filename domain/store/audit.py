"""The audit log: entries chained by hash, so that an edit, a swap, a gap or a cut end shows.

The chain's head is also kept in `meta`: without it, entries removed from the end would leave a sound shorter chain.
Whoever holds the passphrase and rewrites chain and head alike is not caught: note the head elsewhere (`head`).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from domain.errors import AuditBroken
from domain.review import AuditAction, AuditEntry
from domain.store.database import Database

GENESIS = "0" * 64
BATCH = 10_000
SHOW = "Keep the store as it is and compare it with a backup: someone or something changed the log outside whyflag."
Scalar = str | int | float | bool | None


class AuditLog:
    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, actor: str, action: AuditAction, subject: str, details: Mapping[str, Scalar]) -> AuditEntry:
        """Adds a link. Call it inside the transaction of the change it records, so that both stand or neither."""
        with self._database.transaction():
            count, head = self._kept_head()
            entry = AuditEntry(
                sequence=count + 1,
                at=datetime.now(UTC).isoformat(timespec="microseconds"),
                actor=actor,
                action=action,
                subject=subject,
                details=canonical(details),
                previous=head,
                hash="",
            )
            entry = replace(entry, hash=entry_hash(entry))
            self._database.execute(
                "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    entry.sequence, entry.at, entry.actor, entry.action,
                    entry.subject, entry.details, entry.previous, entry.hash,
                ],
            )  # fmt: skip
            self._database.execute(
                "INSERT OR REPLACE INTO meta (name, value) VALUES ('audit_head', ?)",
                [f"{entry.sequence}:{entry.hash}"],
            )
            return entry

    def entries(self, after: int = 0, limit: int | None = None) -> tuple[AuditEntry, ...]:
        """In order, from the one after sequence `after`."""
        rows = self._database.query(
            "SELECT * FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?",
            [after, 2**62 if limit is None else limit],
        )
        return tuple(AuditEntry(*row) for row in rows)

    def head(self) -> str:
        """The hash of the last entry; 64 zeros before the first."""
        return self._kept_head()[1]

    def verify(self) -> int:
        """Checks the whole chain and returns how many entries it has. Raises AuditBroken naming the first bad one."""
        kept_count, kept_head = self._kept_head()
        total = self._database.number("SELECT count(*) FROM audit")
        checked, previous = 0, GENESIS
        while batch := self.entries(after=checked, limit=BATCH):
            for entry in batch:
                if entry.sequence != checked + 1:
                    raise AuditBroken(f"Audit entry {checked + 1} is missing or stands twice.", SHOW)
                if entry.previous != previous:
                    raise AuditBroken(f"Audit entry {entry.sequence} does not follow the one before it.", SHOW)
                if entry.hash != entry_hash(entry):
                    raise AuditBroken(f"Audit entry {entry.sequence} was changed after it was written.", SHOW)
                checked, previous = entry.sequence, entry.hash
        if checked != total:
            raise AuditBroken(f"The audit log holds {total} entries, of which only {checked} are in the chain.", SHOW)
        if checked < kept_count:
            raise AuditBroken(f"Audit entry {checked + 1} is missing: {kept_count} were written.", SHOW)
        if (checked, previous) != (kept_count, kept_head):
            raise AuditBroken(f"Audit entry {checked} is not the one the log's head names.", SHOW)
        return checked

    def _kept_head(self) -> tuple[int, str]:
        row = self._database.first("SELECT value FROM meta WHERE name = 'audit_head'")
        if row is None:
            return 0, GENESIS
        count, _, head = row[0].partition(":")
        return int(count), head


def canonical(value: Mapping[str, Scalar]) -> str:
    """JSON with one form only: sorted keys, no spaces. Raises ValueError for NaN and infinity, which JSON lacks."""
    return json.dumps(dict(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def entry_hash(entry: AuditEntry) -> str:
    """sha256, in hex, of the canonical JSON of all fields but the hash."""
    fields: dict[str, Scalar] = {
        "sequence": entry.sequence, "at": entry.at, "actor": entry.actor, "action": entry.action,
        "subject": entry.subject, "details": entry.details, "previous": entry.previous,
    }  # fmt: skip
    return hashlib.sha256(canonical(fields).encode()).hexdigest()
