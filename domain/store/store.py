"""The store: one encrypted DuckDB file, its key file, and a folder for encrypted spill; one owner process at a time.

    <path>          the data, AES-256-GCM; `<path>.wal` beside it holds what was committed since the last checkpoint
    <path>.key      the store's key, wrapped for each user and for the recovery sheet
    <path>.lock     the owner's lock; empty
    <path>.head     the audit's newest signed head when the store was last closed
    <path>.spill/   what a query needs beyond memory, encrypted; emptied at every start, for kill -9 leaves it full

What `transaction` acknowledged is in the file or its log: it survives kill -9 at any moment.
"""

import getpass
import shutil
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from domain.access.roles import Person, require
from domain.access.wrapping import KeyCost
from domain.errors import Cancelled, StoreExists, StoreMissing, StoreWriteFailed, WhyflagError
from domain.private_file import leave_nothing_to_others
from domain.progress import Work, finish
from domain.store.access import StoreAccess
from domain.store.alerts import AlertTable
from domain.store.audit import AuditLog, note_head
from domain.store.backups import Backup, BackupPlan, backup_folder, read_plan, write_plan
from domain.store.backups.making import make_backup, rotate
from domain.store.backups.restoring import AFTER, restore_backup, set_aside
from domain.store.casework import CaseworkTable
from domain.store.classifiers import ModelTable
from domain.store.damage import Examination, examine
from domain.store.database import Database
from domain.store.dossiers import DossierTable
from domain.store.features import FeatureTable
from domain.store.handling import HandlingTable
from domain.store.imports import ImportTable
from domain.store.key import Unlocked, key_path, new_key, unlock, unlocked_copy
from domain.store.key_file import write_key_file
from domain.store.links import LinkTable
from domain.store.lock import OwnerLock, lock_path
from domain.store.migrations import migrate, shipped_migrations
from domain.store.narratives import NarrativeTable
from domain.store.opening import Limits, connect
from domain.store.proposals import ProposalTable
from domain.store.reasons import ReasonTable
from domain.store.report_jobs import ReportJobTable
from domain.store.reviews import ReviewTable
from domain.store.rules import RuleTable
from domain.store.scores import ScoreTable
from domain.store.secrets import SecretTable
from domain.store.texts import TextTable
from domain.store.transactions import TransactionTable
from domain.store.unsaved import UnsavedTable
from domain.store.window import WindowTable


