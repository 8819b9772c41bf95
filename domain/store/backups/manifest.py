"""What a backup is: a folder with the store's file, its key file, and `backup.json`, which says what they hold.

    <store>-20261124T173207Z/
        <store>        the store's file, byte for byte, as encrypted as it was
        <store>.key    its key file of that moment: the passphrases of that moment open the backup
        backup.json    sizes and sha256 of both, counts, the audit's head, and a seal

Numbers and times are all that `backup.json` tells in the clear. The seal is an HMAC under the store's key: who has no
passphrase can neither make a backup that is taken, nor mix the files of two.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from domain.errors import BackupUnusable

FORMAT = 1
MANIFEST = "backup.json"
CHUNK = 1 << 20
ANOTHER = "Take another backup: `whyflag backup --list --store STORE` names them."


@dataclass(frozen=True, slots=True)
class FileSum:
    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Backup:
    """One whole backup. `store` is the absolute path it was made of; `counts` are rows by table."""

    folder: Path
    store: str
    created_at: datetime
    schema: int
    counts: tuple[tuple[str, int], ...]
    entries: int
    head: str
    files: tuple[FileSum, ...]
    seal: str = ""

    @property
    def data(self) -> Path:
        return self.folder / self.files[0].name

    @property
    def key_file(self) -> Path:
        return self.folder / self.files[1].name

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for file in self.files)

    @property
    def words(self) -> str:
        """When, and how much, for a person who has to choose."""
        known = dict(self.counts)
        told = ", ".join(f"{known[name]:,} {name}" for name in ("transactions", "alerts", "decisions") if name in known)
        return f"{self.created_at:%Y-%m-%d %H:%M} UTC, {told}, {self.entries:,} audit entries"


def sealed(backup: Backup, key: str) -> Backup:
    return replace(backup, seal=_seal(backup, key))


def is_sealed_by(backup: Backup, key: str) -> bool:
    return hmac.compare_digest(backup.seal, _seal(backup, key))


def write_manifest(backup: Backup, folder: Path) -> None:
    """On disk when this returns. Raises OSError."""
    with (folder / MANIFEST).open("w", encoding="utf-8") as out:
        json.dump({**_content(backup), "seal": backup.seal}, out, indent=1)
        out.flush()
        os.fsync(out.fileno())


def read_manifest(folder: Path) -> Backup:
    """Raises BackupUnusable where the folder holds no backup, or one of another format."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise ValueError(f"format {content['format']} is not known")
        files = tuple(FileSum(str(f["name"]), int(f["size"]), str(f["sha256"])) for f in content["files"])
        if len(files) != 2 or any(Path(file.name).name != file.name for file in files):
            raise ValueError("it names other files than a store and its key")
        return Backup(
            folder=folder,
            store=str(content["store"]),
            created_at=datetime.fromisoformat(content["created_at"]).astimezone(UTC),
            schema=int(content["schema"]),
            counts=tuple((str(name), int(count)) for name, count in content["counts"]),
            entries=int(content["entries"]),
            head=str(content["head"]),
            files=files,
            seal=str(content["seal"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as broken:
        raise BackupUnusable(f"{folder} holds no backup that can be read: {broken}.", ANOTHER) from broken


def check_sums(backup: Backup) -> None:
    """Both files are as they were written. Raises BackupUnusable naming the one that is not."""
    for file in backup.files:
        try:
            found = sum_of(backup.folder / file.name)
        except OSError as error:
            raise BackupUnusable(
                f"{backup.folder / file.name} cannot be read: {error.strerror or error}.", ANOTHER
            ) from error
        if found != file:
            raise BackupUnusable(f"{backup.folder / file.name} is not as it was backed up.", ANOTHER)


def check_copies(backup: Backup, *copies: Path) -> None:
    """What was copied is what was checked, whoever wrote to the backup in between. Raises BackupUnusable, OSError."""
    for file, copy in zip(backup.files, copies, strict=True):
        if sum_of(copy).sha256 != file.sha256:
            raise BackupUnusable(f"{backup.folder / file.name} was changed while it was copied.", ANOTHER)


def sum_of(path: Path) -> FileSum:
    """Raises OSError."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            digest.update(piece)
            size += len(piece)
    return FileSum(path.name, size, digest.hexdigest())


def backups_of(store: Path, folder: Path) -> tuple[Backup, ...]:
    """The whole backups of a store in a folder, newest first; what is no backup of it is passed over."""
    found = [backup for backup in _readable(folder) if backup.store == str(store.absolute())]
    return tuple(sorted(found, key=lambda backup: (backup.created_at, backup.folder.name), reverse=True))


def _readable(folder: Path) -> Iterator[Backup]:
    try:
        inside = [path for path in folder.iterdir() if not path.name.endswith(".partial")]
    except OSError:
        return
    for path in inside:
        try:
            yield read_manifest(path)
        except BackupUnusable:
            continue


def _content(backup: Backup) -> dict[str, object]:
    return {
        "format": FORMAT,
        "store": backup.store,
        "created_at": backup.created_at.isoformat(),
        "schema": backup.schema,
        "counts": [list(pair) for pair in backup.counts],
        "entries": backup.entries,
        "head": backup.head,
        "files": [asdict(file) for file in backup.files],
    }


def _seal(backup: Backup, key: str) -> str:
    """Under a key of its own, derived from the store's."""
    own = hmac.digest(key.encode(), b"whyflag backup seal", "sha256")
    return hmac.new(own, json.dumps(_content(backup), sort_keys=True).encode(), "sha256").hexdigest()
