"""What people are typing about alerts and have not saved yet."""

from domain.casefile import UnsavedKind, UnsavedText
from domain.store.database import Database


class UnsavedTable:
    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, alert_id: str, actor: str, kind: UnsavedKind, text: str) -> None:
        """In the place of what the person typed there before; an empty one is removed."""
        if text:
            self._database.execute(
                "INSERT OR REPLACE INTO unsaved_texts VALUES (?, ?, ?, ?)", [alert_id, actor, kind, text]
            )
        else:
            self.drop(alert_id, actor, kind)

    def drop(self, alert_id: str, actor: str, kind: UnsavedKind) -> None:
        """For the transaction in which the text is saved."""
        self._database.execute(
            "DELETE FROM unsaved_texts WHERE alert_id = ? AND actor = ? AND kind = ?", [alert_id, actor, kind]
        )

    def of(self, alert_id: str, actor: str) -> tuple[UnsavedText, ...]:
        rows = self._database.query(
            "SELECT kind, text FROM unsaved_texts WHERE alert_id = ? AND actor = ? ORDER BY kind", [alert_id, actor]
        )
        return tuple(UnsavedText(kind, text) for kind, text in rows)
