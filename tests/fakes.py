"""Stand-ins for the borders: use cases in memory, without store or model."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from desktop.services import Case, ThresholdBasis
from desktop.tasks import Task
from domain.errors import Cancelled, InvalidDecision, UnknownAlert, WhyflagError
from domain.import_report import ImportReport, Reject
from domain.narrative import Explanation, Narrative, Sentence
from domain.progress import Progress, Work
from domain.reporting import Preview, ReportRequest, Selection
from domain.review import Decision, Disposition, QueueRow
from domain.scoring import Alert, Band, ClassifierVersion, band
from domain.thresholds import AlertBudget, AnyPolicy, AppliedPolicy, ScoredHistory
from domain.transactions import Period, Transaction
from tests.likeness import a_counterfactual, a_what_if, similar_to
from tests.proposals import a_proposal, a_scored_history, an_applied
from tests.reports import a_classifier, a_transaction, an_alert, an_explanation

THRESHOLD = 0.31
MERCHANTS = ("M-311", "M-87", "POS-9", "M-1204", "M-55")
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class FakeSnapshot:
    count: int
    rows: tuple[QueueRow, ...]


def queue_rows(count: int) -> list[QueueRow]:
    """Alerts A-T-1000, A-T-1001, ... with falling scores."""
    rows = []
    for number in range(count):
        score = 0.991 * (1 - number / max(count, 1)) + 0.0004
        level: Band = band(score, THRESHOLD)
        rows.append(
            QueueRow(
                f"A-T-{1000 + number}", f"T-{1000 + number}",
                datetime(2026, 2, 27, 3, 14, 9) - timedelta(minutes=37 * number),
                f"C-{(number * 37) % 400:04d}", round(508.5 * (1 + (number * 7) % 11) / 3, 2), "EUR",
                MERCHANTS[number % len(MERCHANTS)], score, level, "upstream" if number % 9 == 4 else "model", "open",
                None,
            )
        )  # fmt: skip
    return rows


def payments(this: Transaction, length: int = 60) -> tuple[Transaction, ...]:
    """The customer's history, newest first: habits, one flagged elsewhere, one known fraud."""
    earlier = tuple(
        a_transaction(
            f"T-{960 - step}",
            occurred_at=this.occurred_at - timedelta(hours=29 * (step + 1) + (step * 13) % 9),
            customer_id=this.customer_id,
            amount=round(9.0 + 11.7 * ((step * 5) % 7) + (step * 3) % 4, 2),
            merchant_id=MERCHANTS[step % len(MERCHANTS)],
            flagged=step == 12,
            label=step == 31,
        )
        for step in range(length - 1)
    )
    return (this, *earlier)


def an_import_report(sources: tuple[str, ...] = ("january.csv",)) -> ImportReport:
    rejects = (
        Reject("the amount is negative", 12, (17, 408, 911), ("-3.20", "-18.00", "-0.01"), sources[0]),
        Reject("the time cannot be read", 140, (3, 4, 5, 6), ("31/31/2026", "n/a", "", "soon"), sources[0]),
    )
    period = Period(datetime(2026, 1, 1), datetime(2026, 2, 28, 23, 59, 59))
    return ImportReport(7, "whyflag", sources, 10_652, 10_400, rejects, 100, 2, 9, 4, 12, 0, 31, 10_400, period)


