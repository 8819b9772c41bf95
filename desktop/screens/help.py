"""The sheet of keys, and about with the licences."""

from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QScrollArea, QWidget

from desktop.support.keys import CASE, EVERYWHERE, KEYS, QUEUE
from desktop.support.look import Look
from desktop.widgets.dialog import Dialog
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import WIDE, column, row

KEY_WIDTH = 110


class KeysSheet(Dialog):
    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__("Keys", "", look, parent)
        self.resize(720, 560)
        inside = QWidget()
        across = row(inside, 2 * WIDE, (0, 0, 8, 0))
        for places in ((EVERYWHERE, QUEUE), (CASE,)):
            side = column(gap=WIDE)
            for place in places:
                side.addLayout(_keys_of(place))
            side.addStretch()
            across.addLayout(side, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName("Keys")
        scroll.setWidget(inside)
        self.body.addWidget(scroll)
        self.add_button("Close", primary=True).clicked.connect(self.accept)


def _keys_of(place: str) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(WIDE)
    grid.setVerticalSpacing(5)
    grid.setColumnStretch(1, 1)
    grid.setColumnMinimumWidth(0, KEY_WIDTH)
    grid.addWidget(PlainLabel(place, "section"), 0, 0, 1, 2)
    for line, key in enumerate((key for key in KEYS if key.place == place), start=1):
        grid.addWidget(PlainLabel(key.shown, "strong"), line, 0)
        grid.addWidget(PlainLabel(key.words, wrap=True), line, 1)
    return grid


class AboutDialog(Dialog):
    """`notices` is the text of the third parties' licences."""

    def __init__(self, version: str, notices: str, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(
            f"whyflag {version}",
            "Explains why a transaction was flagged, on this machine only. Apache-2.0. Every sentence is checked"
            " against its evidence; the decision is the analyst's.",
            look,
            parent,
        )
        self.resize(680, 520)
        text = QPlainTextEdit(notices)
        text.setReadOnly(True)
        self.add_field("Licences of what it is built with", text)
        self.add_button("Close", primary=True).clicked.connect(self.accept)
