"""What the open case's payment is tied to: asked for when somebody looks, node by node. No widget, no display."""

from datetime import datetime

from PySide6.QtCore import QObject, Signal

from desktop.screens.case.view_model import CaseViewModel
from desktop.services import Services
from desktop.support.formats import Formats
from desktop.support.translation import mark, tr, trn
from desktop.tables.links_model import LinkLine
from desktop.tasks import Task, Tasks
from domain.links import LinkGraph, Node, Standing, moments, roots_of
from domain.transactions import Transaction

KIND_WORDS = {
    "account": mark("Account"),
    "device": mark("Device"),
    "merchant": mark("Merchant"),
    "terminal": mark("Terminal"),
}


class LinksViewModel(QObject):
    """Opening another case drops what is asked for. A moment or a node chosen meanwhile is asked for anew."""

    forgotten = Signal()
    shown = Signal(object)  # LinkGraph
    failed = Signal(Exception)

    def __init__(self, services: Services, tasks: Tasks, case: CaseViewModel) -> None:
        super().__init__()
        self._services = services
        self._tasks = tasks
        self._case = case
        self._task: Task | None = None
        self._expanded: list[Node] = []
        self.graph: LinkGraph | None = None
        self.moments: tuple[datetime, ...] = ()
        self.step = 0
        case.opening.connect(lambda _: self.forget())

    @property
    def payment(self) -> Transaction | None:
        return self._case.case.transaction if self._case.case else None

    @property
    def at_payment(self) -> bool:
        case = self._case.case
        return case is not None and bool(self.moments) and self.moments[self.step] == case.transaction.occurred_at

    def forget(self) -> None:
        if self._task is not None:
            self._task.discard()
        self._task = self.graph = None
        self._expanded, self.moments, self.step = [], (), 0
        self.forgotten.emit()

    def look(self) -> None:
        """Told by `shown`: first what shares the payment's device, place or payee, as known when it was made."""
        case = self._case.case
        if case is None or self._expanded:
            return
        payment = case.transaction
        roots = roots_of(payment)
        self._expanded = list(roots[1:] or roots)
        self._measure(payment.occurred_at)
        self._ask()

    def move_to(self, step: int) -> None:
        """Looks at another moment."""
        if self.moments and step != self.step:
            self.step = min(max(step, 0), len(self.moments) - 1)
            self._ask()

    def toggle(self, node: Node) -> None:
        """Expands a node, or folds it again."""
        if self.graph is None or node not in self.graph.nodes:
            return
        if node in self._expanded:
            self._expanded.remove(node)
        else:
            self._expanded.append(node)
        self._ask()

    def expanded(self, node: Node) -> bool:
        return node in self._expanded

    def _measure(self, newest: datetime) -> None:
        """Lays out the moments; a person looks at the payment's own first."""
        case = self._case.case
        assert case is not None
        at = case.transaction.occurred_at
        self.moments = moments(case.history[-1].occurred_at if case.history else at, at, newest)
        self.step = self.moments.index(at)

    def _ask(self) -> None:
        case = self._case.case
        if case is None:
            return
        if self._task is not None:
            self._task.discard()
        payment, at, expanded = case.transaction, self.moments[self.step], tuple(self._expanded)
        self._task = self._tasks.background(
            lambda task: self._services.links(payment, at, expanded), self._show, self._fail
        )

    def _fail(self, error: Exception) -> None:
        self._task = None
        if self.graph is None:
            self._expanded = []  # asked for anew when somebody looks again
        self.failed.emit(error)

    def _show(self, graph: LinkGraph) -> None:
        self._task = None
        if self.graph is None:
            self._measure(graph.newest)
        self.graph = graph
        self.shown.emit(graph)


def standing_words(standing: Standing, formats: Formats) -> str:
    """'17 payments by 3 accounts, 2 known as fraud'."""
    if not standing.payments:
        return tr("no payment yet")
    made = trn("{count} payment", "{count} payments", standing.payments, count=formats.count(standing.payments))
    by = trn("by {count} account", "by {count} accounts", standing.accounts, count=formats.count(standing.accounts))
    known = tr("{count} known as fraud", count=formats.count(standing.frauds)) if standing.frauds else ""
    return f"{made} {by}, {known}" if known else f"{made} {by}"


def lines_of(graph: LinkGraph, formats: Formats) -> tuple[LinkLine, ...]:
    """The graph as a list, in the order it was reached."""
    parents, left = dict(graph.parents), dict(graph.left_out)

    def line(standing: Standing) -> LinkLine:
        node = standing.node
        through = parents.get(node)
        return LinkLine(
            tr(KIND_WORDS[node.kind]),
            node.id,
            f"✕ {formats.count(standing.frauds)}" if standing.frauds else "—",
            formats.count(standing.payments),
            formats.count(standing.accounts),
            tr("This payment") if through is None else through.id,
            tr("{count} more not shown", count=formats.count(left[node])) if node in left else "",
        )

    return tuple(line(standing) for standing in graph.standings)
