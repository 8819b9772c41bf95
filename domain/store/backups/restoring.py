"""Takes a backup back: checked, opened with the passphrase, read to the end, and only then put in the store's place."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from domain.access.roles import require
from domain.audit import SignedHead
from domain.errors import AuditBroken, BackupUnusable, StoreExists, StoreWriteFailed
from domain.progress import Progress, Work
from domain.store.audit import AuditLog, noted_head
from domain.store.backups.making import TEST, durable_copy, prove
from domain.store.backups.manifest import ANOTHER, Backup, check_copies, check_sums, is_sealed_by, read_manifest
from domain.store.database import Database
from domain.store.key import Unlocked, key_path
from domain.store.lock import OwnerLock, lock_path
from domain.store.opening import connect

AFTER = (".wal", ".wal.checkpoint", ".wal.recovery")  # what DuckDB keeps beside a store's file


def restore_backup(
    folder: Path, store: Path, unlock: Callable[[Path], Unlocked], *, now: datetime, replace: bool = False
) -> Work[Backup]:
    """The backup in `folder` as the store at `store`, closed; its audit gets an entry of the restore.

    `unlock` opens a file by the key file beside it. With `replace`, a store that stands there is kept beside it under a
    name with `.replaced-` and the time. A kill loses nothing: given again, the restore goes through. Raises NotAllowed,
    BackupUnusable, BackupFailed, WrongPassphrase, StoreExists, StoreInUse, StoreWriteFailed.
    """
    backup = read_manifest(folder)
    if store.exists() and not replace:
        raise StoreExists(f"{store} exists already.", "Name another path, or add --replace: the store there is kept.")
    draft = store.with_name(store.name + ".restoring")
    try:
        _remove(draft)
        yield Progress("checking the backup")
        check_sums(backup)
        unlocked = unlock(backup.data)
        require(unlocked.person, "restore")
        key = unlocked.key
        if not is_sealed_by(backup, key):
            raise BackupUnusable(f"{folder} was changed after it was made: its seal does not hold.", ANOTHER)
        yield Progress("copying the backup")
        store.parent.mkdir(parents=True, exist_ok=True)
        durable_copy(backup.data, draft)
        durable_copy(backup.key_file, key_path(draft))
        check_copies(backup, draft, key_path(draft))
        yield Progress("reading the store")
        prove(draft, key, backup.counts, backup.head)
        _record(draft, unlocked, backup, _head_of(store))
        _put_in_place(draft, store, now)
    except OSError as error:
        raise StoreWriteFailed(
            f"The store {store} cannot be restored: {error.strerror or error}.", "Check disk and rights."
        ) from error
    finally:
        _remove(draft)
    return backup


def _record(draft: Path, unlocked: Unlocked, backup: Backup, replaced: SignedHead | None) -> None:
    """In the copy, before it is the store: no store stands restored without a word of it, and of what it replaces."""
    spill = draft.with_name(draft.name + ".spill")
    database = Database(connect(draft, unlocked.key, spill, TEST), str(draft))
    try:
        AuditLog(database).append(
            unlocked.person.name,
            "restore",
            str(backup.folder.absolute()),
            {
                "made": backup.created_at.isoformat(),
                "entries": backup.entries,
                "sha256": backup.files[0].sha256,
                "entries_before": replaced.entries if replaced else None,
                "head_before": replaced.hash if replaced else None,
            },
        )
    finally:
        database.close()


def _head_of(store: Path) -> SignedHead | None:
    """As it was noted when the store was last closed: the store itself may be past reading."""
    try:
        return noted_head(store) if store.exists() else None
    except (AuditBroken, UnicodeDecodeError):
        return None


def _put_in_place(draft: Path, store: Path, now: datetime) -> None:
    """The key file goes first each time: where a kill falls between, a key without a store is left, and no store
    without its key. What stood there is moved aside whole, its log with it: that log belongs to that file."""
    lock = OwnerLock(lock_path(store), store) if store.exists() else None
    try:
        set_aside(
            store, now, "", *AFTER, ".key", ".head"
        )  # the audit's head of the store that is replaced goes with it
        key_path(draft).rename(key_path(store))
        draft.rename(store)
    finally:
        if lock is not None:
            lock.release()


def set_aside(store: Path, now: datetime, *endings: str) -> None:
    """Those of a store's files that stand get a name with `.replaced-` and the time. Raises OSError."""
    aside = f"{store.name}.replaced-{now.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"
    for ending in endings:
        _move(store.with_name(store.name + ending), store.with_name(aside + ending))


def _move(source: Path, target: Path) -> None:
    with suppress(FileNotFoundError):
        source.rename(target)


def _remove(draft: Path) -> None:
    for ending in ("", ".key", *AFTER):
        leftover = draft.with_name(draft.name + ending)
        with suppress(FileNotFoundError, NotADirectoryError):
            leftover.unlink()
    shutil.rmtree(draft.with_name(draft.name + ".spill"), ignore_errors=True)
