"""A report's content, built from records alone. (`exporting` gathers it, `report_files` writes it.)"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Literal, get_args

from domain.errors import ReportFailed
from domain.narrative import Explanation, SentenceStatus
from domain.review import DISPOSITIONS, AlertState, Decision, Disposition
from domain.scoring import Alert, Band, ClassifierVersion
from domain.transactions import Transaction

Format = Literal["pdf", "html", "xlsx", "csv", "json", "txt", "xml"]
FORMATS: tuple[Format, ...] = get_args(Format)
Mask = Literal["none", "internal", "external"]
MASKS: tuple[Mask, ...] = get_args(Mask)
Tally = tuple[tuple[str, int], ...]
PDF_CASES = 200  # about as many pages; making more at once takes more memory than is promised (1.5 GB in all)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which alerts: of transactions in [start, until), of a band, a state or disposition, holding a text; how many."""

    start: datetime | None = None
    until: datetime | None = None
    band: Band | None = None
    state: AlertState | Disposition | None = None
    query: str = ""
    limit: int | None = None

    @property
    def filters(self) -> tuple[tuple[str, str], ...]:
        """Those that are set, by name and in words."""
        given = (
            ("from", f"{self.start:%Y-%m-%d %H:%M:%S}" if self.start else ""),
            ("until", f"{self.until:%Y-%m-%d %H:%M:%S}" if self.until else ""),
            ("band", self.band or ""),
            ("state", self.state or ""),
            ("query", self.query),
        )
        return tuple((name, value) for name, value in given if value)


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """What a person asks for. `template` is the name of a shipped template or a folder's path."""

    folder: Path
    formats: tuple[Format, ...]
    selection: Selection = Selection()
    mask: Mask = "none"
    template: str = "standard"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a report would hold: `matching` alerts, of which `reported` go in, and when they happened."""

    matching: int
    reported: int
    escalated: int
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True)
class SimilarAlert:
    """Another alert that was flagged for like reasons: `similarity` in 0..1, 1 the same; `disposition` None if open."""

    alert_id: str
    transaction_id: str
    similarity: float
    disposition: Disposition | None


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
    similar: tuple[SimilarAlert, ...] = ()

    @property
    def id(self) -> str:
        """The alert's, or the transaction's where it was not flagged."""
        return self.explanation.alert_id or self.explanation.transaction_id

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
    """The audit chain's newest entry when the report was begun: its hash, and how many entries there were.

    The report's own entries come after it.
    """

    hash: str
    entries: int


@dataclass(frozen=True, slots=True)
class Drift:
    """How far the scores since training differ from those in it: population stability index, and how many they are."""

    index: float
    trained: int
    since: int


@dataclass(frozen=True, slots=True)
class Seal:
    """What the last page shows: the sha256 of the report's content, its signature, and its key's fingerprint."""

    document: str
    signature: str
    key: str


@dataclass(frozen=True, slots=True)
class ReportJob:
    """A report that was begun: what makes a later run give the same files.

    `finished` are files written aside whole, by name and sha256; `recorded` says that the audit has them all.
    """

    key: str
    created_at: datetime
    audit: AuditHead
    alert_ids: tuple[str, ...]
    available: int
    finished: tuple[tuple[str, str], ...] = ()
    recorded: bool = False


@dataclass(frozen=True, slots=True)
class Volume:
    """One of the `of` files that a report fills: cases [start, stop) of it. `number` counts from 1."""

    number: int
    of: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Report:
    """All that a rendering may show. `threshold` is the cases' common one, or None where they differ or have none.

    `volume` is None where a rendering shows all of it.
    """

    title: str
    created_at: datetime
    store: str
    scope: Scope
    counts: Counts
    classifier: ClassifierVersion | None
    threshold: float | None
    cases: tuple[Case, ...]
    audit: AuditHead
    mask: Mask = "none"
    drift: Drift | None = None
    seal: Seal | None = None
    volume: Volume | None = None

    def volumes(self, format: Format) -> tuple["Report", ...]:
        """The report once for each file of this format: PDFs hold PDF_CASES at most, the others all."""
        count = -(-len(self.cases) // PDF_CASES)
        if format != "pdf" or count < 2:
            return (self,)
        bounds = [len(self.cases) * number // count for number in range(count + 1)]  # of one thickness
        return tuple(
            replace(self, volume=Volume(number, count, start, stop))
            for number, (start, stop) in enumerate(pairwise(bounds), 1)
        )

    @property
    def stem(self) -> str:
        """The name of its files without their endings: whyflag-report-<UTC time>."""
        return f"whyflag-report-{self.created_at:%Y%m%dT%H%M%SZ}"


def build_report(
    cases: Iterable[Case],
    *,
    created_at: datetime,
    store: str,
    scope: Scope,
    classifier: ClassifierVersion | None,
    audit: AuditHead,
    drift: Drift | None = None,
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
        drift=drift,
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
