"""What people made of the drafts: each edit beside the draft it began from, and what stood there before."""

from domain.casefile import TextEdit, TextKind
from domain.store.database import Database
from domain.store.times import from_utc, to_utc


class TextTable:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, edit: TextEdit) -> None:
        """The caller's transaction also appends the audit entry."""
        self._database.execute(
            """INSERT INTO text_edits SELECT coalesce(max(sequence), 0) + 1, ?, ?, ?, ?, ?, ?, ? FROM text_edits""",
            [edit.alert_id, edit.kind, edit.draft, edit.before, edit.after, edit.actor, to_utc(edit.edited_at)],
        )

    def edits(self, alert_id: str, kind: TextKind) -> tuple[TextEdit, ...]:
        """Oldest first."""
        rows = self._database.query(
            """SELECT draft, before, after, actor, edited_at FROM text_edits WHERE alert_id = ? AND kind = ?
               ORDER BY sequence""",
            [alert_id, kind],
        )
        return tuple(
            TextEdit(alert_id, kind, draft, before, after, actor, from_utc(at))
            for draft, before, after, actor, at in rows
        )
