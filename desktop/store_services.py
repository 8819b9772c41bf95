"""The window's use cases over an open store. Slow parts are made when first needed, by whichever thread needs them.

What few sessions use (import, export, what-if) is imported by its use case: the start does not wait for it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from desktop.health import Check, waited
from desktop.latency import Latencies
from desktop.services import Case, ThresholdBasis
from desktop.support.translation import mark
from domain import casework, reporting
from domain.access import users
from domain.access.roles import Person, Role
from domain.ageing import Deadlines
from domain.alerting import AppliedThreshold, ThresholdProposal, apply_threshold, propose_threshold, scored_history
from domain.casefile import Attachment, CaseFile, Note, TextKind, UnsavedKind, UnsavedText, WorkingText
from domain.curves import OutcomeCurves, outcome_curves
from domain.customer_call import call_text
from domain.deciding import answer, approve, contest, proposal_shown, reject, reverse
from domain.errors import NoClassifier, StoreEmpty, WhyflagError
from domain.explainer import Explainer
from domain.handling import claim, decide_many, release, reverse_many, save_view, set_deadlines, snooze
from domain.links import LinkGraph, Node
from domain.mapping import Mapping as ColumnMapping
from domain.model_page import ModelPage, NarratorFacts
from domain.narrative import Bundle, Explanation, Narrative, Narrator, Sentence, Timings
from domain.pipeline import ScoringResult, latest_scorer, score_transactions, train_classifier
from domain.progress import Work
from domain.queue_query import QueueQuery, SavedView
from domain.rendering import render
from domain.reporting import Preview, ReportRequest, Selection
from domain.review import BulkDecision, Decision, Disposition, Proposal, QueueRow
from domain.scoring import ClassifierVersion, Scorer, Trainer
from domain.similar import SimilarCase, similar_cases
from domain.store import Limits, QueueSnapshot, Store, Viewer
from domain.suspicion import drafted
from domain.thresholds import AnyPolicy, ScoredHistory
from domain.transactions import Transaction

if TYPE_CHECKING:
    from domain.intake import ImportReport
    from domain.mapping_files import Inspected
    from domain.sample import Trial
    from domain.what_if import Counterfactual, WhatIf

HISTORY_SHOWN = 400
SIMILAR_SHOWN = 5
SORTING_MIB = 128  # two million alerts are sorted in it, for the most part on disk
LONGEST_OPENING_SECONDS = 20.0  # the classifier is loaded then, with or without a queue

Outcome = TypeVar("Outcome")


class StartableNarrator(Narrator, Protocol):
    """A narrator that can load its model ahead of the first request."""

    def start(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What the services are made of; `explainer` makes one for the newest classifier and the given narrator."""

    trainer: Callable[[], Trainer]
    narrator: Callable[[], StartableNarrator]
    explainer: Callable[[Store, Narrator], Explainer]
    health: Callable[[], tuple[Check, ...]]
    mappings: Path  # the folder of this user's own mappings
    narrator_facts: Callable[[], NarratorFacts]
    actor: str


