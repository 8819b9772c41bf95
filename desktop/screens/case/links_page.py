"""The link graph and, beside it, the same as a list; a slider says as of when."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QSlider, QSplitter, QWidget

from desktop.screens.case.link_layout import positions
from desktop.screens.case.links_view_model import KIND_WORDS, LinksViewModel, lines_of, standing_words
from desktop.support.actions import with_key
from desktop.support.formats import Formats
from desktop.support.look import Look
from desktop.support.text import visible
from desktop.support.translation import tr
from desktop.tables.links_model import LinksModel
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import GAP, card, column, row
from desktop.widgets.link_view import SIGNS, LinkView
from desktop.widgets.table import RowTable
from domain.links import LinkGraph, Node

WIDTHS = (72, 84, 88, 74, 74, 100)


class LinksPage(QWidget):
    back = Signal()

    def __init__(self, view_model: LinksViewModel, look: Look, formats: Formats) -> None:
        super().__init__()
        self._view_model = view_model
        self._formats = formats
        self.view = LinkView(look)
        self._model = LinksModel()
        self.table = RowTable(tr("Links as a list"), self._model)
        self.table.stand_inside()
        for number, width in enumerate(WIDTHS):
            self.table.setColumnWidth(number, width)
        self.state = PlainLabel("", "small", wrap=True)
        self.moment = PlainLabel("", "strong")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(tr("As known at which moment"))
        self._close = QPushButton(tr("Back to the explanation"))
        self._close.setProperty("role", "quiet")
        self._close.setAccessibleName(tr("Back to the explanation"))
        self._lay_out()
        self._close.clicked.connect(self.back)
        self.slider.valueChanged.connect(view_model.move_to)
        self.view.chosen.connect(self._choose)
        self.view.toggled.connect(view_model.toggle)
        self.table.stepped.connect(self._stepped)
        self.table.entered_row.connect(self._entered)
        view_model.forgotten.connect(self._forget)
        view_model.shown.connect(self._show)

    def show_keys(self, key_of: Callable[[str], str]) -> None:
        keys = tr(" or ").join(key for key in (key_of("case.links"), key_of("case.back")) if key)
        self._close.setToolTip(with_key(tr("Back to the explanation"), keys))

    def look(self) -> None:
        self._view_model.look()
        self.view.setFocus()

    def _lay_out(self) -> None:
        drawn, listed = card(), card()
        left = column(drawn, GAP, (16, 10, 16, 12))
        heading = row(gap=GAP)
        heading.addWidget(PlainLabel(tr("What the payment is tied to"), "section"))
        heading.addStretch()
        heading.addWidget(self._close)
        left.addLayout(heading)
        left.addWidget(self.view, 1)
        legend = "   ".join(f"{sign} {tr(KIND_WORDS[kind])}" for kind, sign in SIGNS.items())
        left.addWidget(PlainLabel(f"{legend}   ✕ {tr('Known fraud')}", "small"))
        below = row(gap=GAP)
        below.addWidget(self.moment)
        below.addWidget(self.slider, 1)
        left.addLayout(below)
        right = column(listed, GAP, (16, 12, 8, 12))
        right.addWidget(PlainLabel(tr("The same as a list"), "section"))
        right.addWidget(self.table, 1)
        right.addWidget(self.state)
        across = QSplitter(Qt.Orientation.Horizontal)
        across.setObjectName("kept_links_across")
        across.setChildrenCollapsible(False)
        across.setHandleWidth(10)
        across.addWidget(drawn)
        across.addWidget(listed)
        across.setSizes([716, 334])
        across.setStretchFactor(0, 3)
        across.setStretchFactor(1, 1)
        column(self, 0).addWidget(across)

    def _show(self, graph: LinkGraph) -> None:
        before = self._node()
        payment = self._view_model.payment
        self._model.replace_rows(lines_of(graph, self._formats))
        words = self._formats.money(payment.amount, payment.currency) if payment else ""
        self.view.show_graph(graph, positions(graph), words)
        self.slider.blockSignals(True)
        self.slider.setRange(0, len(self._view_model.moments) - 1)
        self.slider.setValue(self._view_model.step)
        self.slider.blockSignals(False)
        told = self._formats.time(graph.at)
        known = tr("As known when it was made: {time}", time=told) if self._view_model.at_payment else ""
        self.moment.setText(known or tr("As known at {time}", time=told))
        self.slider.setAccessibleDescription(self.moment.text())
        self._choose(before if before in graph.nodes else graph.roots[0])

    def _forget(self) -> None:
        self._model.replace_rows(())
        self.view.clear()
        self.state.setText("")

    def _node(self) -> Node | None:
        graph = self._view_model.graph
        return self.view.node if graph is not None else None

    def _choose(self, node: Node) -> None:
        graph = self._view_model.graph
        if graph is not None and node in graph.nodes:
            self.table.step_to(graph.nodes.index(node))
            self._stepped(self.table.line)

    def _stepped(self, line: int) -> None:
        graph = self._view_model.graph
        if graph is None or not 0 <= line < len(graph.standings):
            return
        standing = graph.standings[line]
        self.view.choose(standing.node)
        kind, facts = tr(KIND_WORDS[standing.node.kind]), standing_words(standing, self._formats)
        folded = self._view_model.expanded(standing.node)
        hint = tr("Enter folds its links.") if folded else tr("Enter shows its links.")
        self.state.setText(f"{kind} {visible(standing.node.id)}: {facts}. {hint}")
        self.view.setAccessibleDescription(self.state.text())

    def _entered(self, line: int) -> None:
        graph = self._view_model.graph
        if graph is not None:
            self._view_model.toggle(graph.nodes[line])
