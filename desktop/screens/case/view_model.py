"""One case under review: its facts, its explanation as it is written, and the decision. No widget, no display."""

from PySide6.QtCore import QObject, Signal

from desktop.screens.case.narrative_state import NarrativeState
from desktop.services import Case, Services
from desktop.support.formats import DISPOSITION_WORDS
from desktop.tasks import Task, Tasks
from domain.errors import Cancelled, NarratorUnavailable
from domain.narration import template_narrative
from domain.narrative import Explanation, NarrationRequest, Sentence
from domain.review import Decision, Disposition
from domain.transactions import Transaction


class CaseViewModel(QObject):
    """Opening another case drops whatever still comes for the last one."""

    opening = Signal(str)
    opened = Signal(object)  # Case
    narrative_changed = Signal()
    narrator_failed = Signal(Exception)
    evidence_rows = Signal(str, object)  # evidence id, tuple[Transaction, ...]
    decided = Signal(object)  # Decision
    reversed = Signal(object)  # Decision
    failed = Signal(Exception)

    def __init__(self, services: Services, tasks: Tasks) -> None:
        super().__init__()
        self._services = services
        self._tasks = tasks
        self._task: Task | None = None
        self._narration: Task | None = None
        self._rows_task: Task | None = None
        self._undoable: list[str] = []
        self._deciding = False
        self.alert_id: str | None = None
        self.case: Case | None = None
        self.narrative = NarrativeState()

    @property
    def can_undo(self) -> bool:
        return bool(self._undoable)

    @property
    def disposition(self) -> Disposition | None:
        decisions = self.case.decisions if self.case else ()
        return decisions[0].disposition if decisions else None

    def open(self, alert_id: str) -> None:
        self.leave()
        self.alert_id = alert_id
        self.opening.emit(alert_id)
        self._task = self._tasks.read(lambda: self._services.case(alert_id), self._show, self._not_opened)

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

    def decide(self, disposition: Disposition, note: str) -> None:
        """Told by `decided` once it is kept; a second key press meanwhile does nothing."""
        if self.case is None or self._deciding:
            return
        alert_id = self.case.alert.alert_id
        self._deciding = True

        def done(decision: Decision) -> None:
            self._deciding = False
            self._undoable.append(alert_id)
            self.decided.emit(decision)

        def failed(error: Exception) -> None:
            self._deciding = False
            self.failed.emit(error)

        self._tasks.write(lambda: self._services.decide(alert_id, disposition, note.strip()), done, failed)

    def undo(self) -> None:
        """Reverses the newest decision of this session; told by `reversed`."""
        if not self._undoable or self._deciding:
            return
        alert_id = self._undoable.pop()
        self._deciding = True

        def done(decision: Decision) -> None:
            self._deciding = False
            self.reversed.emit(decision)

        def failed(error: Exception) -> None:
            self._deciding = False
            self._undoable.append(alert_id)
            self.failed.emit(error)

        self._tasks.write(lambda: self._services.reverse(alert_id), done, failed)

    def _show(self, case: Case) -> None:
        self._task = None
        self.case = case
        self.opened.emit(case)
        self.narrate()

    def _not_opened(self, error: Exception) -> None:
        self._task = None
        self.failed.emit(error)


def decided_words(decision: Decision) -> str:
    if decision.disposition is None:
        return f"{decision.alert_id} is open again; the history keeps the decision that was taken back."
    return f"{decision.alert_id}: {DISPOSITION_WORDS[decision.disposition].lower()}."