class StoreServices:
    """Implements desktop.services.Services."""

    def __init__(self, store: Store, parts: Parts) -> None:
        self._store = store
        self._parts = parts
        self._making = threading.Lock()
        self._shown = threading.Event()  # the queue was read, and its first page is drawn
        self._narrator: StartableNarrator | None = None
        self._explainer: Explainer | None = None
        self._scorer: Scorer | None = None
        self._snapshot: QueueSnapshot | None = None
        self._latencies = Latencies()

    def queue(self, query: QueueQuery) -> QueueSnapshot:
        viewer = Viewer(self._parts.actor, datetime.now(UTC), self._store.handling.deadlines())
        with self._store.memory(SORTING_MIB):
            former, self._snapshot = self._snapshot, self._store.alerts.head(query, viewer)
        if former is not None:
            self._store.alerts.release(former)
        return self._snapshot

    def whole_queue(self, snapshot: QueueSnapshot) -> None:
        with self._store.memory(SORTING_MIB):
            self._store.alerts.whole(snapshot)
        self._shown.set()

    def page(self, snapshot: QueueSnapshot, start: int, count: int) -> tuple[QueueRow, ...]:
        return self._store.alerts.page(snapshot, start, count)

    def alert_ids(self, snapshot: QueueSnapshot, ranges: Sequence[tuple[int, int]]) -> tuple[str, ...]:
        return self._store.alerts.ids(snapshot, ranges)

    def line_of(self, snapshot: QueueSnapshot, id_: str) -> int | None:
        return self._store.alerts.line(snapshot, id_)

    def decide_many(
        self, alert_ids: Sequence[str], disposition: Disposition, note: str, reasons: tuple[str, ...] = ()
    ) -> Work[BulkDecision]:
        now = datetime.now(UTC)
        actor = self._parts.actor
        work = decide_many(self._store, alert_ids, disposition, note, actor=actor, now=now, reasons=reasons)
        return self._with_room(work)

    def reverse_many(self, alert_ids: Sequence[str]) -> Work[BulkDecision]:
        return self._with_room(reverse_many(self._store, alert_ids, actor=self._parts.actor, now=datetime.now(UTC)))

    def claim(self, alert_ids: Sequence[str]) -> tuple[str, ...]:
        return claim(self._store, alert_ids, actor=self._parts.actor, now=datetime.now(UTC))

    def release(self, alert_ids: Sequence[str]) -> tuple[str, ...]:
        return release(self._store, alert_ids, actor=self._parts.actor)

    def snooze(self, alert_ids: Sequence[str], until: datetime | None) -> None:
        snooze(self._store, alert_ids, until, actor=self._parts.actor, now=datetime.now(UTC))

    def views(self) -> tuple[SavedView, ...]:
        return self._store.handling.views()

    def save_view(self, view: SavedView) -> tuple[SavedView, ...]:
        save_view(self._store, view, actor=self._parts.actor)
        return self.views()

    def remove_view(self, name: str) -> tuple[SavedView, ...]:
        self._store.handling.remove_view(name)
        return self.views()

    def deadlines(self) -> Deadlines:
        return self._store.handling.deadlines()

    def set_deadlines(self, deadlines: Deadlines) -> None:
        set_deadlines(self._store, deadlines, actor=self._parts.actor)

    def case(self, alert_id: str) -> Case:
        opened = self._latencies.start(mark("opening a case"))
        (reasons,) = self._explaining().reasons([alert_id])
        transaction = reasons.transaction
        history = self._store.transactions.history(transaction.customer_id, transaction.occurred_at, HISTORY_SHOWN)
        decisions = tuple(reversed(self._store.reviews.history(alert_id)))
        alert = reasons.alert or self._store.alerts.get(alert_id)
        alerted = self._store.alerts.among([item.transaction_id for item in history])
        opened()
        proposal = proposal_shown(self._store, alert_id)
        return Case(alert, transaction, history, reasons.evidence, reasons.typology, decisions, proposal, alerted)

    def transactions(self, ids: Sequence[str]) -> tuple[Transaction, ...]:
        return self._store.transactions.get(ids)

    def narrate(
        self,
        alert_id: str,
        on_sentence: Callable[[Sentence], None],
        on_draft: Callable[[str], None],
        cancelled: Callable[[], bool],
    ) -> Explanation:
        first, whole = (
            self._latencies.start(words) for words in (mark("first words of a narrative"), mark("whole narrative"))
        )

        def drafted(piece: str) -> None:
            first()
            on_draft(piece)

        def heard(sentence: Sentence) -> None:
            first()
            on_sentence(sentence)

        explanation = self._explaining().explain(alert_id, heard, drafted, cancelled)
        whole()
        return explanation

    def decide(
        self, alert_id: str, disposition: Disposition, note: str, reasons: tuple[str, ...] = ()
    ) -> Decision | Proposal:
        return answer(self._store, alert_id, disposition, note, reasons, now=datetime.now(UTC))

    def approve(self, alert_id: str, note: str) -> Decision:
        return approve(self._store, alert_id, note, now=datetime.now(UTC))

    def reject(self, alert_id: str, note: str) -> Proposal:
        return reject(self._store, alert_id, note, now=datetime.now(UTC))

    def contest(self, alert_id: str, ground: str) -> Decision:
        return contest(self._store, alert_id, ground, now=datetime.now(UTC))

    def lock_minutes(self) -> int:
        return self._store.proposals.policy().lock_minutes

    def person(self) -> Person:
        return self._store.person

    def change_passphrase(self, own: str, passphrase: str) -> None:
        users.change_passphrase(self._store, passphrase, now=self._confirmed(own))

    def users(self) -> tuple[Person, ...]:
        return users.people(self._store)

    def add_user(self, own: str, name: str, identity: str, roles: Sequence[Role], passphrase: str) -> None:
        users.add_user(self._store, name, roles, passphrase, now=self._confirmed(own), identity=identity)

    def set_roles(self, own: str, name: str, roles: Sequence[Role]) -> None:
        users.set_roles(self._store, name, roles, now=self._confirmed(own))

    def reset_passphrase(self, own: str, name: str, passphrase: str) -> None:
        users.reset_passphrase(self._store, name, passphrase, now=self._confirmed(own))

    def set_disabled(self, own: str, name: str, disabled: bool) -> None:
        users.set_disabled(self._store, name, disabled, now=self._confirmed(own))

    def new_recovery_sheet(self, own: str) -> str:
        return users.new_recovery_sheet(self._store, now=self._confirmed(own))

    def reverse(self, alert_id: str) -> Decision:
        return reverse(self._store, alert_id, actor=self._parts.actor, now=datetime.now(UTC))

    def similar(self, alert_id: str) -> tuple[SimilarCase, ...]:
        transaction_id = self._store.alerts.get(alert_id).transaction_id
        with self._room():
            return similar_cases(self._store, self._scoring(), transaction_id, SIMILAR_SHOWN)

    def case_file(self, alert_id: str) -> CaseFile:
        return casework.case_file(self._store, alert_id)

    def unsaved(self, alert_id: str) -> tuple[UnsavedText, ...]:
        return self._store.unsaved.of(alert_id, self._parts.actor)

    def keep_unsaved(self, alert_id: str, kind: UnsavedKind, text: str) -> None:
        casework.keep_unsaved(self._store, alert_id, kind, text, actor=self._parts.actor)

    def add_note(self, alert_id: str, text: str) -> Note:
        return casework.add_note(self._store, alert_id, text, actor=self._parts.actor, now=datetime.now(UTC))

    def attach(self, alert_id: str, path: Path) -> Attachment:
        return casework.attach(self._store, alert_id, path, actor=self._parts.actor, now=datetime.now(UTC))

    def export_attachment(self, sequence: int, path: Path) -> Path:
        return casework.export_attachment(self._store, sequence, path, actor=self._parts.actor)

    def texts(self, case: Case, narrative: Narrative) -> tuple[WorkingText, ...]:
        alert = case.alert
        explanation = Explanation(
            alert.alert_id, alert.transaction_id, alert.score, alert.threshold, alert.band, case.evidence,
            case.typology, narrative, Bundle("", "", "", "", "", "", 0), Timings(0.0, 0.0, 0.0, 0),
        )  # fmt: skip
        decided = tuple(reversed(case.decisions))
        section = reporting.Case(case.transaction, alert, explanation, case.history, decided)
        call = "\n\n".join(line.text for line in call_text(case.transaction, case.evidence))
        drafts: tuple[tuple[TextKind, str], ...] = (("call", call), ("sar", "\n\n".join(drafted(section).lines)))
        edits = self._store.texts.edits
        return tuple(WorkingText(kind, draft, edits(alert.alert_id, kind)) for kind, draft in drafts)

    def save_text(self, alert_id: str, kind: TextKind, draft: str, text: str) -> WorkingText:
        now = datetime.now(UTC)
        return casework.save_text(self._store, alert_id, kind, draft, text, actor=self._parts.actor, now=now)

    def links(self, payment: Transaction, at: datetime, expanded: Sequence[Node]) -> LinkGraph:
        with self._room():
            return self._store.links.graph(payment, at, expanded)

    def what_if(self, case: Case, changes: Mapping[str, str]) -> WhatIf:
        from domain.what_if import parse_change, what_if

        values = dict(parse_change(field, text) for field, text in changes.items())
        alert = case.alert
        with self._room():
            return what_if(
                self._store, self._scoring(), alert.transaction_id, values, alert.threshold, told=case.evidence
            )

    def counterfactual(self, case: Case) -> Counterfactual:
        from domain.what_if import counterfactual

        with self._room():
            return counterfactual(self._store, self._scoring(), case.alert.transaction_id, case.alert.threshold)

    def inspect_file(self, path: Path, table: str | None = None) -> Inspected:
        from domain.guessing import guess_mapping
        from domain.mapping_files import Inspected, known_mappings
        from domain.trial import read_sample

        sample = read_sample(path, table)
        known, problems = known_mappings(self._parts.mappings)
        return Inspected(sample, guess_mapping(sample, known), problems)

    def try_mapping(self, path: Path, mapping: ColumnMapping, table: str | None = None) -> Trial:
        from domain.trial import try_mapping

        return try_mapping(path, mapping, table)

    def known_mappings(self) -> tuple[ColumnMapping, ...]:
        from domain.mapping_files import known_mappings

        return known_mappings(self._parts.mappings)[0]

    def save_mapping(self, mapping: ColumnMapping) -> Path:
        from domain.mapping_files import save_mapping

        return save_mapping(self._parts.mappings, mapping)

    def import_files(
        self, paths: Sequence[Path], mapping: ColumnMapping, table: str | None = None
    ) -> Work[ImportReport]:
        from domain.intake import import_files

        work = import_files(self._store, list(paths), mapping, actor=self._parts.actor, table=table)
        return self._with_room(work)

    def write_quality(self, report: ImportReport, path: Path) -> Path:
        from domain.import_export import write_quality

        return write_quality(report, path)

    def train(self) -> Work[ClassifierVersion]:
        work = train_classifier(self._store, self._parts.trainer(), actor=self._parts.actor)
        version = yield from self._with_room(work)
        self._forget_classifier()
        return version

    def score(self) -> Work[ScoringResult]:
        scorer = latest_scorer(self._store, self._parts.trainer())
        work = score_transactions(self._store, scorer, actor=self._parts.actor, now=datetime.now(UTC))
        result = yield from self._with_room(work)
        self._forget_classifier()
        return result

    def model_page(self) -> ModelPage:
        with self._room():
            return ModelPage(self._store.models.list(), self._outcome_curves(), self._parts.narrator_facts())

    def threshold_basis(self) -> ThresholdBasis:
        with self._room():
            history = scored_history(self._store, self._scoring().version)
            return ThresholdBasis(history, self._store.scores.policy())

    def propose_threshold(self, policy: AnyPolicy, per_review: float, history: ScoredHistory) -> ThresholdProposal:
        with self._room():
            return propose_threshold(
                self._store, self._scoring().version, policy, per_review=per_review, history=history
            )

    def apply_threshold(self, policy: AnyPolicy) -> Work[AppliedThreshold]:
        now = datetime.now(UTC)
        work = apply_threshold(self._store, self._scoring(), policy, actor=self._parts.actor, now=now)
        return self._with_room(work)

    def preview_report(self, selection: Selection) -> Preview:
        from domain.exporting import preview_report

        with self._room():
            return preview_report(self._store, selection)

    def report(self, request: ReportRequest) -> Work[tuple[Path, ...]]:
        from domain.exporting import export_report
        from domain.rendering.template import load_template
        from domain.report_sources import sources_of

        template = load_template(request.template)
        work = export_report(
            self._store,
            sources_of(self._store, self._explaining(), self._scoring()),
            partial(render, template=template),
            request,
            actor=self._parts.actor,
            created_at=datetime.now(UTC),
        )
        return self._with_room(work)

    def health(self) -> tuple[Check, ...]:
        return (*self._parts.health(), *map(waited, self._latencies.measured()))

    def open_case(self) -> str | None:
        return self._store.window.open_case(self._parts.actor)

    def keep_open_case(self, alert_id: str | None) -> None:
        self._store.window.keep_open_case(self._parts.actor, alert_id)

    def warm(self) -> None:
        """Loads what the first case needs, once the queue is shown: before, it would hold the opening up.

        What is missing is told by the first case.
        """
        self._shown.wait(LONGEST_OPENING_SECONDS)
        try:
            self._explaining()
            if self._narrator is not None:
                self._narrator.start()
        except WhyflagError:
            return

    def close(self) -> None:
        if self._narrator is not None:
            self._narrator.close()
        self._store.close()

    def _confirmed(self, own: str) -> float:
        """The time, once whoever is here gave the own passphrase again."""
        now = time.time()
        users.confirm(self._store, own, now=now)
        return now

    def _with_room(self, work: Work[Outcome]) -> Work[Outcome]:
        with self._room():
            return (yield from work)

    def _room(self) -> AbstractContextManager[None]:
        """Work, and questions over many payments, may take more memory than looking at alerts does, until they end."""
        return self._store.memory(Limits().memory_mib)

    def _outcome_curves(self) -> OutcomeCurves | None:
        """None before anything was scored by a classifier."""
        try:
            return outcome_curves(scored_history(self._store, self._scoring().version))
        except (NoClassifier, StoreEmpty):
            return None

    def _explaining(self) -> Explainer:
        with self._making:
            if self._narrator is None:
                self._narrator = self._parts.narrator()
            if self._explainer is None:
                self._explainer = self._parts.explainer(self._store, self._narrator)
            return self._explainer

    def _scoring(self) -> Scorer:
        """The newest classifier, restored once. Raises NoClassifier, ClassifierRefused."""
        with self._making:
            if self._scorer is None:
                self._scorer = latest_scorer(self._store, self._parts.trainer())
            return self._scorer

    def _forget_classifier(self) -> None:
        """The next case is explained with the newest one."""
        with self._making:
            self._explainer = self._scorer = None
