"""Notes and attachments of alerts, and what the audit says of them."""

from collections.abc import Sequence

from domain.casefile import Attachment, Note
from domain.errors import UnknownAlert
from domain.review import AuditEntry
from domain.store.database import Database, Row
from domain.store.times import from_utc, to_utc


class CaseworkTable:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add_note(self, note: Note) -> None:
        """The caller's transaction also appends the audit entry."""
        self._database.execute(
            "INSERT INTO notes VALUES (?, ?, ?, ?, ?)",
            [note.sequence, note.alert_id, note.text, note.actor, to_utc(note.written_at)],
        )

    def add_attachment(self, attachment: Attachment, content: bytes) -> None:
        """The caller's transaction also appends the audit entry."""
        a = attachment
        self._database.execute(
            "INSERT INTO attachments VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [a.sequence, a.alert_id, a.name, a.size, a.sha256, a.actor, to_utc(a.attached_at), content],
        )

    def next_note(self) -> int:
        return self._database.number("SELECT coalesce(max(sequence), 0) + 1 FROM notes")

    def next_attachment(self) -> int:
        return self._database.number("SELECT coalesce(max(sequence), 0) + 1 FROM attachments")

    def notes(self, alert_id: str) -> tuple[Note, ...]:
        rows = self._database.query(
            "SELECT sequence, alert_id, text, actor, written_at FROM notes WHERE alert_id = ? ORDER BY sequence",
            [alert_id],
        )
        return tuple(Note(number, alert, text, actor, from_utc(at)) for number, alert, text, actor, at in rows)

    def attachments(self, alert_id: str) -> tuple[Attachment, ...]:
        rows = self._database.query(
            """SELECT sequence, alert_id, name, size, sha256, actor, attached_at FROM attachments
               WHERE alert_id = ? ORDER BY sequence""",
            [alert_id],
        )
        return tuple(_attachment(row) for row in rows)

    def content(self, sequence: int) -> tuple[Attachment, bytes]:
        """Raises UnknownAlert where no attachment has this number."""
        row = self._database.first(
            """SELECT sequence, alert_id, name, size, sha256, actor, attached_at, content FROM attachments
               WHERE sequence = ?""",
            [sequence],
        )
        if row is None:
            raise UnknownAlert(f"No attachment has the number {sequence}.")
        return _attachment(row[:7]), bytes(row[7])

    def add_export(self, entry: int, alert_ids: Sequence[str]) -> None:
        """The caller's transaction also appends the audit entry, whose number is `entry`."""
        self._database.execute("INSERT INTO exported_alerts SELECT ?, unnest(?::VARCHAR[])", [entry, list(alert_ids)])

    def entries(self, alert_id: str) -> Sequence[AuditEntry]:
        """The audit entries about the alert and those of reports that held it, in their order."""
        rows = self._database.query(
            """SELECT * FROM audit
               WHERE subject = ? OR sequence IN (SELECT entry FROM exported_alerts WHERE alert_id = ?)
               ORDER BY sequence""",
            [alert_id, alert_id],
        )
        return tuple(AuditEntry(*row) for row in rows)


def _attachment(row: Row) -> Attachment:
    sequence, alert_id, name, size, sha256, actor, attached_at = row
    return Attachment(sequence, alert_id, name, size, sha256, actor, from_utc(attached_at))
