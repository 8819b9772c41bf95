"""The users of an open store: their slots in the key file, changed together with the audit."""

from collections.abc import Callable, Mapping
from pathlib import Path

from domain.access.roles import Person
from domain.audit import Scalar
from domain.errors import StoreDamaged, StoreWriteFailed
from domain.review import AuditAction
from domain.store.audit import AuditLog
from domain.store.database import Database
from domain.store.key import RECOVERED, Unlocked, count_try, prove, raw
from domain.store.key_file import KeyFile, write_key_file

REVISION, SHEET = "access_revision", "access_sheet"  # their rows in `meta`


class StoreAccess:
    """Holds the store's key until `drop`. Python cannot wipe every copy of it: the process's end does."""

    def __init__(self, path: Path, unlocked: Unlocked, database: Database, audit: AuditLog) -> None:
        self._path = path
        self._key = bytearray(raw(unlocked.key))
        self._file = unlocked.file
        self._database = database
        self._audit = audit
        self.person = unlocked.person

    @property
    def file(self) -> KeyFile:
        return self._file

    @property
    def people(self) -> tuple[Person, ...]:
        return tuple(slot.person for slot in self._file.slots)

    def settle(self, failed: int) -> None:
        """At opening: refuses a key file that is older than the store's users or was recovered by a former sheet, and
        records what happened while the store was closed.

        Raises StoreDamaged.
        """
        kept = int(self._kept(REVISION) or 0)
        if self._file.revision < kept:
            raise StoreDamaged(
                f"The key file {self._path} is older than the store's users.",
                "Restore the newest .key file; the recovery sheet makes an older one valid: `whyflag user recover`.",
            )
        sheet = self._kept(SHEET)
        if self._file.change.startswith(RECOVERED) and sheet is not None and self._file.sheet != sheet:
            raise StoreDamaged(
                f"The key file {self._path} was recovered by a former sheet: a newer one was printed since.",
                "Restore the newest .key file, and find out who has the former sheet.",
            )
        with self._database.transaction():
            if self._file.revision > kept:
                if kept:
                    details = {"after": self._file.change}
                    self._audit.append(self.person.name, "users", self.person.name, details)
                self._keep(self._file)
            if failed:
                self._audit.append(self.person.name, "wrong_passphrase", self.person.name, {"times": failed})
            self._audit.signed_head()

    def confirm(self, passphrase: str, now: float) -> None:
        """That whoever sits there is still whom the store was opened for; a wrong passphrase counts as at opening.

        Raises WrongPassphrase, LockedOut, StoreWriteFailed.
        """
        slot = self._file.slot(self.person.name)
        assert slot is not None, "nobody's user is ever removed"
        try:
            self._file = count_try(self._path, self._file, slot, now)
            self._file = prove(self._path, self._file, slot, passphrase)
        except OSError as error:
            raise self._unwritable(error) from error

    def change(
        self,
        edit: Callable[[KeyFile, bytes], KeyFile],
        now: float,
        action: AuditAction,
        subject: str,
        details: Mapping[str, Scalar],
    ) -> None:
        """Writes the edited key file and its audit entry.

        A kill between the two leaves the file changed and not recorded; `settle` then records it at the next opening.
        Raises StoreWriteFailed.
        """
        key = bytes(self._key)
        edited = edit(self._file, key).sealed(key, max(now, self._file.revision + 1), f"{action} {subject}")
        with self._database.transaction():
            self._audit.append(self.person.name, action, subject, details)
            self._keep(edited)
            try:
                write_key_file(self._path, edited)
            except OSError as error:
                raise self._unwritable(error) from error
        self._file = edited
        mine = edited.slot(self.person.name)
        if mine is not None:
            self.person = mine.person

    def drop(self) -> None:
        """Overwrites the key this object holds; safe to call again."""
        self._key[:] = bytes(len(self._key))

    def _unwritable(self, error: OSError) -> StoreWriteFailed:
        return StoreWriteFailed(
            f"The key file {self._path} cannot be written: {error.strerror or error}.", "Check disk and rights."
        )

    def _kept(self, name: str) -> str | None:
        row = self._database.first("SELECT value FROM meta WHERE name = ?", [name])
        return str(row[0]) if row else None

    def _keep(self, file: KeyFile) -> None:
        """In the store, by which an older key file and a former sheet are told from the newest."""
        for name, value in ((REVISION, str(file.revision)), (SHEET, file.sheet)):
            self._database.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", [name, value])
