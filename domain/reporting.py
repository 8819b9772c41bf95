"""A report's content, built from records alone, and the use case that writes it whole or not at all."""

import errno
import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from domain.errors import ReportFailed
from domain.narrative import Explanation, SentenceStatus
from domain.progress import Progress, Work
from domain.review import DISPOSITIONS, Decision
from domain.scoring import Alert, Band, ClassifierVersion
from domain.transactions import Transaction

Format = Literal["pdf", "html", "xlsx", "csv", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)
Tally = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One section: a transaction, why it was flagged, what was decided.

    `alert` is None where a transaction that was not flagged is explained. `history` is the customer's transactions up
    to this one, newest first; `decisions` oldest first.
    """

    transaction: Transaction
    alert: Alert | None
    explanation: Explanation
    history: tuple[Transaction, ...] = ()
    decisions: tuple[Decision, ...] = ()

    @property
    def disposition(self) -> str:
        """The newest decision's, or 'open' where there is none or it was reopened."""
        return (self.decisions[-1].disposition or "open") if self.decisions else "open"


@dataclass(frozen=True, slots=True)
class Scope:
    """What was asked for: filters as (name, value), at most `limit` cases (None: all) of `available` that match."""

    filters: tuple[tuple[str, str], ...]
    limit: int | None
    available: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Over the report's cases; each tally lists every possible key. `drafts` are those of the language model."""

    cases: int
    bands: Tally
    dispositions: Tally
    origins: Tally
    sentences: Tally
    drafts: int
    drafts_verified: int


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The audit chain's newest entry when the report was made: its hash, and how many entries the chain has with it."""

    hash: str
    entries: int


@dataclass(frozen=True, slots=True)
class Report:
    """All that a rendering may show. `threshold` is the cases' common one, or None where they differ or have none."""

    title: str
    created_at: datetime
    store: str
    scope: Scope
    counts: Counts
    classifier: ClassifierVersion | None
    threshold: float | None
    cases: tuple[Case, ...]
    audit: AuditHead


def build_report(
    cases: Iterable[Case],
    *,
    created_at: datetime,
    store: str,
    scope: Scope,
    classifier: ClassifierVersion | None,
    audit: AuditHead,
    title: str = "Fraud alert report",
) -> Report:
    """The content, cases in the order given. `created_at` is aware. Raises ValueError where a case's parts disagree."""
    listed = tuple(cases)
    for case in listed:
        if case.transaction.transaction_id != case.explanation.transaction_id:
            raise ValueError(
                f"transaction {case.transaction.transaction_id} beside the explanation of "
                f"{case.explanation.transaction_id}"
            )
    thresholds = {case.explanation.threshold for case in listed}
    return Report(
        title=title,
        created_at=created_at.astimezone(UTC).replace(microsecond=0),
        store=store,
        scope=scope,
        counts=_count(listed),
        classifier=classifier,
        threshold=thresholds.pop() if len(thresholds) == 1 else None,
        cases=listed,
        audit=audit,
    )


def report_time(source_date_epoch: str | None, now: datetime) -> datetime:
    """When a report says it was made: `source_date_epoch` in seconds where set, for files that repeat byte by byte.

    Raises ReportFailed where it is set to something else.
    """
    if not source_date_epoch:
        return now.astimezone(UTC)
    try:
        return datetime.fromtimestamp(int(source_date_epoch), UTC)
    except (ValueError, OverflowError, OSError) as unusable:
        raise ReportFailed(
            f"SOURCE_DATE_EPOCH is {source_date_epoch!r}, which is no time.",
            "Set whole seconds since 1970, or unset it.",
        ) from unusable


def report_paths(report: Report, folder: Path, formats: Sequence[Format]) -> tuple[Path, ...]:
    """Where `write_report` puts each format: whyflag-report-<UTC time>.<format>."""
    stem = f"whyflag-report-{report.created_at:%Y%m%dT%H%M%SZ}"
    return tuple(folder / f"{stem}.{name}" for name in formats)


def write_report(
    report: Report,
    folder: Path,
    formats: Sequence[Format],
    render: Callable[[Report, Format], bytes],
    record: Callable[[Mapping[str, str]], None] = lambda _: None,
) -> Work[tuple[Path, ...]]:
    """Writes every format into `folder` (made if missing) and returns the paths, in the order of `formats`.

    `record` gets each file's name and sha256 before any of them appears, so that no report stands unrecorded.

    All are written aside, readable by the owner alone, and renamed only when the last is whole: a kill, a full disk or
    a cancelled run leaves earlier reports as they were and no half file under a report's name. Raises ReportFailed.
    """
    paths = report_paths(report, folder, formats)
    hashes: dict[str, str] = {}
    asides = [path.with_name(f".{path.name}.{os.getpid()}.part") for path in paths]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _purge(folder)
        for step, (name, aside) in enumerate(zip(formats, asides, strict=True)):
            yield Progress(f"writing {name}", step, len(formats))
            content = render(report, name)
            hashes[paths[step].name] = hashlib.sha256(content).hexdigest()
            _write_whole(aside, content)
        record(hashes)
        for aside, path in zip(asides, paths, strict=True):
            aside.replace(path)
        _sync_folder(folder)
    except OSError as failed:
        raise _report_failed(failed, folder) from failed
    finally:
        for aside in asides:
            _remove(aside)
    yield Progress("report written", len(formats), len(formats))
    return paths


def _count(cases: Sequence[Case]) -> Counts:
    bands = Counter(case.explanation.band for case in cases)
    dispositions = Counter(case.disposition for case in cases)
    origins = Counter(case.alert.origin if case.alert else "asked for" for case in cases)
    drafted = [case.explanation.narrative for case in cases if case.explanation.narrative.origin == "narrator"]
    shown = (case.explanation.narrative.sentences for case in cases)
    statuses: Counter[str] = Counter(sentence.status for sentences in shown for sentence in sentences)
    return Counts(
        cases=len(cases),
        bands=_tally(bands, get_args(Band)),
        dispositions=_tally(dispositions, (*DISPOSITIONS, "open")),
        origins=_tally(origins, ("model", "upstream", "asked for")),
        sentences=_tally(statuses, get_args(SentenceStatus)),
        drafts=len(drafted),
        drafts_verified=sum(narrative.draft_verified for narrative in drafted),
    )


def _tally(counted: Mapping[str, int], keys: Iterable[str]) -> Tally:
    return tuple((key, counted.get(key, 0)) for key in keys)


def _write_whole(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _purge(folder: Path) -> None:
    """Removes what killed runs left aside; a live process's file stays."""
    for aside in folder.glob(".whyflag-report-*.part"):
        owner = aside.name.split(".")[-2]
        if owner.isdigit() and not _is_running(int(owner)):
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
