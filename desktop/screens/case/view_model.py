"""One case under review: its facts, its explanation as it is written, and the decision. No widget, no display."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from desktop.screens.case.narrative_state import NarrativeState
from desktop.screens.case.unsaved import Unsaved
from desktop.screens.undoable import Undoable
from desktop.services import Case, Services
from desktop.support.formats import DISPOSITION_WORDS
from desktop.support.translation import in_sentence, tr
from desktop.tasks import Task, Tasks
from domain.access.roles import Person
from domain.casefile import UnsavedText
from domain.errors import Cancelled, InvalidDecision, NarratorUnavailable, NotAllowed
from domain.narration import template_narrative
from domain.narrative import Explanation, NarrationRequest, Sentence
from domain.review import Decision, Disposition, Proposal
from domain.transactions import Transaction

Outcome = TypeVar("Outcome")
READY = 5  # cases read ahead that are kept


class CaseViewModel(QObject):
    """Opening another case drops whatever still comes for the last one."""

    opening = Signal(str)
    opened = Signal(object)  # Case
    narrative_changed = Signal()
    narrator_failed = Signal(Exception)
    unsaved_read = Signal(str, str)  # UnsavedKind, text: what was typed for the case before
    evidence_rows = Signal(str, object)  # evidence id, tuple[Transaction, ...]
    decided = Signal(object)  # Decision
    proposed = Signal(object)  # Proposal
    disputed = Signal(object)  # Proposal
    rejected = Signal(object)  # Proposal
    reversed = Signal(object)  # Decision
    closed = Signal()  # the case that was asked for cannot be read: none is open
    failed = Signal(Exception)

    def __init__(self, services: Services, tasks: Tasks, undoable: Undoable) -> None:
        super().__init__()
        self._services = services
        self._tasks = tasks
        self._task: Task | None = None
        self._narration: Task | None = None
        self._rows_task: Task | None = None
        self._undoable = undoable
        self._deciding = False
        self._ready: dict[str, Case] = {}
        self.alert_id: str | None = None
        self.case: Case | None = None
        self.narrative = NarrativeState()
        self.unsaved = Unsaved(services, tasks)
        self.unsaved.failed.connect(self.failed)

    @property
    def person(self) -> Person:
        return self._services.person()

    @property
    def disposition(self) -> Disposition | None:
        decisions = self.case.decisions if self.case else ()
        return decisions[0].disposition if decisions else None

    def open(self, alert_id: str) -> None:
        self.leave()
        self.alert_id = alert_id
        self.opening.emit(alert_id)
        ready = self._ready.pop(alert_id, None)
        if ready is not None:
            self._task = self._tasks.known(ready, self._show)
            return
        self._task = self._tasks.read(lambda: self._services.case(alert_id), self._show, self._not_opened)

    def is_ready(self, alert_id: str) -> bool:
        """Whether opening it need not ask the database."""
        return alert_id in self._ready

    def keep_ready(self, case: Case) -> None:
        """For when it is opened; the oldest of more than READY is dropped."""
        self._ready[case.alert.alert_id] = case
        while len(self._ready) > READY:
            del self._ready[next(iter(self._ready))]

    def forget_ready(self) -> None:
        """What was read ahead may not hold any more."""
        self._ready.clear()

    def copied(self) -> str:
        """For the clipboard: the explanation with its citations, and the evidence that they name."""
        told = self.narrative.copied()
        evidence = sorted(self.case.evidence, key=lambda item: item.rank) if self.case else ()
        return "\n".join([told, "", *(f"{item.id}: {item.statement}" for item in evidence)]).strip()

    def leave(self) -> None:
        """Stops what is being read or written for the case."""
        for task in (self._task, self._narration, self._rows_task):
            if task is not None:
                task.discard()
        self._task = self._narration = self._rows_task = None
        self.alert_id, self.case, self.narrative = None, None, NarrativeState()

    def narrate(self) -> None:
        """Asks for the explanation (again)."""
        case, state = self.case, NarrativeState()
        if case is None:
            return
        if self._narration is not None:
            self._narration.discard()
        self.narrative = state

        def write(task: Task) -> Explanation:
            return self._services.narrate(
                case.alert.alert_id,
                lambda sentence: task.tell(heard, sentence),
                lambda piece: task.tell(drafted, piece),
                task.cancelled,
            )

        def heard(sentence: Sentence) -> None:
            state.add(sentence)
            self.narrative_changed.emit()

        def drafted(piece: str) -> None:
            state.feed(piece)
            self.narrative_changed.emit()

        def finished(explanation: Explanation) -> None:
            state.finish(explanation.narrative)
            self.narrative_changed.emit()

        def failed(error: Exception) -> None:
            if isinstance(error, Cancelled):
                return
            # The template's text is borne by the evidence and needs no model: the analyst is never left without words.
            state.finish(template_narrative(NarrationRequest(case.evidence, case.typology)))
            self.narrative_changed.emit()
            if isinstance(error, NarratorUnavailable):
                self.narrator_failed.emit(error)
            else:
                self.failed.emit(error)

        self._narration = self._tasks.background(write, finished, failed)
        self.narrative_changed.emit()

    def show_rows(self, evidence_id: str) -> None:
        """Reads the transactions a piece of evidence was computed from; told by `evidence_rows`."""
        item = next((item for item in self.case.evidence if item.id == evidence_id), None) if self.case else None
        if item is None:
            return
        if self._rows_task is not None:
            self._rows_task.discard()

        def done(rows: tuple[Transaction, ...]) -> None:
            self.evidence_rows.emit(evidence_id, rows)

        if not item.rows:
            done(())
            return
        self._rows_task = self._tasks.read(lambda: self._services.transactions(item.rows), done, self.failed.emit)

    def type_note(self, text: str) -> None:
        """Keeps the note to the decision that is being typed."""
        if self.case is not None:
            self.unsaved.type(self.case.alert.alert_id, "decision", text)

    def decide(self, disposition: Disposition, note: str, reasons: tuple[str, ...] = ()) -> None:
        """Told by `decided`, `proposed` or `disputed` once it is kept; a second key press meanwhile does nothing."""

        def told(outcome: Decision | Proposal) -> None:
            if isinstance(outcome, Decision):
                self._decided(outcome)
            elif outcome.view is None:
                self._undoable.add(outcome.alert_id)
                self.proposed.emit(outcome)
            else:
                self._dispute(outcome)

        self._settle(lambda alert_id: self._services.decide(alert_id, disposition, note.strip(), reasons), told)

    def approve(self, note: str) -> None:
        """Told by `decided`."""
        self._settle(lambda alert_id: self._services.approve(alert_id, note.strip()), self._decided)

    def reject(self, note: str) -> None:
        """Told by `rejected`."""
        self._settle(lambda alert_id: self._services.reject(alert_id, note.strip()), self.rejected.emit)

    def contest(self, ground: str) -> None:
        """Told by `reversed`: the case is open again."""

        def told(decision: Decision) -> None:
            self._undoable.drop(decision.alert_id)
            self.reversed.emit(decision)

        self._settle(lambda alert_id: self._services.contest(alert_id, ground), told)

    def _decided(self, decision: Decision) -> None:
        if not decision.approved_by:  # what two decided is contested, not undone by one of them
            self._undoable.add(decision.alert_id)
        self.decided.emit(decision)

    def _dispute(self, proposal: Proposal) -> None:
        """The second person's view is another one: now the proposal is shown whole."""
        if self.case is not None and self.case.alert.alert_id == proposal.alert_id:
            self.case = replace(self.case, proposal=proposal)
            self.disputed.emit(proposal)

    def _settle(self, job: Callable[[str], Outcome], told: Callable[[Outcome], None]) -> None:
        """Writes something about the open case, one at a time."""
        if self.case is None or self._deciding:
            return
        alert_id = self.case.alert.alert_id
        self._deciding = True
        self.unsaved.keep()

        def done(outcome: Outcome) -> None:
            self._deciding = False
            self._ready.pop(alert_id, None)
            told(outcome)

        def failed(error: Exception) -> None:
            self._deciding = False
            self.failed.emit(error)

        self._tasks.write(lambda: job(alert_id), done, failed)

    def undo(self) -> None:
        """Reverses the newest decision of this session, where it was one for one alert; told by `reversed`."""
        alert_id = self._undoable.newest
        if not isinstance(alert_id, str) or self._deciding:
            return
        self._undoable.take()
        self._deciding = True

        def done(decision: Decision) -> None:
            self._deciding = False
            self._ready.pop(alert_id, None)
            self.reversed.emit(decision)

        def failed(error: Exception) -> None:
            self._deciding = False
            if not isinstance(error, InvalidDecision | NotAllowed):  # these it would meet each time
                self._undoable.add(alert_id)
            self.failed.emit(error)

        self._tasks.write(lambda: self._services.reverse(alert_id), done, failed)

    def _show(self, case: Case) -> None:
        self._task = None
        self.case = case
        self.opened.emit(case)
        self.unsaved.read(case.alert.alert_id, lambda texts: self._restore(case, texts))
        self.narrate()

    def _restore(self, case: Case, texts: tuple[UnsavedText, ...]) -> None:
        if self.case is case:
            for one in texts:
                self.unsaved_read.emit(one.kind, one.text)

    def _not_opened(self, error: Exception) -> None:
        """Nothing of the case before stays in sight: what is done next would be done to another."""
        self.leave()
        self.closed.emit()
        self.failed.emit(error)


def proposed_words(proposal: Proposal) -> str:
    return tr("{alert}: proposed; it waits for a second person.", alert=proposal.alert_id)


def rejected_words(proposal: Proposal) -> str:
    return tr("{alert}: the proposal of {person} is rejected.", alert=proposal.alert_id, person=proposal.actor)


def decided_words(decision: Decision) -> str:
    if decision.kind == "contest":
        return tr(
            "{alert} is contested and open again; its history keeps the former decision.", alert=decision.alert_id
        )
    if decision.disposition is None:
        return tr("{alert} is open again; the history keeps the decision that was taken back.", alert=decision.alert_id)
    return f"{decision.alert_id}: {in_sentence(tr(DISPOSITION_WORDS[decision.disposition]))}."
