"""What the window wants to find again and may not leave outside the encrypted store: the case each person had open."""

from domain.store.database import Database

PREFIX = "open_case:"  # of its rows in `meta`


class WindowTable:
    def __init__(self, database: Database) -> None:
        self._database = database

    def open_case(self, person: str) -> str | None:
        """The alert id kept last; None where there is none."""
        row = self._database.first("SELECT value FROM meta WHERE name = ?", [PREFIX + person])
        return str(row[0]) if row else None

    def keep_open_case(self, person: str, alert_id: str | None) -> None:
        """None forgets it. Raises StoreWriteFailed."""
        if alert_id is None:
            self._database.execute("DELETE FROM meta WHERE name = ?", [PREFIX + person])
        else:
            self._database.execute(
                "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", [PREFIX + person, alert_id]
            )
