"""Writes a report's files and their signed manifest: whole or not at all, and going on where a killed run was."""

import errno
import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from domain.errors import ReportFailed
from domain.private_file import made, sync_folder
from domain.progress import Progress, Work
from domain.reporting import Format, Report

MANIFEST_SUFFIX = ".manifest.json"
ENDINGS: Mapping[Format, str] = {"txt": "sar.txt", "xml": "goaml.xml"}  # drafts for the authority, by what they are


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where a writing run keeps what a later one needs: `finished` files, by name and sha256, and two callbacks.

    `keep` is told of each file written aside whole; `record` of all of them before any appears, so that no report
    stands unrecorded.
    """

    finished: Mapping[str, str]
    keep: Callable[[str, str], None] = lambda name, sha256: None
    record: Callable[[Mapping[str, str]], None] = lambda hashes: None


def file_name(report: Report, format: Format) -> str:
    """whyflag-report-<UTC time>.<format's ending>, with volume-2-of-3 before it where there are several."""
    part = f"volume-{report.volume.number}-of-{report.volume.of}." if report.volume else ""
    return f"{report.stem}.{part}{ENDINGS.get(format, format)}"


def write_report(
    report: Report,
    folder: Path,
    formats: Sequence[Format],
    render: Callable[[Report, Format], bytes],
    seal: Callable[[Report, Mapping[str, bytes]], bytes],
    ledger: Ledger,
) -> Work[tuple[Path, ...]]:
    """Writes every format into `folder` (made if missing), and the manifest that `seal` makes of their contents.

    Returns the paths in the order of `formats`, volumes in theirs, the manifest's last.

    All are written aside, readable by the owner alone, and renamed only when the last is whole, the manifest last of
    all: a kill, a full disk or a cancelled run leaves earlier reports as they were and no half file under a report's
    name. What the ledger calls finished and still stands with its hash is not written again. Raises ReportFailed.
    """
    parts = [(format, part) for format in formats for part in report.volumes(format)]
    names = [file_name(part, format) for format, part in parts]
    sealed = report.stem + MANIFEST_SUFFIX
    asides: dict[str, Path] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _purge(folder, set(ledger.finished.values()))
        contents: dict[str, bytes] = {}
        for step, (name, (format, part)) in enumerate(zip(names, parts, strict=True)):
            yield Progress(f"writing {format}", step, len(parts) + 1)
            contents[name] = _written(folder, name, ledger, asides, partial(render, part, format))
        yield Progress("signing", len(parts), len(parts) + 1)
        manifest = _written(folder, sealed, ledger, asides, partial(seal, report, contents))
        written = {**contents, sealed: manifest}
        ledger.record({name: _sha256(content) for name, content in written.items()})
        for name in written:
            if name in asides:
                asides[name].replace(folder / name)
        sync_folder(folder)
    except OSError as failed:
        raise _report_failed(failed, folder) from failed
    finally:
        for aside in asides.values():
            _remove(aside)
    yield Progress("report written", len(parts) + 1, len(parts) + 1)
    return tuple(folder / name for name in (*names, sealed))


def _written(folder: Path, name: str, ledger: Ledger, asides: dict[str, Path], make: Callable[[], bytes]) -> bytes:
    """The file's content; it stands aside in `asides`, or under its name already."""
    wanted = ledger.finished.get(name, "")
    for earlier in (folder / name, *sorted(folder.glob(f".{name}.*.part"))) if wanted else ():
        if earlier.is_file() and _sha256(content := earlier.read_bytes()) == wanted:
            if earlier.name != name:
                asides[name] = earlier
            return content
    content = make()
    asides[name] = folder / f".{name}.{os.getpid()}.part"
    _write_whole(asides[name], content)
    ledger.keep(name, _sha256(content))
    return content


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write_whole(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)  # this process's own, of an earlier try
    with os.fdopen(made(path), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _purge(folder: Path, wanted: set[str]) -> None:
    """Removes what killed runs left aside; a live process's file stays, and so does a whole one that is wanted."""
    for aside in folder.glob(".whyflag-report-*.part"):
        owner = aside.name.split(".")[-2]
        dead = owner.isdigit() and (int(owner) == os.getpid() or not _is_running(int(owner)))
        if dead and not (wanted and _sha256(aside.read_bytes()) in wanted):
            _remove(aside)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)  # signal 0 only asks
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:  # a read-only or vanished folder: the failure that led here is already told
        return


def _report_failed(failed: OSError, folder: Path) -> ReportFailed:
    hints = {
        errno.ENOSPC: "Free some space, or choose another folder.",
        errno.EDQUOT: "Free some space, or choose another folder.",
        errno.EACCES: "Choose a folder you may write to.",
        errno.EPERM: "Choose a folder you may write to.",
        errno.EROFS: "Choose a folder you may write to.",
    }
    return ReportFailed(
        f"The report could not be written to {folder}: {failed.strerror or failed}.",
        hints.get(failed.errno or 0, "Choose another folder."),
    )
