"""Kept explanations: a JSON document under a key of alert id and bundle hash."""

from domain.store.database import Database


class NarrativeTable:
    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, key: str, document: str) -> None:
        """Replaces what stood under the key."""
        self._database.execute("INSERT OR REPLACE INTO narratives (key, document) VALUES (?, ?)", [key, document])

    def get(self, key: str) -> str | None:
        row = self._database.first("SELECT document FROM narratives WHERE key = ?", [key])
        return row[0] if row else None
