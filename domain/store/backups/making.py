"""Makes a backup: the file is copied while nobody writes, opened and read as a restore would, and only then named."""

import os
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from domain.errors import AuditBroken, BackupFailed, StoreDamaged
from domain.private_file import made, sync_folder
from domain.progress import Progress, Work
from domain.store.audit import AuditLog
from domain.store.backups.manifest import (
    CHUNK,
    Backup,
    FileSum,
    backups_of,
    is_sealed_by,
    sealed,
    sum_of,
    write_manifest,
)
from domain.store.backups.plan import BackupPlan, spare
from domain.store.database import Database
from domain.store.key import key_path
from domain.store.migrations import schema_version
from domain.store.opening import Limits, connect
from domain.store.tables import Counts, counts_of, read_whole

PARTIAL = ".partial"
TEST = Limits(memory_mib=512)
ROOM = "Make room or name another folder with --to; earlier backups and the store are as they were."


def make_backup(database: Database, store: Path, key: str, to: Path, now: datetime) -> Work[Backup]:
    """A verified backup of an open store in a folder of its own under `to`, which is made if missing.

    Other calls of the store wait only while its file is copied. What stands under a backup's name is whole and was
    opened and read to the end; a kill leaves at most a folder that ends in `.partial`, removed by the next run. Raises
    BackupFailed, StoreDamaged.
    """
    moment = now.astimezone(UTC)
    final = _free_name(to, f"{store.name}-{moment:%Y%m%dT%H%M%SZ}")
    aside = final.with_name(final.name + PARTIAL)
    try:
        _remove_partial(to, store)
        aside.mkdir(parents=True, mode=0o700)
        yield Progress("copying the store")
        copy = aside / store.name
        with database.still():
            # Closing a file that DuckDB has open drops its own lock on it; the owner's lock file stays.
            durable_copy(store, copy)
            counts = counts_of(database)
            schema, head = schema_version(database), AuditLog(database).head()
        durable_copy(key_path(store), key_path(copy))
        yield Progress("reading the copy back")
        files = (sum_of(copy), sum_of(key_path(copy)))
        prove(copy, key, counts, head)
        backup = sealed(_described(final, store, moment, schema, counts, head, files), key)
        write_manifest(backup, aside)
        sync_folder(aside)
        aside.rename(final)
        sync_folder(to)
    except OSError as error:
        raise BackupFailed(f"The backup of {store} into {to} failed: {error.strerror or error}.", ROOM) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return backup


def rotate(store: Path, key: str, plan: BackupPlan) -> Work[tuple[Backup, ...]]:
    """Removes the store's own backups that the plan does not keep, and returns them. Raises BackupFailed."""
    own = [backup for backup in backups_of(store, plan.folder) if is_sealed_by(backup, key)]
    gone = spare(own, plan)
    for number, backup in enumerate(gone):
        yield Progress("removing old backups", number, len(gone))
        try:
            # Under another name first: a removal that is killed leaves nothing that looks like a backup.
            doomed = backup.folder.with_name(backup.folder.name + PARTIAL)
            backup.folder.rename(doomed)
            shutil.rmtree(doomed)
        except OSError as error:
            raise BackupFailed(
                f"The old backup {backup.folder} cannot be removed: {error.strerror or error}.", "Check its rights."
            ) from error
    return gone


def prove(copy: Path, key: str, counts: Counts, head: str) -> None:
    """Opens a copy, reads every row of every table, and checks the audit chain; the copy is not changed.

    Raises BackupFailed where it cannot be read, or holds anything else.
    """
    spill = copy.with_name(copy.name + ".spill")
    try:
        database = Database(connect(copy, key, spill, TEST, read_only=True), str(copy))
        try:
            found = read_whole(database)
            log = AuditLog(database)
            log.verify()
            if found != counts or log.head() != head:
                raise BackupFailed(f"The copy {copy} holds other rows than the store.", "Make the backup again.")
        finally:
            database.close()
    except (StoreDamaged, AuditBroken) as broken:
        raise BackupFailed(
            f"The copy {copy} does not pass its test: {broken.message}",
            "The store itself may be damaged: `whyflag check --store STORE` says.",
        ) from broken
    finally:
        shutil.rmtree(spill, ignore_errors=True)


def durable_copy(source: Path, target: Path) -> None:
    """On disk when this returns, readable by its owner alone. `target` must not exist. Raises OSError."""
    with source.open("rb") as content, os.fdopen(made(target), "wb") as copy:
        shutil.copyfileobj(content, copy, CHUNK)
        copy.flush()
        os.fsync(copy.fileno())


def _described(
    folder: Path, store: Path, at: datetime, schema: int, counts: Counts, head: str, files: tuple[FileSum, FileSum]
) -> Backup:
    entries = dict(counts).get("audit", 0)
    return Backup(folder, str(store.absolute()), at, schema, counts, entries, head, files)


def _free_name(to: Path, name: str) -> Path:
    """Two backups of one second both stand."""
    numbers: Sequence[str] = ["", *(f"-{number}" for number in range(2, 100))]
    return next(to / (name + number) for number in numbers if not (to / (name + number)).exists())


def _remove_partial(to: Path, store: Path) -> None:
    for leftover in to.glob(f"{store.name}-*{PARTIAL}"):
        shutil.rmtree(leftover, ignore_errors=True)
