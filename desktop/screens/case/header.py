"""Which alert this is, how much, how sure, and where the review stands."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QToolButton, QVBoxLayout, QWidget

from desktop.services import Case
from desktop.support.actions import with_key
from desktop.support.formats import BAND_WORDS, DISPOSITION_WORDS, Formats
from desktop.support.look import Look
from desktop.support.text import tooltip, visible
from desktop.support.translation import tr
from desktop.tables.delegates import DISPOSITION_TONES
from desktop.widgets.badge import Badge
from desktop.widgets.labels import ElidedLabel, PlainLabel
from desktop.widgets.layouts import column, row

LONGEST_PATTERN = 48


class CaseHeader(QWidget):
    back = Signal()
    next = Signal()

    def __init__(self, look: Look, formats: Formats) -> None:
        super().__init__()
        self._look = look
        self._formats = formats
        self._back = QToolButton()
        self._back.setAccessibleName(tr("Back to the queue"))
        self._back.clicked.connect(self.back)
        self._next = QPushButton(tr("Next alert"))
        self._next.clicked.connect(self.next)
        self.title = ElidedLabel(role="title")
        self._band = Badge(look)
        self._state = Badge(look)
        self._pattern = Badge(look)
        self._amount = PlainLabel(role="figure")
        self._score = PlainLabel(role="figure")
        self._threshold = PlainLabel(role="small")
        badges = row(gap=6)
        badges.addWidget(self._band)
        badges.addWidget(self._state)
        badges.addWidget(self._pattern)
        badges.addStretch()
        names = column(gap=4)
        names.addWidget(self.title)
        names.addLayout(badges)
        line = row(self, 14)
        line.addWidget(self._back, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(names, 1)
        line.addLayout(self._figure(self._amount, PlainLabel(tr("Amount"), "small")))
        line.addSpacing(10)
        line.addLayout(self._figure(self._score, self._threshold))
        line.addSpacing(10)
        line.addWidget(self._next)
        look.changed.connect(self._draw)
        self._draw()

    def show_keys(self, key_of: Callable[[str], str]) -> None:
        self._back.setToolTip(with_key(tr("Back to the queue"), key_of("case.back")))
        next_words, key = tr("Next open alert"), key_of("case.next")
        self._next.setToolTip(with_key(next_words, key))
        self._next.setAccessibleName(tr("{words}, key {key}", words=next_words, key=key) if key else next_words)

    def show_case(self, case: Case) -> None:
        alert, transaction = case.alert, case.transaction
        self.title.show_text(alert.alert_id)
        self._band.show_state(tr("{band} score", band=tr(BAND_WORDS[alert.band])), alert.band, alert.band)
        self._amount.setText(self._formats.money(transaction.amount, transaction.currency))
        self._score.setText(self._formats.share(alert.score))
        self._threshold.setText(
            tr("Probability of fraud, alert from {share}", share=self._formats.share(min(alert.threshold, 1.0)))
        )
        self._pattern.setVisible(case.typology is not None)
        if case.typology is not None:
            self._pattern.show_state(
                visible(tr("Pattern: {name}", name=tr(case.typology.name)), LONGEST_PATTERN), "pattern", "notice"
            )
            self._pattern.setToolTip(tooltip(tr("Declared rule: {rule}", rule=case.typology.rule)))
        disposition = case.decisions[0].disposition if case.decisions else None
        if case.proposal is not None:
            self._state.show_state(tr("Waits for approval"), "open", "notice")
        elif disposition is None:
            self._state.show_state(tr("Open"), "open", "neutral")
        else:
            self._state.show_state(tr(DISPOSITION_WORDS[disposition]), disposition, DISPOSITION_TONES[disposition])

    def _figure(self, figure: PlainLabel, words: PlainLabel) -> QVBoxLayout:
        stack = column(gap=0)
        for part in (figure, words):
            part.setAlignment(Qt.AlignmentFlag.AlignRight)
            stack.addWidget(part)
        return stack

    def _draw(self) -> None:
        self._back.setIcon(self._look.icon("back", "text"))
        self._next.setIcon(self._look.icon("next", "text"))
