"""One owner a store: an advisory lock on the key file, held as long as the process keeps the store open."""

import fcntl
import os
from pathlib import Path

from domain.store.faults import in_use


class OwnerLock:
    """Held from construction to `release`; the kernel frees it when the process dies, however it dies."""

    def __init__(self, path: Path, store: Path) -> None:
        """Raises StoreInUse, or OSError where `path` cannot be opened."""
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            os.close(self._file)
            raise in_use(str(store)) from busy

    def release(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