@dataclass
class FakeServices:
    """Does what `desktop.services.Services` says, at once, unless told to hold or to fail.

    `fail` maps a method's name to the error it raises. Narration and long work wait at each step while `hold` is set.
    """

    alerts: int = 30
    fail: dict[str, WhyflagError] = field(default_factory=dict)
    memo: str = "order 5512"
    calls: list[tuple[object, ...]] = field(default_factory=list)
    closed: bool = False

    def __post_init__(self) -> None:
        self.rows = queue_rows(self.alerts)
        self.decisions: dict[str, list[Decision]] = {}
        self.go_on = threading.Event()
        self.go_on.set()
        self.abandoned = threading.Event()
        self.smallest: Callable[[Alert], object] = a_counterfactual
        self.history: ScoredHistory = a_scored_history()
        self.applied = AppliedPolicy(AlertBudget(100.0), 100.0)

    def queue(self, sort: str, descending: bool, state: str | None) -> FakeSnapshot:
        self._called("queue", sort, descending, state)
        rows = [row for row in map(self._as_decided, self.rows) if state in (None, row.state)]
        rows.sort(key=lambda row: str(getattr(row, sort)) if sort != "score" else row.score, reverse=descending)
        return FakeSnapshot(len(rows), tuple(rows))

    def page(self, snapshot: FakeSnapshot, start: int, count: int) -> tuple[QueueRow, ...]:
        self._called("page", start, count)
        return snapshot.rows[start : start + count]

    def case(self, alert_id: str) -> Case:
        self._called("case", alert_id)
        row = self._row(alert_id)
        this = a_transaction(
            row.transaction_id, occurred_at=row.occurred_at, customer_id=row.customer_id, amount=508.5, memo=self.memo
        )
        explained = an_explanation(row.transaction_id)
        alert: Alert = an_alert(row.transaction_id, score=row.score, band=row.band, origin=row.origin)
        history = payments(this)
        evidence = (
            replace(explained.evidence[0], rows=tuple(t.transaction_id for t in history[:12])),
            *explained.evidence[1:],
        )
        decided = tuple(reversed(self.decisions.get(alert_id, ())))
        return Case(alert, this, history, evidence, explained.typology, decided)

    def transactions(self, ids: Sequence[str]) -> tuple[Transaction, ...]:
        self._called("transactions", tuple(ids))
        return tuple(a_transaction(id_) for id_ in ids)

    def narrate(
        self,
        alert_id: str,
        on_sentence: Callable[[Sentence], None],
        on_draft: Callable[[str], None],
        cancelled: Callable[[], bool],
    ) -> Explanation:
        self._called("narrate", alert_id)
        explained = an_explanation(self._row(alert_id).transaction_id)
        sentences = explained.narrative.sentences
        for sentence in sentences:
            on_draft(sentence.text[: len(sentence.text) // 2])
            self._wait(cancelled)
            on_draft(sentence.text[len(sentence.text) // 2 :] + " ")
            on_sentence(sentence)
        narrative = Narrative("narrator", " ".join(s.text for s in sentences), False, sentences)
        return replace(explained, narrative=narrative)

    def decide(self, alert_id: str, disposition: Disposition, note: str) -> Decision:
        self._called("decide", alert_id, disposition, note)
        return self._record(Decision(alert_id, disposition, note, "tester", NOW))

    def reverse(self, alert_id: str) -> Decision:
        self._called("reverse", alert_id)
        if not self.decisions.get(alert_id):
            raise InvalidDecision(f"{alert_id} is open: there is no decision to take back.")
        return self._record(Decision(alert_id, None, "", "tester", NOW))

    def similar(self, alert_id: str) -> tuple[object, ...]:
        self._called("similar", alert_id)
        return similar_to(self._row(alert_id).alert_id, [row.alert_id for row in self.rows])

    def what_if(self, case: Case, changes: Mapping[str, str]) -> object:
        self._called("what_if", case.alert.alert_id, dict(changes))
        return a_what_if(case.alert, changes)

    def counterfactual(self, case: Case) -> object:
        self._called("counterfactual", case.alert.alert_id)
        return self.smallest(case.alert)

    def import_files(self, paths: Sequence[Path], mapping: str, table: str | None = None) -> Work[ImportReport]:
        self._called("import_files", tuple(paths), mapping, table)
        return self._steps("reading rows", an_import_report(tuple(str(path) for path in paths)))

    def mappings(self) -> tuple[str, ...]:
        return ("whyflag", "handbook", "sparkov", "paysim")

    def train(self) -> Work[ClassifierVersion]:
        self._called("train")
        return self._steps("training", a_classifier())

    def score(self) -> Work[object]:
        self._called("score")
        return self._steps("scoring", SimpleNamespace(scored=1000, alerts=30, upstream=4))

    def threshold_basis(self) -> ThresholdBasis:
        self._called("threshold_basis")
        return ThresholdBasis(self.history, self.applied)

    def propose_threshold(self, policy: AnyPolicy, per_review: float, history: ScoredHistory) -> object:
        self._called("propose_threshold", policy, per_review)
        return a_proposal(self.applied.policy, policy, per_review, history)

    def apply_threshold(self, policy: AnyPolicy) -> Work[object]:
        self._called("apply_threshold", policy)
        applied = an_applied(self.applied.policy, policy, self.history)
        self.applied = AppliedPolicy(policy, applied.alerts / self.history.days)
        return self._steps("raising alerts", applied)

    def preview_report(self, selection: Selection) -> Preview:
        self._called("preview_report", selection)
        reported = min(431, selection.limit or 431)
        return Preview(431, reported, 3, datetime(2026, 2, 1, 8), datetime(2026, 2, 27, 3, 14, 9))

    def report(self, request: ReportRequest) -> Work[tuple[Path, ...]]:
        self._called("report", request)
        return self._steps("explaining", tuple(request.folder / f"report.{name}" for name in request.formats))

    def health(self) -> tuple[tuple[str, str], ...]:
        self._called("health")
        return (("Version", "0.1.0"), ("Network", "cut off"), ("Cipher", "AES-256-GCM"), ("Adapter", "a" * 64))

    def close(self) -> None:
        self.closed = True

    def _called(self, name: str, *arguments: object) -> None:
        self.calls.append((name, *arguments))
        if name in self.fail:
            raise self.fail[name]

    def _row(self, alert_id: str) -> QueueRow:
        for row in self.rows:
            if row.alert_id == alert_id:
                return row
        raise UnknownAlert(f"No alert has the id {alert_id}.")

    def _as_decided(self, row: QueueRow) -> QueueRow:
        history = self.decisions.get(row.alert_id)
        disposition = history[-1].disposition if history else None
        return replace(row, state="decided" if disposition else "open", disposition=disposition)

    def _record(self, decision: Decision) -> Decision:
        self.decisions.setdefault(decision.alert_id, []).append(decision)
        return decision

    def _wait(self, cancelled: Callable[[], bool]) -> None:
        """Until `go_on` is set or the caller gives up."""
        while not self.go_on.wait(0.01):
            if cancelled():
                break
        if cancelled():
            self.abandoned.set()
            raise Cancelled("Cancelled.")

    def _steps(self, step: str, result: object) -> Work[object]:
        """Ten steps; told to hold, it repeats the first until it is closed or let go."""
        try:
            for done in range(10):
                yield Progress(step, done, 10)
                while not self.go_on.wait(0.01):
                    yield Progress(step, done, 10)
        except GeneratorExit:
            self.abandoned.set()
            raise
        return result


class InlineTasks:
    """Runs each piece of work at once, on this thread: view models are tested without threads or event loop.

    `later` holds work back until `run_later`, to try what arrives too late.
    """

    def __init__(self) -> None:
        self.later = False
        self._held: list[Callable[[], None]] = []

    def read(self, job: Callable[[], object], done: Callable[..., None], failed: Callable[..., None]) -> Task:
        return self.background(lambda task: job(), done, failed)

    write = read

    def background(self, job: Callable[[Task], object], done: Callable[..., None], failed: Callable[..., None]) -> Task:
        task = Task(lambda call: call())

        def run() -> None:
            if task.discarded:
                return
            try:
                task.tell(done, job(task))
            except WhyflagError as error:
                task.tell(failed, error)

        if self.later:
            self._held.append(run)
        else:
            run()
        return task

    def run_later(self) -> None:
        held, self._held = self._held, []
        self.later = False
        for run in held:
            run()
