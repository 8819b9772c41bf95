"""Kept explanations: a JSON document under a key of transaction id and bundle hash."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from domain.store.database import Database

HASH_DIGITS = 64  # of the sha256 that ends a key


class NarrativeTable:
    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, key: str, document: str) -> None:
        """Replaces what stood under the key."""
        self._database.execute("INSERT OR REPLACE INTO narratives (key, document) VALUES (?, ?)", [key, document])

    def put_many(self, documents: Mapping[str, str]) -> None:
        """Replaces what stood under each key, in one statement: one for each takes many times as long."""
        kept = pa.table({"key": list(documents), "document": list(documents.values())})
        with self._database.visible("kept", kept):
            self._database.execute("INSERT OR REPLACE INTO narratives (key, document) SELECT key, document FROM kept")

    def find(self, transaction_id: str, bundle_id: str) -> str | None:
        """The newest document of a transaction whose bundle's hash begins so."""
        row = self._database.first(
            "SELECT document FROM narratives WHERE starts_with(key, ?) AND length(key) = ? ORDER BY rowid DESC",
            [f"{transaction_id}/{bundle_id}", len(transaction_id) + 1 + HASH_DIGITS],
        )
        return row[0] if row else None

    def bundles(self, transaction_id: str) -> tuple[str, ...]:
        """The hashes of all bundles a transaction was explained under, newest first."""
        rows = self._database.query(
            "SELECT right(key, ?) FROM narratives WHERE starts_with(key, ?) AND length(key) = ? ORDER BY rowid DESC",
            [HASH_DIGITS, f"{transaction_id}/", len(transaction_id) + 1 + HASH_DIGITS],
        )
        return tuple(row[0] for row in rows)

    def get(self, key: str) -> str | None:
        return self.get_many([key]).get(key)

    def get_many(self, keys: Sequence[str]) -> Mapping[str, str]:
        """The documents by key, in one query; keys that nothing is kept under are left out."""
        return dict(
            self._database.query(
                "SELECT key, document FROM narratives WHERE key IN (SELECT unnest(?::VARCHAR[]))", [list(keys)]
            )
        )
