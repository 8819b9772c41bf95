"""A case on one screen: what happened, why it was flagged, on what evidence, and the decision."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QWidget,
)

from desktop.screens.case.beside_card import FILE, HISTORY, ROWS, SIMILAR, WHAT_IF, BesideCard
from desktop.screens.case.decision_bar import DecisionBar
from desktop.screens.case.evidence_table import EvidenceTable
from desktop.screens.case.facts import facts
from desktop.screens.case.file_panel import FilePanel
from desktop.screens.case.file_view_model import FileViewModel
from desktop.screens.case.header import CaseHeader
from desktop.screens.case.links_page import LinksPage
from desktop.screens.case.links_view_model import LinksViewModel
from desktop.screens.case.narrative_panel import NarrativePanel
from desktop.screens.case.proposal_strip import ProposalStrip
from desktop.screens.case.similar_panel import SimilarPanel
from desktop.screens.case.similar_view_model import SimilarViewModel
from desktop.screens.case.view_model import CaseViewModel
from desktop.screens.case.what_if_panel import WhatIfPanel
from desktop.screens.case.what_if_view_model import WhatIfViewModel
from desktop.services import Case
from desktop.support.formats import Formats
from desktop.support.look import Look
from desktop.support.translation import tr
from desktop.tables.evidence_model import EvidenceModel
from desktop.tables.transactions_model import TransactionsModel
from desktop.widgets.empty import EmptyState
from desktop.widgets.facts_panel import FactsPanel
from desktop.widgets.history_chart import HistoryChart
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import GAP, PAGE, card, column, row
from desktop.widgets.table import RowTable
from domain.review import Proposal
from domain.transactions import Transaction

CARD = (16, 12, 16, 12)


class CaseScreen(QWidget):
    back = Signal()
    next = Signal()

    def __init__(
        self,
        view_model: CaseViewModel,
        similar: SimilarViewModel,
        what_if: WhatIfViewModel,
        links: LinksViewModel,
        file: FileViewModel,
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
        self.evidence = EvidenceTable(self.evidence_model, look)
        self._facts = FactsPanel()
        self.chart = HistoryChart(look, formats)
        self.rows_model = TransactionsModel(formats)
        self.rows = self._rows_table()
        self.similar = SimilarPanel(similar, formats)
        self.what_if = WhatIfPanel(what_if, formats)
        self._file = file
        self.file = FilePanel(file, formats)
        self.links = LinksPage(links, look, formats)
        self._body = QStackedWidget()
        self._beside = BesideCard((self.chart, self.rows, self.similar, self.what_if, self.file))
        self.tabs = self._beside.tabs
        self.decision_bar = DecisionBar(look)
        self.proposal = ProposalStrip(formats)
        self._telling = QTimer(self)  # sentences that come at once are laid out once
        self._telling.setSingleShot(True)
        self._telling.timeout.connect(self._show_narrative)
        self._states = QStackedWidget()
        self._none = EmptyState(
            tr("No case is open"),
            tr("Choose an alert in the queue and press Enter."),
            ((tr("Go to the queue"), self.back.emit),),
        )
        self._case = QWidget()
        column(self, 0).addWidget(self._states)
        self._states.addWidget(self._none)
        self._states.addWidget(self._case)
        self._lay_out()
        self._connect()

    def show_keys(self, key_of: Callable[[str], str]) -> None:
        """Names the keys of today in buttons and tool tips; `key_of` gives them for an action's id."""
        for part in (self.header, self._beside, self.links, self.decision_bar, self.proposal):
            part.show_keys(key_of)

    def copy_explanation(self) -> None:
        QGuiApplication.clipboard().setText(self._view_model.copied())

    def step_evidence(self, by: int) -> None:
        """Or through the links, or whichever table beside the evidence somebody stands in."""
        if self._body.currentWidget() is self.links:
            self.links.table.step(by)
            return
        stood_in = self.focusWidget()
        (stood_in if isinstance(stood_in, RowTable) else self.evidence).step(by)

    def select_evidence(self, evidence_id: str) -> None:
        line = self.evidence_model.line_of(evidence_id)
        if line >= 0:
            self.evidence.step_to(line)
            self.evidence.setFocus()

    def show_tab(self, tab: int) -> None:
        self._body.setCurrentIndex(0)
        self.tabs.setCurrentIndex(tab)

    def show_rows(self) -> None:
        self.show_tab(ROWS)
        self.rows.setFocus()

    def show_timeline(self) -> None:
        self.show_tab(HISTORY)
        self.chart.setFocus()

    def show_similar(self) -> None:
        self.show_tab(SIMILAR)
        self.similar.table.setFocus()

    def show_file(self) -> None:
        self.show_tab(FILE)
        self.file.note.setFocus()

    def show_what_if(self) -> None:
        self.show_tab(WHAT_IF)
        self.what_if.take_focus()

    def show_links(self) -> None:
        """In place of the explanation; pressed again, or Esc, leads back."""
        if self._body.currentWidget() is self.links:
            self._show_explanation()
            return
        self._body.setCurrentWidget(self.links)
        self.links.look()

    def _show_explanation(self) -> None:
        self._body.setCurrentIndex(0)
        self.evidence.setFocus()

    def leave_field(self) -> bool:
        """From a field or a panel beside the case to the evidence; False where the person stood there already."""
        if self._body.currentWidget() is self.links and not isinstance(self.focusWidget(), QLineEdit):
            self._show_explanation()
            return True
        if not isinstance(self.focusWidget(), QLineEdit) and not self.tabs.isAncestorOf(self.focusWidget()):
            return False
        self.evidence.setFocus()
        return True

    def approve(self) -> None:
        """The proposal that waits on the case, where it is shown whole."""
        if self.proposal.approve.isVisibleTo(self):
            self._view_model.approve(self.decision_bar.note.text())

    def reject(self) -> None:
        if self.proposal.reject.isVisibleTo(self):
            self._view_model.reject(self.decision_bar.note.text())

    def _restore(self, kind: str, text: str) -> None:
        if kind == "decision":
            self.decision_bar.restore(text)

    def _narrative_changed(self) -> None:
        """A beginning and an end are shown at once: nothing of another case stays in sight."""
        state = self._view_model.narrative
        if state.finished or not (state.sentences or state.pending):
            self._show_narrative()
        else:
            self._telling.start()

    def _show_narrative(self) -> None:
        self._telling.stop()
        self.narrative.show_state(self._view_model.narrative)
        if self.evidence.line >= 0:
            self.narrative.mark_cited(self.evidence_model.item(self.evidence.line).id)

    def _show_proposal(self, proposal: Proposal | None) -> None:
        self.proposal.show_proposal(proposal, self._view_model.person)

    def _tab_shown(self, tab: int) -> None:
        """What takes time is asked for only once somebody looks at it."""
        if tab == SIMILAR:
            self._similar.look()
        elif tab == FILE:
            self._file.look()

    def _connect(self) -> None:
        self._view_model.opened.connect(self._show)
        self._view_model.closed.connect(self._show_none)
        self._view_model.narrative_changed.connect(self._narrative_changed)
        self._view_model.evidence_rows.connect(self._show_rows)
        self._view_model.opening.connect(lambda _: self.decision_bar.setEnabled(False))
        self.tabs.currentChanged.connect(self._tab_shown)
        self.header.back.connect(self.back)
        self.header.next.connect(self.next)
        self.narrative.cited.connect(self.select_evidence)
        self.links.back.connect(self._show_explanation)
        self.evidence.stepped.connect(self._evidence_stepped)
        self.evidence.clicked.connect(lambda _: self.show_tab(ROWS))
        self.evidence.entered_row.connect(lambda _: self.show_rows())
        self.decision_bar.chosen.connect(self._view_model.decide)
        self.decision_bar.typed.connect(self._view_model.type_note)
        self._view_model.unsaved_read.connect(self._restore)
        self._view_model.disputed.connect(self._show_proposal)
        self.proposal.approve_asked.connect(self.approve)
        self.proposal.reject_asked.connect(self.reject)

    def _lay_out(self) -> None:
        """From the outermost part inwards: whatever is given a parent is styled anew, with all that is in it."""
        outer = column(self._case, 0)
        body = column(gap=14, margins=(PAGE, 16, PAGE, 12))
        outer.addLayout(body, 1)
        body.addWidget(self.header)
        body.addWidget(self._body, 1)
        across = QSplitter(Qt.Orientation.Horizontal)
        self._body.addWidget(across)
        left, right = QSplitter(Qt.Orientation.Vertical), QWidget()
        across.addWidget(left)
        across.addWidget(right)
        for splitter, name in ((left, "kept_case_down"), (across, "kept_case_across")):
            splitter.setObjectName(name)
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(10)
        narrative, evidence, told = card(), card(), card()
        left.addWidget(narrative)
        left.addWidget(evidence)
        self._fill_narrative(narrative)
        self._fill_evidence(evidence)
        side = column(right, 10)
        side.addWidget(told)
        self._fill_facts(told)
        side.addWidget(self._beside, 1)
        left.setSizes([300, 300])
        across.setStretchFactor(0, 3)
        across.setStretchFactor(1, 2)
        across.setSizes([620, 430])
        self._body.addWidget(self.links)
        outer.addWidget(self.proposal)
        outer.addWidget(self.decision_bar)

    def _fill_narrative(self, frame: QFrame) -> None:
        layout = column(frame, GAP, CARD)
        heading = row(gap=8)
        layout.addLayout(heading)
        heading.addWidget(PlainLabel(tr("Why it was flagged"), "section"))
        heading.addStretch()
        for words, name, act in (
            (tr("Copy"), tr("Copy the explanation with its citations"), self.copy_explanation),
            (tr("Write again"), tr("Write the explanation again"), self._view_model.narrate),
        ):
            button = QPushButton(words)
            button.setProperty("role", "quiet")
            button.setAccessibleName(name)
            button.clicked.connect(lambda _checked=False, act=act: act())
            heading.addWidget(button)
        layout.addWidget(self.narrative, 1)

    def _fill_evidence(self, frame: QFrame) -> None:
        layout = column(frame, 4, (16, 12, 8, 8))
        layout.addWidget(PlainLabel(tr("Evidence, strongest first"), "section"))
        layout.addWidget(self.evidence, 1)

    def _fill_facts(self, frame: QFrame) -> None:
        layout = column(frame, GAP, CARD)
        layout.addWidget(PlainLabel(tr("What happened"), "section"))
        layout.addWidget(self._facts)

    def _rows_table(self) -> RowTable:
        table = RowTable(tr("Rows behind the evidence"), self.rows_model)
        table.stand_inside()
        for number, width in enumerate((138, 104, 84, 84, 84)):
            table.setColumnWidth(number, width)
        return table

    def _show(self, case: Case) -> None:
        another = case.alert.alert_id != self._shown_alert
        self._shown_alert = case.alert.alert_id
        self.header.show_case(case)
        self._facts.show_facts(facts(case, self._formats))
        self.chart.show_history(case.history, case.transaction, case.alerted)
        self.evidence_model.show_evidence(case.evidence)
        self.evidence.show_largest(self.evidence_model.largest)
        self.rows_model.show_rows(())
        self._beside.name_rows()
        self.show_tab(HISTORY)
        self._body.setCurrentIndex(0)
        self._states.setCurrentWidget(self._case)
        self.decision_bar.ready(for_new_case=another)
        self._show_proposal(case.proposal)
        self.evidence.step_to(0)
        if self.isVisible():  # else keys would go to a screen that nobody sees
            self.evidence.setFocus()

    def _show_none(self) -> None:
        self._shown_alert = ""
        self._states.setCurrentWidget(self._none)

    def _evidence_stepped(self, line: int) -> None:
        if line >= 0:
            item = self.evidence_model.item(line)
            self.chart.mark_behind(item.rows)
            self.narrative.mark_cited(item.id)
            self._view_model.show_rows(item.id)

    def _show_rows(self, evidence_id: str, rows: tuple[Transaction, ...]) -> None:
        self.rows_model.show_rows(rows)
        count = self._formats.count(len(rows))
        self._beside.name_rows(tr("Rows behind {id} ({count})", id=evidence_id, count=count))
