"""The sheet of keys, and about with the licences."""

from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QScrollArea, QWidget

from desktop.support.keys import CASE, EVERYWHERE, KEYS, QUEUE
from desktop.support.look import Look
from desktop.widgets.dialog import Dialog
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import WIDE


class KeysSheet(Dialog):
    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__("Keys", "", look, parent)
        self.resize(720, 560)
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(WIDE)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        for places, column in (((EVERYWHERE, QUEUE), 0), ((CASE,), 2)):
            line = 0
            for place in places:
                heading = PlainLabel(place, "section")
                heading.setContentsMargins(0, 8 if line else 0, 0, 2)
                grid.addWidget(heading, line, column, 1, 2)
                line += 1
                for key in (key for key in KEYS if key.place == place):
                    grid.addWidget(PlainLabel(key.shown, "strong"), line, column)
                    grid.addWidget(PlainLabel(key.words), line, column + 1)
                    line += 1
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName("Keys")
        scroll.setWidget(inside)
        self.body.addWidget(scroll)
        self.add_button("Close", primary=True).clicked.connect(self.accept)


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
