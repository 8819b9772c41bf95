"""One owner a store: an advisory lock on `<store>.lock`, held as long as the process keeps the store open.

A file of its own, for the key file is replaced while the store is open, and a lock stays with the file it was taken on.
"""

import fcntl
import os
from pathlib import Path

from domain.store.faults import in_use


def lock_path(store: Path) -> Path:
    return store.with_name(store.name + ".lock")


class OwnerLock:
    """Held from construction to `release`; the kernel frees it when the process dies, however it dies."""

    def __init__(self, path: Path, store: Path) -> None:
        """Raises StoreInUse, or OSError where `path` cannot be opened or made."""
        self._file = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            os.close(self._file)
            raise in_use(str(store)) from busy

    def release(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
