"""The threshold: how it is chosen, what it would have done, and what it would do to the queue before it is applied."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QStackedWidget, QWidget

from desktop.screens.threshold.chart import Measure, ThresholdChart
from desktop.screens.threshold.choice_panel import ChoicePanel
from desktop.screens.threshold.figures import Figures
from desktop.screens.threshold.view_model import Proposed, ThresholdViewModel, Wish
from desktop.screens.threshold.words import (
    BY_KNOWN,
    TOO_FEW,
    Outcome,
    changed_alerts,
    outcomes,
    policy_words,
    preview_title,
    preview_words,
    threshold_words,
)
from desktop.support.failures import describe
from desktop.support.formats import BAND_WORDS, Formats
from desktop.support.look import Look
from desktop.support.translation import in_sentence, mark, tr
from desktop.tables.changed_alerts_model import ChangedAlertsModel
from desktop.widgets.dialog import Dialog
from desktop.widgets.empty import EmptyState
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import GAP, PAGE, WIDE, card, column, row, titled
from desktop.widgets.table import RowTable

CARD = (16, 12, 16, 12)
SIDE = 336
MEASURES: tuple[tuple[Measure, str], ...] = (("quality", mark("Precision and recall")), ("cost", mark("Cost a day")))
KEPT = mark("Alerts that are decided, and those flagged upstream, stay whatever the threshold.")


class ThresholdScreen(QWidget):
    apply_asked = Signal(object)  # AnyPolicy
    back = Signal()

    def __init__(self, view_model: ThresholdViewModel, look: Look, formats: Formats) -> None:
        super().__init__()
        self.setObjectName("page")
        self._view_model = view_model
        self._look = look
        self._formats = formats
        self.state = PlainLabel(role="muted")
        self.choice = ChoicePanel()
        self.figures = Figures(tr("Now"), tr("Proposed"))
        self.note_of_figures = PlainLabel(role="small", wrap=True)
        self.chart = ThresholdChart(look, formats)
        self.preview_title = PlainLabel("", "section")
        self.preview = PlainLabel("", "strong")
        self.bands = Figures(tr("Now"), tr("Proposed"))
        self.changed = ChangedAlertsModel()
        self.note = PlainLabel(tr(KEPT), "muted", wrap=True)
        self.apply = QPushButton(tr("Apply…"))
        self._states = QStackedWidget()
        self._body = self._build_body()
        self._unscored = EmptyState(
            tr("Nothing is scored yet"),
            tr("A threshold is chosen from scores: train a classifier and score the transactions first."),
            ((tr("Go to the queue"), self.back.emit),),
        )
        self._waiting = EmptyState(tr("Reading scores and outcomes…"), "")
        for state in (self._waiting, self._body, self._unscored):
            self._states.addWidget(state)
        column(self, 0).addWidget(self._states)
        self._connect()

    def confirm(self) -> Dialog | None:
        """Asks once; None where what is shown is not computed yet."""
        shown = self._view_model.shown
        if shown is None:
            return None
        dialog = Dialog(tr("Apply this threshold?"), "", self._look, self)
        proposal = shown.proposal
        for words, role in (
            (
                tr(
                    "Alert from {proposed}, now {now}: {policy}.",
                    proposed=threshold_words(proposal.threshold, self._formats),
                    now=threshold_words(proposal.threshold_before, self._formats),
                    policy=policy_words(shown.policy, self._formats),
                ),
                "strong",
            ),
            (
                tr(
                    "The alerts of all that was scored are raised anew, and later scoring follows this policy. It is"
                    " entered in the audit."
                )
                + f" {tr(KEPT)}",
                "",
            ),
        ):
            dialog.body.addWidget(PlainLabel(words, role, wrap=True))
        dialog.add_button(tr("Cancel")).clicked.connect(dialog.reject)
        dialog.add_button(tr("Apply"), primary=True).clicked.connect(dialog.accept)
        dialog.accepted.connect(lambda: self.apply_asked.emit(shown.policy))
        dialog.open()
        return dialog

    def _connect(self) -> None:
        self._view_model.loading.connect(lambda: self._wait(tr("Reading…")))
        self._view_model.loaded.connect(self._loaded)
        self._view_model.unscored.connect(lambda: self._states.setCurrentWidget(self._unscored))
        self._view_model.computing.connect(lambda: self._wait(tr("Computing…")))
        self._view_model.proposed.connect(self._show)
        self._view_model.refused.connect(self._refuse)
        self._view_model.failed.connect(lambda _: self._wait(""))
        self.choice.wished.connect(self._view_model.wish)
        self.apply.clicked.connect(self.confirm)

    def _build_body(self) -> QWidget:
        page = QWidget()
        body = column(gap=WIDE, margins=(PAGE, PAGE, PAGE, WIDE))
        heading = row()
        heading.addLayout(titled(PlainLabel(tr("Threshold"), "title"), self.state))
        heading.addStretch()
        body.addLayout(heading)
        across = row(gap=10)
        across.addWidget(self._side())
        right = column(gap=10)
        right.addWidget(self._chart_card(), 3)
        right.addWidget(self._preview_card(), 2)
        across.addLayout(right, 1)
        body.addLayout(across, 1)
        outer = column(page, 0)
        outer.addLayout(body, 1)
        outer.addWidget(self._bar())
        return page

    def _fit_side(self) -> None:
        self._side_holder.setFixedWidth(self._look.scaled(SIDE))

    def _side(self) -> QWidget:
        holder = QWidget()
        self._side_holder = holder
        self._look.changed.connect(self._fit_side)
        self._fit_side()
        stack = column(holder, 10)
        stack.addWidget(self.choice)
        frame = card()
        layout = column(frame, 10, CARD)
        layout.addWidget(PlainLabel(tr("What it would have done"), "section"))
        layout.addWidget(self.figures)
        layout.addWidget(self.note_of_figures)
        stack.addWidget(frame)
        stack.addStretch()
        return holder

    def _chart_card(self) -> QFrame:
        frame = card()
        layout = column(frame, GAP, CARD)
        heading: QHBoxLayout = row(gap=6)
        heading.addWidget(PlainLabel(tr("Each threshold, by the alerts a day that it raises"), "section"))
        heading.addStretch()
        self.measures = QButtonGroup(self)
        for number, (measure, words) in enumerate(MEASURES):
            button = QPushButton(tr(words))
            button.setProperty("role", "filter")
            button.setCheckable(True)
            button.setChecked(number == 0)
            button.setAccessibleName(tr("Draw: {what}", what=in_sentence(tr(words))))
            button.clicked.connect(lambda _checked=False, measure=measure: self.chart.measure(measure))
            self.measures.addButton(button, number)
            heading.addWidget(button)
        layout.addLayout(heading)
        self._no_curve = EmptyState(tr("No curve yet"), tr(TOO_FEW))
        self._drawn = QStackedWidget()
        self._drawn.addWidget(self.chart)
        self._drawn.addWidget(self._no_curve)
        layout.addWidget(self._drawn, 1)
        return frame

    def _preview_card(self) -> QFrame:
        frame = card()
        layout = column(frame, GAP, CARD)
        layout.addWidget(self.preview_title)
        across = row(gap=24)
        counts = column(gap=GAP)
        counts.addWidget(self.preview)
        counts.addWidget(self.bands)
        counts.addStretch()
        across.addLayout(counts, 2)
        self.table = RowTable(tr("Alerts added and removed"), self.changed)
        self.table.stand_inside()
        self.table.setColumnWidth(0, 150)
        across.addWidget(self.table, 3)
        layout.addLayout(across, 1)
        return frame

    def _bar(self) -> QFrame:
        bar = QFrame()
        bar.setProperty("role", "bar")
        line = row(bar, 10, (PAGE, 12, PAGE, 12))
        line.addWidget(self.note, 1)
        self.apply.setProperty("role", "primary")
        self.apply.setAccessibleName(tr("Apply the proposed threshold"))
        self.apply.setToolTip(tr("Apply the proposed threshold; asks once"))
        self.apply.setEnabled(False)
        line.addWidget(self.apply)
        return bar

    def _loaded(self, wish: Wish) -> None:
        self._states.setCurrentWidget(self._body)
        self.choice.show_wish(wish)
        if self.isVisible():
            self.choice.take_focus()

    def _wait(self, words: str) -> None:
        self.state.setText(words)
        self.apply.setEnabled(False)

    def _refuse(self, error: Exception) -> None:
        """The figures stay as they were, but cannot be applied."""
        self._wait("")
        self.note_of_figures.setText(describe(error).text)

    def _show(self, proposed: Proposed) -> None:
        proposal = proposed.proposal
        self.state.setText(tr("Proposed: {policy}", policy=policy_words(proposed.policy, self._formats)))
        self.figures.show_figures(outcomes(proposed, self._formats))
        self.note_of_figures.setText(tr(BY_KNOWN if proposal.then else TOO_FEW))
        self.chart.show_curve(proposed.curve, proposal.now, proposal.then)
        self._drawn.setCurrentWidget(self.chart if proposed.curve else self._no_curve)
        preview = proposal.preview
        self.preview_title.setText(preview_title(preview, self._formats))
        self.preview.setText(preview_words(preview, self._formats))
        self.bands.show_figures(
            [
                Outcome(tr(BAND_WORDS[count.band]), self._formats.count(count.before), self._formats.count(count.after))
                for count in preview.bands
            ]
        )
        self.changed.replace_rows(changed_alerts(preview))
        self.apply.setEnabled(True)
