"""The store: one encrypted DuckDB file, its key file, and a folder for encrypted spill; one owner process at a time.

    <path>          the data, AES-256-GCM; `<path>.wal` beside it holds what was committed since the last checkpoint
    <path>.key      salt and cost of the key derivation, and the owner's lock
    <path>.spill/   what a query needs beyond memory, encrypted; emptied at every start, for kill -9 leaves it full

What `transaction` acknowledged is in the file or its log: it survives kill -9 at any moment.
"""

import os
import shutil
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from domain.errors import StoreExists, StoreMissing, StoreWriteFailed, WhyflagError
from domain.store.alerts import AlertTable
from domain.store.audit import AuditLog
from domain.store.classifiers import ModelTable
from domain.store.database import Database
from domain.store.dossiers import DossierTable
from domain.store.features import FeatureTable
from domain.store.imports import ImportTable
from domain.store.key import KeyCost, key_for, key_path, new_key, read_key_file, write_key_file
from domain.store.lock import OwnerLock
from domain.store.migrations import migrate, shipped_migrations
from domain.store.narratives import NarrativeTable
from domain.store.opening import Limits, connect
from domain.store.reasons import ReasonTable
from domain.store.report_jobs import ReportJobTable
from domain.store.reviews import ReviewTable
from domain.store.rules import RuleTable
from domain.store.scores import ScoreTable
from domain.store.secrets import SecretTable
from domain.store.transactions import TransactionTable

OWNER_ONLY = 0o077  # umask


class Store:
    """An open store. Any thread may call its parts; calls are serialised. Use it as a context manager, or `close` it.

    Opening sets the process's umask to 077 and leaves it so: DuckDB makes its log anew whenever it needs one, and
    would make it readable for all.
    """

    def __init__(self, path: Path, database: Database, lock: OwnerLock, spill: Path) -> None:
        self.path = path
        self.database = database
        self._lock = lock
        self._spill = spill
        self.transactions = TransactionTable(database)
        self.alerts = AlertTable(database)
        self.scores = ScoreTable(database)
        self.reviews = ReviewTable(database)
        self.narratives = NarrativeTable(database)
        self.models = ModelTable(database)
        self.audit = AuditLog(database)
        self.imports = ImportTable(database, self.audit)
        self.features = FeatureTable(database)
        self.dossiers = DossierTable(database)
        self.report_jobs = ReportJobTable(database)
        self.secrets = SecretTable(database)
        self.reasons = ReasonTable(database)
        self.rules = RuleTable(database)

    @classmethod
    def create(
        cls, path: Path, passphrase: str, *, cost: KeyCost | None = None, limits: Limits | None = None
    ) -> "Store":
        """A new, empty, open store. Raises StoreExists, StoreWriteFailed, CipherMissing.

        The file is made under another name and renamed when whole: a kill leaves no half-made store at `path`.
        """
        for taken in (path, key_path(path)):
            if taken.exists():
                raise StoreExists(f"{taken} exists already.", "Choose another name, or open the store that is there.")
        os.umask(OWNER_ONLY)
        draft = path.with_name(path.name + ".creating")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _remove(draft)
            key, key_file = new_key(passphrase, cost or KeyCost())
            database = Database(connect(draft, key, _spill_folder(draft), limits or Limits()), str(path))
            try:
                migrate(database, shipped_migrations(), str(path))
                SecretTable(database).report_seed()
            finally:
                database.close()  # checkpoints, so that the one file is all there is
            write_key_file(key_path(path), key_file)
            draft.rename(path)
        except OSError as error:
            raise _unwritable(path, error) from error
        finally:
            _remove(draft)
        return cls.open(path, passphrase, limits=limits)

    @classmethod
    def open(cls, path: Path, passphrase: str, *, limits: Limits | None = None) -> "Store":
        """Raises StoreMissing, StoreInUse, WrongPassphrase, StoreDamaged, StoreTooNew, CipherMissing."""
        if not path.is_file():
            raise StoreMissing(f"No store stands at {path}.", "`whyflag demo` or `whyflag import` makes one.")
        os.umask(OWNER_ONLY)
        key_file = read_key_file(key_path(path))
        try:
            lock = OwnerLock(key_path(path), path)
        except OSError as error:
            raise _unwritable(path, error) from error
        try:
            key = key_for(passphrase, key_file, path)
            spill = _spill_folder(path)
            database = Database(connect(path, key, spill, limits or Limits()), str(path))
        except OSError as error:
            lock.release()
            raise _unwritable(path, error) from error
        except BaseException:
            lock.release()
            raise
        store = cls(path, database, lock, spill)
        try:
            migrate(database, shipped_migrations(), str(path))
        except BaseException:
            store.close()
            raise
        return store

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """For domain.store only; prefer `database`, which locks and translates errors."""
        return self.database.connection

    def transaction(self) -> AbstractContextManager[None]:
        """BEGIN..COMMIT; ROLLBACK on any exception; one inside another becomes part of the outer one."""
        return self.database.transaction()

    def interrupt(self) -> None:
        """From another thread: stops the running query, which then raises Cancelled."""
        self.database.interrupt()

    def close(self) -> None:
        """Writes the log into the file and lets go of it; safe to call again."""
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
