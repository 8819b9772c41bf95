"""A full and a read-only disk under each work: `python -m tests.kills.disks` prints what each is told.

A disk of its own is a tmpfs in a mount namespace of this user (`unshare --user --mount`, no root rights). The store is
copied there; then the disk is filled but for a little, or made read-only, and the work done by a process of its own.
Afterwards the disk is made large or writable again, and the store must open with all that was acknowledged.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from domain.store import Store
from tests.kills.killing import ROOT, acknowledged
from tests.kills.proofs import actions, alert_store, payments_file, scored_store
from tests.kills.works import EXPLAINED, FAILED
from tests.stores import PASSPHRASE

KINDS = ("full", "read-only")
WORKS = ("import", "score", "decide", "export", "migrate", "backup")
DISK = 256 << 20
LEFT = 96 << 10  # bytes that a full disk still takes: enough to open a store, and for some decisions
NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount")


@dataclass(frozen=True)
class Told:
    """How a work ended on a bad disk: the error it told, what it had acknowledged, what the store holds afterwards."""

    error: str
    acknowledged: tuple[str, ...]
    notes: tuple[str, ...]
    actions: tuple[str, ...]
    transactions: int
    output: str


def can_mount() -> bool:
    """Whether this user may have a mount namespace of his own; some systems forbid it."""
    return (
        shutil.which("unshare") is not None
        and subprocess.run([*NAMESPACE, "true"], capture_output=True).returncode == 0
    )


def on_bad_disk(kind: str, work: str, folder: Path) -> Told:
    """`folder` gets the store that the disk is made of."""
    path = scored_store(folder) if work == "score" else alert_store(folder, rows=20_000)
    if work == "import":
        payments_file(folder, 0)
    done = subprocess.run(
        [*NAMESPACE, sys.executable, "-m", "tests.kills.disks", "--inside", kind, work, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    return Told(**{name: tuple(value) if isinstance(value, list) else value for name, value in found.items()})


def _inside(kind: str, work: str, original: Path) -> Told:
    with tempfile.TemporaryDirectory(prefix="whyflag-disk-") as at:
        disk = Path(at)
        _mount("-t", "tmpfs", "-o", f"size={DISK},mode=700", "tmpfs", at)
        for file in original.parent.iterdir():
            if file.is_file():
                shutil.copyfile(file, disk / file.name)
        # What goes out stands on the bad disk; read-only, that alone: a store that cannot be opened writes nothing out.
        goes_out = kind == "read-only" and work in ("export", "backup")
        path = original if goes_out else disk / original.name
        what = {"import": str(disk / "payments-0.parquet"), "export": f"0:{disk / 'out'}", "backup": str(disk / "out")}
        if kind == "full":
            _fill(disk)
        else:
            _mount("-o", "remount,ro", at)
        command = [sys.executable, "-m", "tests.kills.works", work, str(path), what.get(work, "0")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if kind == "full":
            (disk / "filler").unlink()
        else:
            _mount("-o", "remount,rw", at)
        lines = done.stdout.splitlines()
        error = lines[-1].removeprefix("failed ") if done.returncode == FAILED else f"code {done.returncode}"
        told = _looked_at(path, error, acknowledged(lines), done.stdout + done.stderr)
        subprocess.run(["umount", at], check=True)
        return told


def _looked_at(path: Path, error: str, done: list[str], output: str) -> Told:
    with Store.open(path, PASSPHRASE) as store:
        notes = tuple(decision.note for decision in store.reviews.history(f"A-{EXPLAINED}"))
        return Told(error, tuple(done), notes, tuple(actions(store)), store.transactions.count(), output)


def _fill(disk: Path) -> None:
    with (disk / "filler").open("wb") as filler:
        state = os.statvfs(disk)
        os.posix_fallocate(filler.fileno(), 0, state.f_bavail * state.f_frsize - LEFT)


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


def main() -> None:
    if sys.argv[1:2] == ["--inside"]:
        print(json.dumps(asdict(_inside(sys.argv[2], sys.argv[3], Path(sys.argv[4])))))
        return
    for kind in KINDS:
        for work in WORKS:
            with tempfile.TemporaryDirectory(prefix="whyflag-disks-") as folder:
                told = on_bad_disk(kind, work, Path(folder))
            print(f"{kind:<10} {work:<8} {len(told.acknowledged):>5} acknowledged; {told.error}", flush=True)


if __name__ == "__main__":
    main()
