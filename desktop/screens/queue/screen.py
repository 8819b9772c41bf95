"""The queue of alerts."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QStackedWidget, QWidget

from desktop.screens.queue.view_model import QueueViewModel
from desktop.support.formats import Formats
from desktop.support.look import Look
from desktop.tables.delegates import Background, PillDelegate
from desktop.tables.queue_model import COLUMNS
from desktop.widgets.empty import EmptyState
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import PAGE, WIDE, column, row
from desktop.widgets.table import RowTable
from domain.review import AlertState

WIDTHS = {
    "band": 104, "score": 84, "occurred_at": 164, "amount": 118, "customer_id": 116, "merchant": 124, "origin": 92,
    "state": 138,
}  # fmt: skip
FILTERS: tuple[tuple[str, AlertState | None], ...] = (("Open", "open"), ("Decided", "decided"), ("All", None))
COUNT_WORDS = {"open": "open", "decided": "decided", None: "in all"}
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

    def __init__(self, view_model: QueueViewModel, look: Look, formats: Formats, first_steps: FirstSteps) -> None:
        super().__init__()
        self.setObjectName("page")
        self._view_model = view_model
        self._formats = formats
        self.table = self._build_table(view_model, look)
        self.count = PlainLabel(role="muted")
        self.filters = QButtonGroup(self)
        self._states = QStackedWidget()
        self._no_alerts = EmptyState(
            "No alerts yet",
            "Import transactions, train a classifier on those with known labels, then score: each transaction above"
            " the threshold becomes an alert.",
            (
                ("Import transactions…", first_steps.bring_in),
                ("Train", first_steps.train),
                ("Score", first_steps.score),
            ),
        )
        self._all_seen = EmptyState(
            "Nothing left here",
            "No alert is in this state.",
            (("Show all alerts", lambda: self._choose(None)), ("Import transactions…", first_steps.bring_in)),
        )
        self._waiting = EmptyState("Sorting the queue…", "")
        for state in (self.table, self._no_alerts, self._all_seen, self._waiting):
            self._states.addWidget(state)
        page = column(self, WIDE, (PAGE, PAGE, PAGE, PAGE))
        page.addLayout(self._header())
        page.addWidget(self._states, 1)
        view_model.loaded.connect(self._loaded)
        view_model.loading.connect(lambda: self.count.setText("Sorting…"))
        self._states.setCurrentWidget(self._waiting)

    def stand_on(self, line: int) -> None:
        self.table.step_to(line)

    def _build_table(self, view_model: QueueViewModel, look: Look) -> RowTable:
        table = RowTable("Queue of alerts", view_model.table)
        table.setAlternatingRowColors(False)
        header = table.horizontalHeader()
        header.setSectionsClickable(True)
        header.sectionClicked.connect(lambda section: view_model.sort_by(COLUMNS[section].sort))
        self._delegates = [Background(look), PillDelegate(look, "band"), PillDelegate(look, "state")]
        table.setItemDelegate(self._delegates[0])
        table.setItemDelegateForColumn(FIELDS.index("band"), self._delegates[1])
        table.setItemDelegateForColumn(FIELDS.index("state"), self._delegates[2])
        for field, width in WIDTHS.items():
            table.setColumnWidth(FIELDS.index(field), width)
        table.entered_row.connect(self.opened)
        look.changed.connect(table.viewport().update)
        return table

    def _header(self) -> QHBoxLayout:
        header = row(gap=12)
        header.addWidget(PlainLabel("Queue", "title"))
        header.addWidget(self.count, 0, Qt.AlignmentFlag.AlignBottom)
        header.addStretch()
        choices = row(gap=6)
        for number, (words, state) in enumerate(FILTERS):
            button = QPushButton(words)
            button.setProperty("role", "filter")
            button.setCheckable(True)
            button.setAccessibleName(f"Show alerts: {words.lower()}")
            button.setChecked(state == self._view_model.state)
            self.filters.addButton(button, number)
            choices.addWidget(button)
        header.addLayout(choices)
        self.filters.idClicked.connect(lambda number: self._view_model.filter(FILTERS[number][1]))
        self.refresh = QPushButton("Refresh")
        self.refresh.setAccessibleName("Sort and read the queue anew")
        self.refresh.clicked.connect(self._view_model.refresh)
        self.threshold = QPushButton("Threshold…")
        self.threshold.setAccessibleName("Which scores raise an alert")
        self.threshold.setToolTip("Which scores raise an alert (Alt+3)")
        self.threshold.clicked.connect(self.threshold_asked)
        header.addSpacing(8)
        header.addWidget(self.threshold)
        header.addWidget(self.refresh)
        return header

    def _choose(self, state: AlertState | None) -> None:
        self.filters.button([wanted for _, wanted in FILTERS].index(state)).setChecked(True)
        self._view_model.filter(state)

    def _loaded(self, count: int) -> None:
        state = self._view_model.state
        noun = "alert" if count == 1 else "alerts"
        self.count.setText(f"{self._formats.count(count)} {noun} {COUNT_WORDS[state]}")
        shown = self.table if count else self._no_alerts if self._view_model.no_alerts else self._all_seen
        self._states.setCurrentWidget(shown)
        if count:
            self.table.step_to(0)
            self.table.setFocus()
