"""What stands beside the explanation, one page at a time: timeline, rows, similar cases, what if, notes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QFrame, QTabWidget, QWidget

from desktop.support.actions import with_key
from desktop.support.text import button_text
from desktop.support.translation import mark, tr
from desktop.widgets.layouts import column

HISTORY, ROWS, SIMILAR, WHAT_IF, FILE = range(5)


@dataclass(frozen=True, slots=True)
class Tab:
    """`action` is the id of what opens it by key."""

    words: str
    tip: str
    action: str


TABS = (
    Tab(mark("Timeline"), mark("The customer's payments over time"), "case.history"),
    Tab(mark("Rows"), mark("The rows behind the chosen evidence"), "case.rows"),
    Tab(mark("Similar"), mark("Cases flagged for like reasons, and what was decided about them"), "case.similar"),
    Tab(mark("What if"), mark("Change fields of the payment and see its score"), "case.what_if"),
    Tab(mark("Notes"), mark("Notes, attachments and history of the case"), "case.file"),
)


class BesideCard(QFrame):
    """`pages` in the order of the constants above."""

    def __init__(self, pages: Sequence[QWidget]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for named in (self.tabs, self.tabs.tabBar()):
            named.setAccessibleName(tr("Timeline, rows behind the evidence, similar cases, what if, notes"))
        self.tabs.tabBar().setDrawBase(False)
        column(self, 0, (16, 6, 12, 10)).addWidget(self.tabs)
        for page, tab in zip(pages, TABS, strict=True):
            self.tabs.addTab(page, tr(tab.words))

    def show_keys(self, key_of: Callable[[str], str]) -> None:
        for number, tab in enumerate(TABS):
            self.tabs.setTabToolTip(number, with_key(tr(tab.tip), key_of(tab.action)))

    def name_rows(self, words: str = "") -> None:
        """What the rows' page is called; without words, by its usual name."""
        self.tabs.setTabText(ROWS, button_text(words or tr(TABS[ROWS].words)))
