"""The queue of alerts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QButtonGroup, QHBoxLayout, QPushButton, QStackedWidget, QWidget
from shiboken6 import isValid

from desktop.screens.queue.dialogs import BulkDialog, LineDialog
from desktop.screens.queue.handling import QueueHandling
from desktop.screens.queue.search_bar import SearchBar
from desktop.screens.queue.view_model import QueueViewModel
from desktop.support.actions import with_key
from desktop.support.formats import Formats
from desktop.support.look import Look
from desktop.support.translation import mark, tr, trn
from desktop.tables.delegates import Background, PillDelegate
from desktop.tables.queue_model import COLUMNS
from desktop.widgets.dialog import Dialog
from desktop.widgets.empty import EmptyState
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import PAGE, WIDE, column, row, titled
from desktop.widgets.table import RowTable
from desktop.widgets.work_bar import WorkBar
from domain.decision_policy import reason_codes
from domain.queue_query import SavedView
from domain.review import Disposition, QueueState

WIDTHS = {
    "band": 90, "score": 67, "occurred_at": 134, "amount": 107, "customer_id": 82, "merchant": 79, "origin": 62,
    "state": 142, "due_at": 128, "claimed_by": 70, "alert_id": 94,
}  # fmt: skip
FILTERS: tuple[tuple[str, QueueState | None], ...] = (
    (mark("Open"), "open"),
    (mark("Waiting for approval"), "waiting"),
    (mark("Decided"), "decided"),
    (mark("All"), None),
)
FIELDS = tuple(column.field for column in COLUMNS)


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """What an empty store offers."""

    bring_in: Callable[[], None]
    train: Callable[[], None]
    score: Callable[[], None]


class QueueScreen(QWidget):
    opened = Signal(int)
    threshold_asked = Signal()

    def __init__(
        self,
        view_model: QueueViewModel,
        handling: QueueHandling,
        look: Look,
        formats: Formats,
        first_steps: FirstSteps,
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self._view_model = view_model
        self._handling = handling
        self._look = look
        self.search = SearchBar(view_model)
        self._formats = formats
        self.table = self._build_table(view_model, look)
        self.count = PlainLabel(role="muted")
        self.filters = QButtonGroup(self)
        self._states = QStackedWidget()
        self._no_alerts = EmptyState(
            tr("No alerts yet"),
            tr(
                "Import transactions, train a classifier on those with known labels, then score: each transaction above"
                " the threshold becomes an alert."
            ),
            (
                (tr("Import transactions…"), first_steps.bring_in),
                (tr("Train"), first_steps.train),
                (tr("Score"), first_steps.score),
            ),
        )
        self._all_seen = EmptyState(
            tr("Nothing left here"),
            tr("No alert is in this state and matches the filter."),
            ((tr("Show all alerts"), self._show_all), (tr("Import transactions…"), first_steps.bring_in)),
        )
        self._waiting = EmptyState(tr("Sorting the queue…"), "")
        for state in (self.table, self._no_alerts, self._all_seen, self._waiting):
            self._states.addWidget(state)
        page = column(self, WIDE, (PAGE, PAGE, PAGE, PAGE))
        page.addLayout(self._header())
        page.addWidget(self.search)
        page.addWidget(self._states, 1)
        self._stood = 0  # the line before the queue was read again
        view_model.loading.connect(self._remember_line)
        view_model.loaded.connect(self._loaded)
        # At once: the first rows set off loading the classifier, which leaves the window half a second without a turn.
        view_model.table.dataChanged.connect(
            lambda: self.table.viewport().repaint(), Qt.ConnectionType.SingleShotConnection
        )
        view_model.filtered.connect(self._show_state)
        self.search.left.connect(self.table.setFocus)
        self.search.save_asked.connect(self.ask_view_name)
        view_model.loading.connect(lambda: self.count.setText(tr("Sorting…")))
        self._states.setCurrentWidget(self._waiting)

    def stand_on(self, line: int) -> None:
        self.table.step_to(line)

    @property
    def chosen(self) -> tuple[tuple[int, int], ...]:
        """The lines chosen, as [first, last) ranges from the top."""
        ranges = self.table.selectionModel().selection()
        return tuple(sorted((part.top(), part.bottom() + 1) for part in ranges))

    @property
    def chosen_count(self) -> int:
        return sum(last - first for first, last in self.chosen)

    def ask_jump(self) -> None:
        self._ask(
            tr("Go to"), tr("A row's number, or the id of an alert or a transaction, capitals included."),
            tr("Row or id"), lambda wanted: self._view_model.jump(wanted, self._jumped),
        )  # fmt: skip

    def ask_view_name(self) -> None:
        words = tr("The order, the state and the filter of now can be called back by this name.")
        self._ask(tr("Save this view"), words, tr("Name"), self._view_model.save_view)

    def ask_decision(self) -> None:
        """For the rows chosen at this moment, whatever is chosen later."""
        snapshot, ranges, count = self._view_model.snapshot, self.chosen, self.chosen_count

        def decide(disposition: Disposition, note: str, reasons: tuple[str, ...]) -> None:
            self._handling.decide(snapshot, ranges, disposition, note, reasons, settle)

        def settle(error: Exception | None) -> None:
            if isValid(dialog):
                dialog.settle(error)
            elif error is not None:  # the lock closed it meanwhile
                self._handling.failed.emit(error)

        if count:
            bar = WorkBar(self._handling.long_work, self._formats)
            dialog = BulkDialog(count, self._formats.count(count), reason_codes(), decide, bar, self._look, self)
            self._open(dialog)

    def claim(self) -> None:
        self._handling.claim(self.chosen)

    def release(self) -> None:
        self._handling.release(self.chosen)

    def snooze(self, length: timedelta | None) -> None:
        self._handling.snooze(self.chosen, length, datetime.now(UTC))

    def step_choosing(self, by: int) -> None:
        """Takes the next row to those chosen, as Shift and an arrow do."""
        line = min(max(self.table.line + by, 0), self.table.model().rowCount() - 1)
        rows = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        self.table.selectionModel().setCurrentIndex(self.table.model().index(line, 0), rows)

    def _ask(self, title: str, words: str, label: str, given: Callable[[str], None]) -> None:
        self._open(LineDialog(title, words, label, given, self._look, self))

    def _open(self, dialog: Dialog) -> None:
        """The keys go on in the table once it is closed."""
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(lambda _: self.table.setFocus())
        dialog.open()

    def _jumped(self, line: int) -> None:
        self.table.step_to(line)
        self.table.setFocus()

    def _build_table(self, view_model: QueueViewModel, look: Look) -> RowTable:
        table = RowTable(tr("Queue of alerts"), view_model.table)
        table.setAlternatingRowColors(False)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.selectionModel().selectionChanged.connect(lambda *_: self._show_count())
        header = table.horizontalHeader()
        header.setSectionsClickable(True)
        header.sectionClicked.connect(lambda section: view_model.sort_by(COLUMNS[section].sort))
        self._delegates = [Background(look), *(PillDelegate(look, what) for what in ("band", "state", "due"))]
        table.setItemDelegate(self._delegates[0])
        table.setItemDelegateForColumn(FIELDS.index("band"), self._delegates[1])
        table.setItemDelegateForColumn(FIELDS.index("state"), self._delegates[2])
        table.setItemDelegateForColumn(FIELDS.index("due_at"), self._delegates[3])
        for field, width in WIDTHS.items():
            table.setColumnWidth(FIELDS.index(field), width)
        table.entered_row.connect(self.opened)
        look.changed.connect(table.viewport().update)
        return table

    def _header(self) -> QHBoxLayout:
        header = row(gap=12)
        header.addLayout(titled(PlainLabel(tr("Queue"), "title"), self.count))
        header.addStretch()
        choices = row(gap=6)
        for number, (words, state) in enumerate(FILTERS):
            button = QPushButton(tr(words))
            button.setProperty("role", "filter")
            button.setCheckable(True)
            button.setAccessibleName(tr("Show alerts: {state}", state=tr(words).lower()))
            button.setChecked(state == self._view_model.state)
            self.filters.addButton(button, number)
            choices.addWidget(button)
        header.addLayout(choices)
        self.filters.idClicked.connect(lambda number: self._view_model.filter(FILTERS[number][1]))
        self.refresh = QPushButton(tr("Refresh"))
        self.refresh.setAccessibleName(tr("Sort and read the queue anew"))
        self.refresh.clicked.connect(self._view_model.refresh)
        self.threshold = QPushButton(tr("Threshold…"))
        self.threshold.setAccessibleName(tr("Which scores raise an alert"))
        self.threshold.clicked.connect(self.threshold_asked)
        header.addSpacing(8)
        header.addWidget(self.threshold)
        header.addWidget(self.refresh)
        return header

    def show_keys(self, key_of: Callable[[str], str]) -> None:
        self.threshold.setToolTip(with_key(tr("Which scores raise an alert"), key_of("go.threshold")))
        self.refresh.setToolTip(with_key(tr("Sort and read the queue anew"), key_of("queue.refresh")))
        self.search.show_keys(key_of)

    def _show_all(self) -> None:
        self._view_model.show_view(SavedView("", "", self._view_model.sort, self._view_model.descending, None))

    def _show_state(self) -> None:
        """Of a saved view, too."""
        self.filters.button([wanted for _, wanted in FILTERS].index(self._view_model.state)).setChecked(True)

    def _show_count(self) -> None:
        state, count = self._view_model.state, self._view_model.count
        words = {
            "open": trn("{count} alert open", "{count} alerts open", count, count=self._formats.count(count)),
            "decided": trn("{count} alert decided", "{count} alerts decided", count, count=self._formats.count(count)),
            "waiting": trn("{count} alert waits", "{count} alerts wait", count, count=self._formats.count(count)),
            None: trn("{count} alert in all", "{count} alerts in all", count, count=self._formats.count(count)),
        }[state]
        chosen = self.chosen_count
        also = tr(", {count} chosen", count=self._formats.count(chosen)) if chosen > 1 else ""
        self.count.setText(words + also)

    def _remember_line(self) -> None:
        """The first of those chosen: where many were decided, the others are gone."""
        self._stood = min((first for first, _ in self.chosen), default=max(self.table.line, 0))

    def _loaded(self, count: int) -> None:
        self._show_count()
        shown = self.table if count else self._no_alerts if self._view_model.no_alerts else self._all_seen
        self._states.setCurrentWidget(shown)
        if count:
            self.table.step_to(0 if self._view_model.anew else min(self._stood, count - 1))
            found = self._view_model.anew and self._view_model.words == self.search.field.text().strip()
            if self.isVisible() and (found or not self.search.field.hasFocus()):  # not from where somebody types
                self.table.setFocus()
