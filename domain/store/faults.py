"""DuckDB's errors in the product's words. What is not listed here is a bug and stays as it is."""

from pathlib import Path

import duckdb

from domain.errors import BackupUnusable, Cancelled, StoreDamaged, StoreInUse, StoreWriteFailed, WhyflagError
from domain.store.backups.manifest import backups_of, check_sums
from domain.store.backups.plan import backup_folder

NO_ROOM = ("no space left", "disk quota", "read-only file system", "could not write", "failed to write", "fsync")
OURS = (  # our own SQL or the data of a call is at fault, whatever words the message holds
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ConstraintException,
    duckdb.ConversionException,
    duckdb.ParserException,
)
DAMAGE = (
    "corrupt",
    "checksum",
    "authentication",
    "aes tag",
    "decrypt",
    "not a valid duckdb database",
    "could not read",
    "failed to deserialize",
    "encryption key",
    "encrypted",
    "header",
    "wal file",
    "invalidated",
)


def in_our_words(error: duckdb.Error, store: str) -> WhyflagError | None:
    """The error a person can act on, or None where this is no such case."""
    if isinstance(error, OURS):
        return None
    text = str(error)
    low = text.lower()
    if isinstance(error, duckdb.InterruptException):
        return Cancelled("The work was cancelled; nothing of it was kept.")
    if isinstance(error, duckdb.IOException) and ("set lock" in low or "conflicting lock" in low):
        return in_use(store)
    if any(sign in low for sign in NO_ROOM):
        return StoreWriteFailed(
            f"The store {store} cannot be written: {_first_line(text)}", "Free disk space, then do the step again."
        )
    if isinstance(error, duckdb.OutOfMemoryException):
        return StoreWriteFailed(
            f"The step needs more than the store's memory or spill limit: {_first_line(text)}",
            "Close other programs or work on a shorter period.",
        )
    if isinstance(error, (duckdb.FatalException, duckdb.InternalException)) or any(sign in low for sign in DAMAGE):
        return damaged(store, text)
    return None


def in_use(store: str) -> StoreInUse:
    return StoreInUse(
        f"The store {store} is open in another whyflag.", "Close the other window or command, then try again."
    )


def damaged(store: str, reason: str) -> StoreDamaged:
    return StoreDamaged(
        f"The store {store} is damaged or no whyflag store: {_first_line(reason)}",
        f"The file was left as it is. {way_back(Path(store))}",
    )


def way_back(store: Path) -> str:
    """The newest backup that is whole, and how to take it; or that there is none."""
    for backup in backups_of(store, backup_folder(store)):
        try:
            check_sums(backup)
        except BackupUnusable:
            continue
        return (
            f"Newest backup: {backup.words}. `whyflag restore {backup.folder} --store {store} --replace` takes it;"
            f" `whyflag check --store {store}` says first what the store still gives."
        )
    return f"No backup stands in {backup_folder(store)}: restore one from elsewhere with `whyflag restore`."


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0][:300] if text.strip() else "no reason given"
