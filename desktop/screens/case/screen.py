"""A case on one screen: what happened, why it was flagged, on what evidence, and the decision."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHeaderView,
    QLineEdit,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.screens.case.decision_bar import DecisionBar
from desktop.screens.case.facts import facts
from desktop.screens.case.header import CaseHeader
from desktop.screens.case.narrative_panel import NarrativePanel
from desktop.screens.case.similar_panel import SimilarPanel
from desktop.screens.case.similar_view_model import SimilarViewModel
from desktop.screens.case.view_model import CaseViewModel
from desktop.screens.case.what_if_panel import WhatIfPanel
from desktop.screens.case.what_if_view_model import WhatIfViewModel
from desktop.services import Case
from desktop.support.formats import Formats
from desktop.support.look import Look
from desktop.support.text import button_text
from desktop.tables.delegates import ContributionDelegate, RoomyDelegate
from desktop.tables.evidence_model import EFFECT, ID, STATEMENT, EvidenceModel
from desktop.tables.transactions_model import TransactionsModel
from desktop.widgets.empty import EmptyState
from desktop.widgets.facts_panel import FactsPanel
from desktop.widgets.history_chart import HistoryChart
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import GAP, PAGE, card, column, row
from desktop.widgets.table import RowTable
from domain.transactions import Transaction

CARD = (16, 12, 16, 12)
NO_ROWS = "Rows"
HISTORY, ROWS, SIMILAR, WHAT_IF = range(4)


class CaseScreen(QWidget):
    back = Signal()
    next = Signal()

    def __init__(
        self,
        view_model: CaseViewModel,
        similar: SimilarViewModel,
        what_if: WhatIfViewModel,
        look: Look,
        formats: Formats,
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self._view_model = view_model
        self._similar = similar
        self._formats = formats
        self._shown_alert = ""
        self.header = CaseHeader(look, formats)
        self.narrative = NarrativePanel(look)
        self.evidence_model = EvidenceModel(formats)
        self.evidence = self._evidence_table(look)
        self._facts = FactsPanel()
        self.chart = HistoryChart(look, formats)
        self.rows_model = TransactionsModel(formats)
        self.rows = self._rows_table()
        self.similar = SimilarPanel(similar, formats)
        self.what_if = WhatIfPanel(what_if, formats)
        self.tabs = QTabWidget()
        self.decision_bar = DecisionBar(look)
        self._states = QStackedWidget()
        self._case = self._case_page()
        self._none = EmptyState(
            "No case is open",
            "Choose an alert in the queue and press Enter.",
            (("Go to the queue", self.back.emit),),
        )
        self._states.addWidget(self._none)
        self._states.addWidget(self._case)
        column(self, 0).addWidget(self._states)
        self._connect()

    def copy_explanation(self) -> None:
        QGuiApplication.clipboard().setText(self._view_model.narrative.copied())

    def step_evidence(self, by: int) -> None:
        """Or through the similar cases, where somebody stands in them."""
        (self.similar.table if self.similar.table.hasFocus() else self.evidence).step(by)

    def select_evidence(self, evidence_id: str) -> None:
        line = self.evidence_model.line_of(evidence_id)
        if line >= 0:
            self.evidence.step_to(line)
            self.evidence.setFocus()

    def show_tab(self, tab: int) -> None:
        self.tabs.setCurrentIndex(tab)

    def show_similar(self) -> None:
        self.show_tab(SIMILAR)
        self.similar.table.setFocus()

    def show_what_if(self) -> None:
        self.show_tab(WHAT_IF)
        self.what_if.take_focus()

    def leave_field(self) -> bool:
        """From a field that is typed in to the evidence; False where none was."""
        if not isinstance(self.focusWidget(), QLineEdit):
            return False
        self.evidence.setFocus()
        return True

    def _tab_shown(self, tab: int) -> None:
        """What takes time is asked for only once somebody looks at it."""
        if tab == SIMILAR:
            self._similar.look()

    def _connect(self) -> None:
        self._view_model.opened.connect(self._show)
        self._view_model.narrative_changed.connect(lambda: self.narrative.show_state(self._view_model.narrative))
        self._view_model.evidence_rows.connect(self._show_rows)
        self._view_model.opening.connect(lambda _: self.decision_bar.setEnabled(False))
        self.tabs.currentChanged.connect(self._tab_shown)
        self.header.back.connect(self.back)
        self.header.next.connect(self.next)
        self.narrative.cited.connect(self.select_evidence)
        self.evidence.stepped.connect(self._evidence_stepped)
        self.evidence.clicked.connect(lambda _: self.show_tab(ROWS))
        self.evidence.entered_row.connect(lambda _: self.show_tab(ROWS))
        self.decision_bar.chosen.connect(self._view_model.decide)

    def _case_page(self) -> QWidget:
        page = QWidget()
        left = QSplitter(Qt.Orientation.Vertical)
        left.addWidget(self._narrative_card())
        left.addWidget(self._evidence_card())
        left.setSizes([300, 300])
        right = QWidget()
        side = column(right, 10)
        side.addWidget(self._facts_card())
        side.addWidget(self._tabs_card(), 1)
        across = QSplitter(Qt.Orientation.Horizontal)
        across.addWidget(left)
        across.addWidget(right)
        across.setStretchFactor(0, 3)
        across.setStretchFactor(1, 2)
        across.setSizes([620, 430])
        for splitter in (left, across):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(10)
        body = column(gap=14, margins=(PAGE, 16, PAGE, 12))
        body.addWidget(self.header)
        body.addWidget(across, 1)
        outer = column(page, 0)
        outer.addLayout(body, 1)
        outer.addWidget(self.decision_bar)
        return page

    def _narrative_card(self) -> QWidget:
        frame = card()
        layout = column(frame, GAP, CARD)
        heading = row(gap=8)
        heading.addWidget(PlainLabel("Why it was flagged", "section"))
        heading.addStretch()
        for words, name, act in (
            ("Copy", "Copy the explanation with its citations", self.copy_explanation),
            ("Write again", "Write the explanation again", self._view_model.narrate),
        ):
            button = QPushButton(words)
            button.setProperty("role", "quiet")
            button.setAccessibleName(name)
            button.clicked.connect(lambda _checked=False, act=act: act())
            heading.addWidget(button)
        layout.addLayout(heading)
        layout.addWidget(self.narrative, 1)
        return frame

    def _evidence_card(self) -> QWidget:
        frame = card()
        layout = column(frame, 4, (16, 12, 8, 8))
        layout.addWidget(PlainLabel("Evidence, strongest first", "section"))
        layout.addWidget(self.evidence, 1)
        return frame

    def _facts_card(self) -> QWidget:
        frame = card()
        layout: QVBoxLayout = column(frame, GAP, CARD)
        layout.addWidget(PlainLabel("What happened", "section"))
        layout.addWidget(self._facts)
        return frame

    def _tabs_card(self) -> QWidget:
        frame = card()
        layout = column(frame, 0, (16, 6, 12, 10))
        self.tabs.setDocumentMode(True)
        for named in (self.tabs, self.tabs.tabBar()):
            named.setAccessibleName("History, rows behind the evidence, similar cases, what if")
        self.tabs.tabBar().setDrawBase(False)
        for number, (page, words, tip) in enumerate(
            (
                (self.chart, "History", "The customer's payments over time (H)"),
                (self.rows, NO_ROWS, "The rows behind the chosen evidence (R)"),
                (self.similar, "Similar", "Cases flagged for like reasons, and what was decided about them (S)"),
                (self.what_if, "What if", "Change fields of the payment and see its score (W)"),
            )
        ):
            self.tabs.addTab(page, words)
            self.tabs.setTabToolTip(number, tip)
        layout.addWidget(self.tabs)
        return frame

    def _evidence_table(self, look: Look) -> RowTable:
        table = RowTable("Evidence", self.evidence_model)
        table.setProperty("role", "inner")
        self._bars = ContributionDelegate(look)
        self._ground = RoomyDelegate(look)
        table.setItemDelegate(self._ground)
        table.setItemDelegateForColumn(EFFECT, self._bars)
        table.setWordWrap(True)
        header = table.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(ID, QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(STATEMENT, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(EFFECT, QHeaderView.ResizeMode.Fixed)
        table.setColumnWidth(ID, 44)
        table.setColumnWidth(EFFECT, 200)
        header.geometriesChanged.connect(table.resizeRowsToContents)
        header.sectionResized.connect(lambda *_: table.resizeRowsToContents())
        look.changed.connect(table.viewport().update)
        return table

    def _rows_table(self) -> RowTable:
        table = RowTable("Rows behind the evidence", self.rows_model)
        table.setProperty("role", "inner")
        for number, width in enumerate((142, 92, 84, 74, 76)):
            table.setColumnWidth(number, width)
        table.verticalHeader().setDefaultSectionSize(28)
        return table

    def _show(self, case: Case) -> None:
        another = case.alert.alert_id != self._shown_alert
        self._shown_alert = case.alert.alert_id
        self.header.show_case(case)
        self._facts.show_facts(facts(case, self._formats))
        self.chart.show_history(case.history, case.transaction)
        self.evidence_model.show_evidence(case.evidence)
        self._bars.largest = self.evidence_model.largest
        self.evidence.resizeRowsToContents()
        self.rows_model.show_rows(())
        self.tabs.setTabText(ROWS, NO_ROWS)
        self.show_tab(HISTORY)
        self._states.setCurrentWidget(self._case)
        self.decision_bar.ready(for_new_case=another)
        self.evidence.step_to(0)
        self.evidence.setFocus()

    def _evidence_stepped(self, line: int) -> None:
        if line >= 0:
            item = self.evidence_model.item(line)
            self.chart.mark_behind(item.rows)
            self._view_model.show_rows(item.id)

    def _show_rows(self, evidence_id: str, rows: tuple[Transaction, ...]) -> None:
        self.rows_model.show_rows(rows)
        self.tabs.setTabText(ROWS, button_text(f"Rows behind {evidence_id} ({self._formats.count(len(rows))})"))
