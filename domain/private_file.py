"""Files that are their owner's alone, and are written whole or not at all."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

OWNER_ONLY = 0o077  # umask


def leave_nothing_to_others() -> None:
    """From now on this process and its children make files for their owner alone, and no core file when they crash:
    it would hold keys and cases in the clear."""
    os.umask(OWNER_ONLY)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """What is written within the block stands at `path` once the block ends, on disk; before, the former file does.

    The draft beside it is made and never opened: a link that somebody laid there is removed and not followed. Raises
    OSError.
    """
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    try:
        with os.fdopen(made(draft), "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
        sync_folder(path.parent)
    finally:
        with suppress(OSError):
            draft.unlink()


def made(path: Path) -> int:
    """A descriptor of a file that did not exist, to be written. Raises FileExistsError, also for a link, OSError."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)


def sync_folder(folder: Path) -> None:
    """Brings names of files to disk. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
