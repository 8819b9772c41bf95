"""Secrets the store keeps for its own signatures: encrypted with the rest, and never shown."""

import secrets

from domain.store.database import Database

SEED_BYTES = 32


class SecretTable:
    def __init__(self, database: Database) -> None:
        self._database = database

    def report_seed(self) -> bytes:
        """32 random bytes, the same for the store's whole life: reports are signed and pseudonymised with them.

        Made with the store; a store of an earlier whyflag gets them at its first report.
        """
        with self._database.transaction():
            row = self._database.first("SELECT value FROM meta WHERE name = 'report_seed'")
            if row is not None:
                return bytes.fromhex(row[0])
            seed = secrets.token_bytes(SEED_BYTES)
            self._database.execute("INSERT INTO meta (name, value) VALUES ('report_seed', ?)", [seed.hex()])
            return seed
