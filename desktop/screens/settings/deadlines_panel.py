"""The hours until an alert should be decided, by band."""

from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QPushButton

from desktop.screens.settings.deadlines_view_model import BANDS, DeadlinesViewModel
from desktop.support.formats import BAND_WORDS
from desktop.support.look import Look
from desktop.support.translation import tr
from desktop.widgets.badge import Badge
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import GAP, WIDE, column, row
from domain.scoring import Band

LONGEST_HOURS = 8  # characters
FIELD_WIDTH = 84


class DeadlinesPanel(QFrame):
    """Enter in a field, or the button, applies all four."""

    def __init__(self, view_model: DeadlinesViewModel, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._view_model = view_model
        self.fields: dict[Band, QLineEdit] = {}
        self._meanings: dict[Band, PlainLabel] = {}
        self.apply = QPushButton(tr("Apply"))
        self.apply.setAccessibleName(tr("Apply the deadlines"))
        self.note = PlainLabel("", "small", wrap=True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(WIDE)
        grid.setVerticalSpacing(GAP)
        grid.setColumnStretch(2, 1)
        for line, band in enumerate(BANDS):
            words = tr(BAND_WORDS[band])
            badge, field, meaning = Badge(look), QLineEdit(), PlainLabel("", "small")
            badge.show_state(words, band, band)
            field.setMaxLength(LONGEST_HOURS)
            field.setFixedWidth(FIELD_WIDTH)
            field.setAccessibleName(tr("Hours until a decision: {band}", band=words))
            field.textChanged.connect(self._typed)
            field.returnPressed.connect(self._apply)
            for place, part in enumerate((badge, field, meaning)):
                grid.addWidget(part, line, place)
            self.fields[band], self._meanings[band] = field, meaning
        layout = column(self, GAP, (16, 12, 16, 16))
        layout.addWidget(PlainLabel(tr("Deadlines"), "section"))
        layout.addLayout(grid)
        below = row(gap=WIDE)
        below.addWidget(self.note, 1)
        below.addWidget(self.apply)
        layout.addLayout(below)
        self.apply.clicked.connect(self._apply)
        view_model.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        for band, field in self.fields.items():
            field.setText(self._view_model.shown(band))
            field.setReadOnly(not self._view_model.may_change)
        self.note.setText(
            tr("Counted from the alert. They hold for everybody on this store; the audit keeps each change.")
            if self._view_model.may_change
            else tr("Counted from the alert. Only an administrator changes them.")
        )
        self._typed()

    def _typed(self) -> None:
        for band, field in self.fields.items():
            self._meanings[band].setText(self._view_model.meaning(field.text()) or tr("hours"))
        changed = any(field.text() != self._view_model.shown(band) for band, field in self.fields.items())
        self.apply.setEnabled(changed and self._view_model.may_change)

    def _apply(self) -> None:
        self._view_model.apply({band: field.text() for band, field in self.fields.items()})
