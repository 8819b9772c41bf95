"""How a person walks through the alerts: open, decide, go on to the next open one, take back. No widget, no display."""

from PySide6.QtCore import QObject, Signal

from desktop.screens.case.view_model import CaseViewModel, decided_words, proposed_words, rejected_words
from desktop.screens.queue.view_model import QueueViewModel
from domain.review import Decision, Proposal, QueueRow


class ReviewWalk(QObject):
    """Ties the queue to the case. `line` is where in the queue's snapshot the open case stands, -1 for none."""

    moved = Signal(int)
    told = Signal(str, bool)  # words, whether they can be undone
    exhausted = Signal()

    def __init__(self, queue: QueueViewModel, case: CaseViewModel) -> None:
        super().__init__()
        self._queue = queue
        self._case = case
        self._lines: dict[str, int] = {}
        self.line = -1
        queue.loaded.connect(self._forget_lines)
        case.decided.connect(self._decided)
        case.proposed.connect(self._proposed)
        case.rejected.connect(self._rejected)
        case.reversed.connect(self._reversed)

    def open_line(self, line: int) -> None:
        self._queue.find_line(line, self._open)

    def next(self) -> None:
        """Opens the next open alert below this one, or tells `exhausted`."""
        self._queue.find_open(self.line, self._open, self._no_more)

    def _open(self, line: int, row: QueueRow) -> None:
        self.line = line
        self._lines[row.alert_id] = line
        self.moved.emit(line)
        self._case.open(row.alert_id)

    def _no_more(self) -> None:
        self.exhausted.emit()

    def _forget_lines(self) -> None:
        self._lines.clear()
        self.line = -1

    def _decided(self, decision: Decision) -> None:
        self._queue.mark(decision.alert_id, "decided", decision.disposition)
        self._settled(decided_words(decision), undoable=not decision.approved_by)

    def _proposed(self, proposal: Proposal) -> None:
        self._queue.mark(proposal.alert_id, "waiting")
        self._settled(proposed_words(proposal), undoable=True)

    def _rejected(self, proposal: Proposal) -> None:
        self._queue.mark(proposal.alert_id, "open")
        self._settled(rejected_words(proposal), undoable=False)

    def _settled(self, words: str, *, undoable: bool) -> None:
        self.told.emit(words, undoable)
        self.next()

    def _reversed(self, decision: Decision) -> None:
        """The case that is open again is shown, for whoever takes a decision back wants to look once more."""
        self._queue.mark(decision.alert_id, "open")
        self.told.emit(decided_words(decision), False)
        self.line = self._lines.get(decision.alert_id, self.line)
        self.moved.emit(self.line)
        self._case.open(decision.alert_id)