class Store:
    """An open store. Any thread may call its parts; calls are serialised. Use it as a context manager, or `close` it.

    Opening sets the process's umask to 077 and leaves it so (DuckDB makes its log anew whenever it needs one, and would
    make it readable for all), and forbids core files, which would hold the key.
    """

    def __init__(
        self, path: Path, database: Database, lock: OwnerLock, spill: Path, unlocked: Unlocked, limits: Limits
    ) -> None:
        self.path = path
        self._limits = limits
        self._granted: list[int] = []  # MiB, of the blocks that may take more
        self._key = unlocked.key
        self._closed = False
        self.database = database
        self._lock = lock
        self._spill = spill
        self.transactions = TransactionTable(database)
        self.alerts = AlertTable(database)
        self.scores = ScoreTable(database)
        self.reviews = ReviewTable(database)
        self.proposals = ProposalTable(database)
        self.narratives = NarrativeTable(database)
        self.models = ModelTable(database)
        self.audit = AuditLog(database)
        self.imports = ImportTable(database, self.audit)
        self.features = FeatureTable(database)
        self.dossiers = DossierTable(database)
        self.report_jobs = ReportJobTable(database)
        self.secrets = SecretTable(database)
        self.reasons = ReasonTable(database)
        self.links = LinkTable(database)
        self.casework = CaseworkTable(database)
        self.texts = TextTable(database)
        self.unsaved = UnsavedTable(database)
        self.rules = RuleTable(database)
        self.window = WindowTable(database)
        self.handling = HandlingTable(database)
        self.access = StoreAccess(key_path(path), unlocked, database, self.audit)

    @classmethod
    def create(
        cls,
        path: Path,
        passphrase: str,
        *,
        owner: str | None = None,
        cost: KeyCost | None = None,
        limits: Limits | None = None,
    ) -> "Store":
        """A new, empty, open store, of which `owner` (default: the login) is analyst and administrator.

        Raises StoreExists, StoreWriteFailed, CipherMissing, WrongPassphrase for an empty one.

        The file is made under another name and renamed when whole: a kill leaves no half-made store at `path`.
        """
        for taken in (path, key_path(path)):
            if taken.exists():
                raise StoreExists(f"{taken} exists already.", "Choose another name, or open the store that is there.")
        leave_nothing_to_others()
        draft = path.with_name(path.name + ".creating")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _remove(draft)
            owner = owner or getpass.getuser()
            unlocked = new_key(passphrase, owner, cost or KeyCost(), time.time())
            database = Database(connect(draft, unlocked.key, _spill_folder(draft), limits or Limits()), str(path))
            try:
                migrate(database, shipped_migrations(), str(path))
                SecretTable(database).report_seed()
            finally:
                database.close()  # checkpoints, so that the one file is all there is
            set_aside(path, datetime.now(UTC), *AFTER, ".head")  # of another store, which stood here once
            write_key_file(key_path(path), unlocked.file)
            draft.rename(path)
        except OSError as error:
            raise _unwritable(path, error) from error
        finally:
            _remove(draft)
        return cls.open(path, passphrase, user=owner, limits=limits)

    @classmethod
    def open(
        cls,
        path: Path,
        passphrase: str,
        *,
        user: str | None = None,
        limits: Limits | None = None,
        cost: KeyCost | None = None,
        now: float | None = None,
    ) -> "Store":
        """Opens it as `user`; None: its only user, else the one named as the login.

        `cost` is for a key file of the first format, which is made anew; `now` (seconds since 1970) for the pause after
        wrong passphrases. Raises StoreMissing, StoreInUse, WrongPassphrase, UnknownUser, LockedOut, NotAllowed,
        StoreDamaged, StoreTooNew, CipherMissing.
        """
        if not path.is_file():
            raise StoreMissing(f"No store stands at {path}.", "`whyflag demo` or `whyflag import` makes one.")
        leave_nothing_to_others()
        try:
            lock = OwnerLock(lock_path(path), path)
        except OSError as error:
            raise _unwritable(path, error) from error
        try:
            at = time.time() if now is None else now
            unlocked = unlock(key_path(path), passphrase, user, getpass.getuser(), at, cost or KeyCost())
            spill = _spill_folder(path)
            database = Database(connect(path, unlocked.key, spill, limits or Limits()), str(path))
        except OSError as error:
            lock.release()
            raise _unwritable(path, error) from error
        except BaseException:
            lock.release()
            raise
        store = cls(path, database, lock, spill, unlocked, limits or Limits())
        try:
            migrate(database, shipped_migrations(), str(path), store._back_up_first)
            store.access.settle(unlocked.failed)
        except BaseException:
            store.close()
            raise
        return store

    @property
    def person(self) -> Person:
        """Whom the passphrase opened the store for: use cases ask this person's rights."""
        return self.access.person

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """For domain.store only; prefer `database`, which locks and translates errors."""
        return self.database.connection

    def back_up(self, to: Path | None = None, *, now: datetime) -> Work[Backup]:
        """A verified backup in `to`, else where the plan says; the audit gets an entry once it stands.

        Then the plan, if there is one for this folder, removes what it does not keep. Raises NotAllowed, BackupFailed.
        """
        require(self.person, "backup")
        plan = read_plan(self.path)
        folder = (to or backup_folder(self.path)).absolute()
        made = yield from make_backup(self.database, self.path, self._key, folder, now)
        if self._closed:  # meanwhile, by the window
            raise Cancelled(f"The store was closed; its backup {made.folder} stands, without an entry in the audit.")
        self.audit.append(
            self.person.name,
            "backup",
            str(made.folder),
            {"entries": made.entries, "bytes": made.size, "sha256": made.files[0].sha256},
        )
        if plan is not None and plan.folder == folder:
            yield from rotate(self.path, self._key, plan)
        return made

    @classmethod
    def restore(
        cls,
        folder: Path,
        path: Path,
        passphrase: str,
        *,
        now: datetime,
        replace: bool = False,
        user: str | None = None,
    ) -> Work[Backup]:
        """Puts the backup in `folder` in place at `path`: see backups.restoring. The store is left closed."""
        leave_nothing_to_others()
        return restore_backup(
            folder,
            path,
            lambda data: unlocked_copy(data, passphrase, user, getpass.getuser()),
            now=now,
            replace=replace,
        )

    def plan_backups(self, plan: BackupPlan) -> None:
        """Where backups go and how many stay, from now on. Raises NotAllowed, StoreWriteFailed."""
        require(self.person, "administer")
        before = read_plan(self.path)
        with self.transaction():
            details = {"before": repr(before) if before else None, "after": repr(plan)}
            self.audit.append(self.person.name, "policy", "backups", details)
            write_plan(self.path, plan)

    def examine(self) -> Work[Examination]:
        """Reads everything, and says what can no longer be read."""
        return examine(self.database, self.path)

    def _back_up_first(self) -> Path:
        """Before a migration: it stands in the store's folder of backups like any other."""
        work = make_backup(self.database, self.path, self._key, backup_folder(self.path), datetime.now(UTC))
        return finish(work).folder

    def transaction(self) -> AbstractContextManager[None]:
        """BEGIN..COMMIT; ROLLBACK on any exception; one inside another becomes part of the outer one."""
        return self.database.transaction()

    @contextmanager
    def memory(self, mib: int) -> Iterator[None]:
        """Within the block up to `mib` MiB are taken, not what the limits say; of several at once, the most."""
        self._granted.append(mib)
        self.database.limit_memory(max(self._granted))
        try:
            yield
        finally:
            self._granted.remove(mib)
            with suppress(WhyflagError, duckdb.Error):  # closed meanwhile, or more than that is still in use
                self.database.limit_memory(max(self._granted, default=self._limits.memory_mib))

    def interrupt(self) -> None:
        """From another thread: stops the running query, which then raises Cancelled."""
        self.database.interrupt()

    def close(self) -> None:
        """Writes the log into the file and lets go of it; safe to call again."""
        if not self._closed:
            self._closed = True
            with suppress(WhyflagError, duckdb.Error):
                note_head(self.path, self.audit)
        self.access.drop()
        self._key = ""
        self.database.close()
        shutil.rmtree(self._spill, ignore_errors=True)
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _spill_folder(store: Path) -> Path:
    """An empty folder, the owner's alone. What a killed process left there is removed."""
    folder = store.with_name(store.name + ".spill")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder


def _remove(draft: Path) -> None:
    for leftover in (draft, draft.with_name(draft.name + ".wal")):
        with suppress(FileNotFoundError, NotADirectoryError):
            leftover.unlink()
    shutil.rmtree(draft.with_name(draft.name + ".spill"), ignore_errors=True)


def _unwritable(path: Path, error: OSError) -> WhyflagError:
    return StoreWriteFailed(f"The store {path} cannot be written: {error.strerror or error}.", "Check disk and rights.")
