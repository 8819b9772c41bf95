"""Why it was flagged, sentence by sentence, each with its badge and its citations; the draft below, greyed."""

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QWidget

from desktop.screens.case.narrative_state import NarrativeState
from desktop.support.look import Look
from desktop.support.text import button_text, visible
from desktop.support.translation import mark, tr
from desktop.widgets.badge import Badge
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import GAP, column, row
from domain.narrative import Sentence
from domain.verification import CITATION

LONGEST_SENTENCE = 2000
LONGEST_DRAFT = 4000
BADGE_COLUMN = 92
# status -> (words, tone, what it means)
STATUSES = {
    "verified": (
        mark("Verified"),
        "good",
        mark("The model wrote it; every claim was checked against the evidence it cites."),
    ),
    "repaired": (
        mark("Repaired"),
        "notice",
        mark("The model's first sentence failed the check; its second one holds."),
    ),
    "template": (
        mark("Template"),
        "neutral",
        mark("Not the model's words: written from the evidence by a fixed pattern."),
    ),
}


class SentenceRow(QFrame):
    """A place for a sentence; making one takes ten times as long as showing another sentence in it.

    It is copied whole, with its citations: by its menu, or by Ctrl+C at one of its chips. Its words cannot be
    selected: they stand there without them.
    """

    cited = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._citations: tuple[str, ...] = ()
        self._told = ""
        self._badge = Badge(look)
        self.text = PlainLabel("", "narrative", wrap=True)
        line = row(self, 10)
        side = column()
        side.addWidget(self._badge, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        holder = QWidget()
        holder.setLayout(side)
        holder.setFixedWidth(look.scaled(BADGE_COLUMN))
        line.addWidget(holder)
        line.addWidget(self.text, 1, Qt.AlignmentFlag.AlignTop)
        self._line = row(gap=4)
        self._chips: list[QPushButton] = []
        line.addLayout(self._line)
        copying = QAction(tr("Copy the sentence with its citations"), self)
        copying.triggered.connect(self._copy)
        self.addAction(copying)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    @property
    def chips(self) -> list[QPushButton]:
        """One for each citation."""
        return self._chips[: len(self._citations)]

    def show_sentence(self, sentence: Sentence) -> None:
        words, tone, meaning = STATUSES[sentence.status]
        words = tr(words)
        self._badge.show_state(words, sentence.status, tone)
        self._badge.setToolTip(tr(meaning))
        shown = visible(CITATION.sub("", sentence.text).replace(" .", "."), LONGEST_SENTENCE)
        self.text.setText(shown)
        self.text.setAccessibleName(f"{words}: {shown}")
        self._citations, self._told = sentence.citations, sentence.text
        while len(self._chips) < len(self._citations):
            self._chips.append(self._chip(len(self._chips)))
        for chip in self._chips[len(self._citations) :]:
            chip.hide()
        for chip, citation in zip(self.chips, self._citations, strict=True):
            chip.setText(button_text(citation))
            chip.setAccessibleName(tr("Citation {id}: select this evidence", id=visible(citation)))
            chip.setChecked(False)
            chip.show()

    def _chip(self, place: int) -> QPushButton:
        chip = QPushButton()
        chip.setProperty("role", "chip")
        chip.setCursor(Qt.CursorShape.PointingHandCursor)
        chip.setCheckable(True)
        chip.clicked.connect(lambda: self.cited.emit(self._citations[place]))
        self._line.addWidget(chip, 0, Qt.AlignmentFlag.AlignTop)
        return chip

    def mark_cited(self, evidence_id: str) -> None:
        """Its chip shows which evidence is selected."""
        for citation, chip in zip(self._citations, self.chips, strict=True):
            chip.setChecked(citation == evidence_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        chip = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(chip, QPushButton):
            chip.click()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        else:
            super().keyPressEvent(event)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._told)


class NarrativePanel(QScrollArea):
    """Shows a NarrativeState; sentences are only ever added, until another state is shown."""

    cited = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._shown: tuple[Sentence, ...] = ()
        self._rows: list[SentenceRow] = []
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Why it was flagged"))
        self._body = QWidget()
        outer = column(self._body, GAP, (0, 0, 6, 0))
        self._sentences = column(gap=GAP)
        outer.addLayout(self._sentences)
        self.draft_heading = PlainLabel(tr("Draft, not verified yet"), "small")
        self.draft = PlainLabel(role="draft", wrap=True)
        self.draft.setAccessibleName(tr("Draft, not verified yet"))
        outer.addWidget(self.draft_heading)
        outer.addWidget(self.draft)
        outer.addStretch()
        self.setWidget(self._body)
        self.show_state(NarrativeState())

    @property
    def rows(self) -> list[SentenceRow]:
        """One for each sentence shown."""
        return self._rows[: len(self._shown)]

    def mark_cited(self, evidence_id: str) -> None:
        for shown in self.rows:
            shown.mark_cited(evidence_id)

    def show_state(self, state: NarrativeState) -> None:
        kept = len(self._shown) if state.sentences[: len(self._shown)] == self._shown else 0
        self._shown = state.sentences
        while len(self._rows) < len(self._shown):
            self._rows.append(self._row())
        for shown, sentence in zip(self.rows[kept:], self._shown[kept:], strict=True):
            shown.show_sentence(sentence)
            shown.show()
        self._order_tabs()
        for left in self._rows[len(self._shown) :]:
            left.hide()
        pending = state.pending
        waiting = not state.finished and not pending
        self.draft_heading.setText(tr("The narrator is starting…") if waiting else tr("Draft, not verified yet"))
        self.draft_heading.setVisible(not state.finished)
        self.draft.setText(visible(pending, LONGEST_DRAFT))
        self.draft.setVisible(bool(pending))

    def _order_tabs(self) -> None:
        """Chips are made when sentences need them, which alone would put them behind all else in the window."""
        for before, after in pairwise((self, *(chip for shown in self.rows for chip in shown.chips))):
            QWidget.setTabOrder(before, after)

    def _row(self) -> SentenceRow:
        made = SentenceRow(self._look)
        made.cited.connect(self.cited)
        self._sentences.addWidget(made)
        return made
