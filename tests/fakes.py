"""Stand-ins for the borders: use cases in memory, without store or model."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from desktop.health import Check
from desktop.services import Case, ThresholdBasis
from desktop.tasks import Task
from domain.access.roles import Person, Role
from domain.ageing import Deadlines
from domain.casefile import Attachment, CaseFile, Note, TextEdit, TextKind, UnsavedKind, UnsavedText, WorkingText
from domain.curves import outcome_curves
from domain.errors import Cancelled, InvalidDecision, UnknownAlert, WhyflagError, WrongPassphrase
from domain.guessing import guess_mapping
from domain.import_export import write_quality
from domain.import_report import ImportReport
from domain.links import LinkGraph, Node
from domain.mapping import Mapping as ColumnMapping
from domain.mapping import load_mapping, shipped_mappings
from domain.mapping_files import Inspected
from domain.model_page import ModelPage, NarratorFacts
from domain.narrative import Explanation, Narrative, NarratorVersion, Sentence
from domain.progress import Progress, Work
from domain.queue_query import QueueQuery, SavedView
from domain.reporting import Preview, ReportRequest, Selection
from domain.review import AuditEntry, BulkDecision, Decision, Disposition, Proposal, QueueRow
from domain.sample import Trial, TrialFault
from domain.scoring import Alert, ClassifierVersion
from domain.thresholds import AlertBudget, AnyPolicy, AppliedPolicy, ScoredHistory
from domain.transactions import Transaction
from tests.likeness import a_counterfactual, a_what_if, similar_to
from tests.linked import a_link_graph
from tests.proposals import a_proposal, a_scored_history, an_applied
from tests.reports import a_classifier, a_transaction, an_alert, an_explanation
from tests.window_data import a_sample, an_import_report, payments, queue_rows

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
OWN = "the right one"  # the passphrase of whom the window was opened for


@dataclass(frozen=True)
class FakeSnapshot:
    count: int
    rows: tuple[QueueRow, ...]


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
    asks_second: bool = False
    minutes: int = 0
    who: Person = field(default_factory=lambda: Person("tester", ("analyst", "administrator")))
    people: list[Person] = field(default_factory=lambda: [Person("tester", ("analyst", "administrator"))])
    kept_case: str | None = None

    def __post_init__(self) -> None:
        self.rows = queue_rows(self.alerts)
        self.decisions: dict[str, list[Decision]] = {}
        self.notes: list[Note] = []
        self.attachments: list[Attachment] = []
        self.typed: dict[tuple[str, UnsavedKind], str] = {}
        self.proposals: dict[str, Proposal] = {}
        self.saved_views: dict[str, SavedView] = {}
        self.given_deadlines = Deadlines()
        self.go_on = threading.Event()
        self.go_on.set()
        self.abandoned = threading.Event()
        self.smallest: Callable[[Alert], object] = a_counterfactual
        self.history: ScoredHistory = a_scored_history()
        self.sample = a_sample()
        self.faults: tuple[TrialFault, ...] = ()
        self.applied = AppliedPolicy(AlertBudget(100.0), 100.0)

    def queue(self, query: QueueQuery) -> FakeSnapshot:
        self._called("queue", query)
        wanted = [str(term.values[0]) for term in query.terms if not term.column]
        rows = [row for row in map(self._as_decided, self.rows) if query.state in (None, row.state)]
        if query.state == "open" and not query.asks_for_snoozed:
            rows = [row for row in rows if row.snoozed_until is None]
        rows = [
            row for row in rows if all(word in f"{row.alert_id} {row.customer_id} {row.merchant}" for word in wanted)
        ]
        rows.sort(
            key=lambda row: str(getattr(row, query.sort)) if query.sort != "score" else row.score,
            reverse=query.descending,
        )
        return FakeSnapshot(len(rows), tuple(rows))

    def whole_queue(self, snapshot: FakeSnapshot) -> None:
        self._called("whole_queue")

    def page(self, snapshot: FakeSnapshot, start: int, count: int) -> tuple[QueueRow, ...]:
        self._called("page", start, count)
        return snapshot.rows[start : start + count]

    def alert_ids(self, snapshot: FakeSnapshot, ranges: Sequence[tuple[int, int]]) -> tuple[str, ...]:
        return tuple(row.alert_id for first, last in ranges for row in snapshot.rows[first:last])

    def line_of(self, snapshot: FakeSnapshot, id_: str) -> int | None:
        lines = [line for line, row in enumerate(snapshot.rows) if id_ in (row.alert_id, row.transaction_id)]
        return lines[0] if lines else None

    def decide_many(
        self, alert_ids: Sequence[str], disposition: Disposition, note: str, reasons: tuple[str, ...] = ()
    ) -> Work[BulkDecision]:
        self._called("decide_many", tuple(alert_ids), disposition, note, reasons)
        yield Progress("deciding", 0, len(alert_ids))
        for alert_id in alert_ids:
            self._record(Decision(alert_id, disposition, note, "tester", NOW))
        return BulkDecision(disposition, tuple(alert_ids), ())

    def reverse_many(self, alert_ids: Sequence[str]) -> Work[BulkDecision]:
        self._called("reverse_many", tuple(alert_ids))
        yield Progress("taking back", 0, len(alert_ids))
        for alert_id in alert_ids:
            self._record(Decision(alert_id, None, "", "tester", NOW))
        return BulkDecision(None, tuple(alert_ids), ())

    def claim(self, alert_ids: Sequence[str]) -> tuple[str, ...]:
        self._called("claim", tuple(alert_ids))
        return self._handled(alert_ids, claimed_by="tester")

    def release(self, alert_ids: Sequence[str]) -> tuple[str, ...]:
        self._called("release", tuple(alert_ids))
        return self._handled(alert_ids, claimed_by=None)

    def snooze(self, alert_ids: Sequence[str], until: datetime | None) -> None:
        self._called("snooze", tuple(alert_ids), until)
        self._handled(alert_ids, snoozed_until=until)

    def views(self) -> tuple[SavedView, ...]:
        return tuple(self.saved_views[name] for name in sorted(self.saved_views))

    def save_view(self, view: SavedView) -> tuple[SavedView, ...]:
        self._called("save_view", view)
        self.saved_views[view.name] = view
        return self.views()

    def remove_view(self, name: str) -> tuple[SavedView, ...]:
        self.saved_views.pop(name, None)
        return self.views()

    def deadlines(self) -> Deadlines:
        return self.given_deadlines

    def set_deadlines(self, deadlines: Deadlines) -> None:
        self._called("set_deadlines", deadlines)
        self.given_deadlines = deadlines

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
        proposal = self.proposals.get(alert_id)
        return Case(alert, this, history, evidence, explained.typology, decided, proposal)

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

    def decide(
        self, alert_id: str, disposition: Disposition, note: str, reasons: tuple[str, ...] = ()
    ) -> Decision | Proposal:
        self._called("decide", alert_id, disposition, note, *([reasons] if reasons else []))
        self.typed.pop((alert_id, "decision"), None)
        waiting = self.proposals.get(alert_id)
        if waiting is not None and disposition != waiting.disposition:
            self.proposals[alert_id] = replace(waiting, view=disposition)
            return self.proposals[alert_id]
        if waiting is not None:
            return self.approve(alert_id, note)
        if self.asks_second:
            self.proposals[alert_id] = Proposal(1, alert_id, disposition, reasons, note, "ana", "ana", NOW)
            return self.proposals[alert_id]
        return self._record(Decision(alert_id, disposition, note, "tester", NOW, reasons=reasons))

    def approve(self, alert_id: str, note: str) -> Decision:
        self._called("approve", alert_id, note)
        made = self.proposals.pop(alert_id)
        return self._record(Decision(alert_id, made.disposition, note, "ana", NOW, approved_by="tester"))

    def reject(self, alert_id: str, note: str) -> Proposal:
        self._called("reject", alert_id, note)
        return self.proposals.pop(alert_id)

    def contest(self, alert_id: str, ground: str) -> Decision:
        self._called("contest", alert_id, ground)
        return self._record(Decision(alert_id, None, ground, "tester", NOW, "contest"))

    def lock_minutes(self) -> int:
        return self.minutes

    def person(self) -> Person:
        return self.who

    def change_passphrase(self, own: str, passphrase: str) -> None:
        self._proven(own)
        self._called("change_passphrase")

    def users(self) -> tuple[Person, ...]:
        return tuple(self.people)

    def add_user(self, own: str, name: str, identity: str, roles: Sequence[Role], passphrase: str) -> None:
        self._proven(own)
        self._called("add_user", name, identity, tuple(roles), passphrase)
        self.people.append(Person(name, tuple(roles), identity, temporary=True))

    def set_roles(self, own: str, name: str, roles: Sequence[Role]) -> None:
        self._proven(own)
        self.people = [replace(one, roles=tuple(roles)) if one.name == name else one for one in self.people]

    def reset_passphrase(self, own: str, name: str, passphrase: str) -> None:
        self._proven(own)
        self._called("reset_passphrase", name, passphrase)

    def set_disabled(self, own: str, name: str, disabled: bool) -> None:
        self._proven(own)
        self.people = [replace(one, disabled=disabled) if one.name == name else one for one in self.people]

    def new_recovery_sheet(self, own: str) -> str:
        self._proven(own)
        return "ABCD-EFGH"

    def _proven(self, own: str) -> None:
        if own != OWN:
            raise WrongPassphrase("The passphrase of tester does not open the store.", "Check capitals.")

    def reverse(self, alert_id: str) -> Decision:
        self._called("reverse", alert_id)
        if not self.decisions.get(alert_id):
            raise InvalidDecision(f"{alert_id} is open: there is no decision to take back.")
        return self._record(Decision(alert_id, None, "", "tester", NOW))

    def similar(self, alert_id: str) -> tuple[object, ...]:
        self._called("similar", alert_id)
        return similar_to(self._row(alert_id).alert_id, [row.alert_id for row in self.rows])

    def case_file(self, alert_id: str) -> CaseFile:
        self._called("case_file", alert_id)
        notes = tuple(note for note in self.notes if note.alert_id == alert_id)
        attached = tuple(one for one in self.attachments if one.alert_id == alert_id)
        entry = AuditEntry(1, NOW.isoformat(), "tester", "explain", alert_id, '{"verified":4}', "", "")
        return CaseFile(notes, attached, (entry,))

    def unsaved(self, alert_id: str) -> tuple[UnsavedText, ...]:
        return tuple(UnsavedText(kind, text) for (id_, kind), text in self.typed.items() if id_ == alert_id)

    def keep_unsaved(self, alert_id: str, kind: UnsavedKind, text: str) -> None:
        self.typed[alert_id, kind] = text
        if not text:
            del self.typed[alert_id, kind]

    def add_note(self, alert_id: str, text: str) -> Note:
        self._called("add_note", alert_id, text)
        self.notes.append(Note(len(self.notes) + 1, alert_id, text, "tester", NOW))
        self.typed.pop((alert_id, "note"), None)
        return self.notes[-1]

    def attach(self, alert_id: str, path: Path) -> Attachment:
        self._called("attach", alert_id, path)
        self.attachments.append(Attachment(1, alert_id, path.name, 2048, "a" * 64, "tester", NOW))
        return self.attachments[-1]

    def export_attachment(self, sequence: int, path: Path) -> Path:
        self._called("export_attachment", sequence, path)
        return path

    def texts(self, case: Case, narrative: Narrative) -> tuple[WorkingText, ...]:
        self._called("texts", case.alert.alert_id)
        return (WorkingText("call", "Good day.", ()), WorkingText("sar", narrative.text, ()))

    def save_text(self, alert_id: str, kind: TextKind, draft: str, text: str) -> WorkingText:
        self._called("save_text", alert_id, kind, draft, text)
        self.typed.pop((alert_id, kind), None)
        return WorkingText(kind, draft, (TextEdit(alert_id, kind, draft, draft, text, "tester", NOW),))

    def links(self, payment: Transaction, at: datetime, expanded: Sequence[Node]) -> LinkGraph:
        self._called("links", payment.transaction_id, at, tuple(expanded))
        return a_link_graph(payment, at, expanded)

    def what_if(self, case: Case, changes: Mapping[str, str]) -> object:
        self._called("what_if", case.alert.alert_id, dict(changes))
        return a_what_if(case.alert, changes)

    def counterfactual(self, case: Case) -> object:
        self._called("counterfactual", case.alert.alert_id)
        return self.smallest(case.alert)

    def inspect_file(self, path: Path, table: str | None = None) -> Inspected:
        self._called("inspect_file", path, table)
        return Inspected(self.sample, guess_mapping(self.sample), ())

    def try_mapping(self, path: Path, mapping: ColumnMapping, table: str | None = None) -> Trial:
        self._called("try_mapping", mapping)
        columns = tuple(name for name, _ in mapping.chosen(self.sample.names))
        values = tuple(tuple("x" for _ in columns) for _ in range(self.sample.rows))
        return Trial(self.sample.rows, columns, values, self.faults)

    def known_mappings(self) -> tuple[ColumnMapping, ...]:
        return tuple(load_mapping(name) for name in shipped_mappings())

    def save_mapping(self, mapping: ColumnMapping) -> Path:
        self._called("save_mapping", mapping)
        return Path("/own/mappings") / f"{mapping.name}.toml"

    def import_files(
        self, paths: Sequence[Path], mapping: ColumnMapping, table: str | None = None
    ) -> Work[ImportReport]:
        self._called("import_files", tuple(paths), mapping, table)
        return self._steps("reading rows", an_import_report(tuple(str(path) for path in paths)))

    def write_quality(self, report: ImportReport, path: Path) -> Path:
        return write_quality(report, path)

    def model_page(self) -> ModelPage:
        self._called("model_page")
        narrator = NarratorFacts(NarratorVersion("lora", "b" * 64, "a" * 64, "p" * 64), "", "# Adapter\n\n<b>card</b>")
        return ModelPage((a_classifier(),), outcome_curves(self.history), narrator)

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

    def health(self) -> tuple[Check, ...]:
        self._called("health")
        return (
            Check("cipher", True, "AES-256-GCM: a store was written, closed and read back"),
            Check("language model", True, f"base {'a' * 12}, adapter {'b' * 12}: hashes hold"),
            Check("disk", False, "0.4 GiB free, 2 needed.", "Make room: an import or a report may stop half way."),
        )

    def open_case(self) -> str | None:
        self._called("open_case")
        return self.kept_case

    def keep_open_case(self, alert_id: str | None) -> None:
        self._called("keep_open_case", alert_id)
        self.kept_case = alert_id

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

    def _handled(self, alert_ids: Sequence[str], **changes: object) -> tuple[str, ...]:
        before = {row.alert_id: row for row in self.rows}
        self.rows = [replace(row, **changes) if row.alert_id in alert_ids else row for row in self.rows]
        return tuple(row.alert_id for row in self.rows if row is not before[row.alert_id])

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

    def known(self, answer: object, done: Callable[..., None]) -> Task:
        return self.background(lambda task: answer, done, lambda _: None)

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
