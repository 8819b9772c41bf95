"""The line above the queue: what is searched and filtered for, columns to filter by, and saved views."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QPushButton, QWidget

from desktop.screens.queue.view_model import QueueViewModel
from desktop.support.actions import with_key
from desktop.support.text import button_text
from desktop.support.translation import mark, tr
from desktop.widgets.layouts import row
from domain.queue_query import CHOICES, COLUMNS, LONGEST_FILTER, SavedView

COLUMN_WORDS = {
    "alert": mark("Alert"), "transaction": mark("Transaction"), "customer": mark("Customer"),
    "merchant": mark("Merchant"), "currency": mark("Currency"), "memo": mark("Memo"), "device": mark("Device"),
    "country": mark("Country"), "channel": mark("Channel"), "claimed": mark("Analyst"), "amount": mark("Amount"),
    "score": mark("Score in percent"), "time": mark("Time of the payment"), "raised": mark("Time of the alert"),
    "band": mark("Band"), "origin": mark("Source"), "state": mark("State"), "due": mark("Due"),
    "snoozed": mark("Snoozed"),
}  # fmt: skip
SIGNS = {"number": ">=", "percent": ">=", "time": ">=", "text": ":", "choice": ":"}


class SearchBar(QWidget):
    left = Signal()  # for the table
    save_asked = Signal()

    def __init__(self, view_model: QueueViewModel) -> None:
        super().__init__()
        self._view_model = view_model
        self.field = QLineEdit()
        self.field.setAccessibleName(tr("Search and filter the queue"))
        self.field.setMaxLength(LONGEST_FILTER)
        self.field.installEventFilter(self)
        self.field.returnPressed.connect(self._search)
        self.field.textChanged.connect(self._cleared)
        self.columns = self._menu_button(tr("Add filter"))
        self.columns.menu().aboutToShow.connect(self._list_columns)
        self.views = self._menu_button(tr("Views"))
        self.views.setAccessibleName(tr("Saved views of the queue"))
        line = row(self, 8)
        line.addWidget(self.field, 1)
        line.addWidget(self.columns)
        line.addWidget(self.views)
        view_model.filtered.connect(self._show_filter)
        view_model.views_changed.connect(self._list_views)
        self._list_views(())

    def show_keys(self, key_of: Callable[[str], str]) -> None:
        words = tr("Search, or filter: amount>=500 band:critical,high merchant:M-31")
        self.field.setPlaceholderText(with_key(words, key_of("queue.search")))
        self.views.setToolTip(with_key(tr("Saved views of the queue"), key_of("queue.views")))

    def take_focus(self) -> None:
        self.field.setFocus()
        self.field.selectAll()

    def begin_term(self, column: str) -> None:
        """Writes the column's name, so that only the value is left to type."""
        before = self.field.text().strip()
        self.field.setText(f"{before} {column}{SIGNS[COLUMNS[column]]}".strip())
        self.field.setFocus()
        self.field.end(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self._show_filter()
                self.left.emit()
                return True
            if event.key() == Qt.Key.Key_Down:
                self.left.emit()
                return True
        return super().eventFilter(watched, event)

    def _search(self) -> None:
        self._view_model.search(self.field.text())

    def _cleared(self, text: str) -> None:
        if not text:
            self._view_model.search("")

    def _show_filter(self) -> None:
        self.field.blockSignals(True)
        self.field.setText(self._view_model.words)
        self.field.blockSignals(False)

    def _menu_button(self, words: str) -> QPushButton:
        button = QPushButton(words)
        button.setAccessibleName(words)
        menu = QMenu(button)
        menu.setAccessibleName(words)
        button.setMenu(menu)
        return button

    def _list_columns(self) -> None:
        menu = self.columns.menu()
        menu.clear()
        for column, words in COLUMN_WORDS.items():
            shown = f"{tr(words)}: {', '.join(CHOICES[column][:3])}…" if column in CHOICES else tr(words)
            menu.addAction(shown).triggered.connect(partial(lambda name, _checked=False: self.begin_term(name), column))

    def _list_views(self, views: tuple[SavedView, ...]) -> None:
        menu = self.views.menu()
        menu.clear()
        for view in views:
            entry = menu.addAction(button_text(view.name))
            entry.triggered.connect(partial(lambda view, _checked=False: self._view_model.show_view(view), view))
        if views:
            menu.addSeparator()
            gone = menu.addMenu(tr("Remove a view"))
            for view in views:
                entry = gone.addAction(button_text(view.name))
                remove = partial(lambda name, _checked=False: self._view_model.remove_view(name), view.name)
                entry.triggered.connect(remove)
        menu.addAction(tr("Save this view…")).triggered.connect(lambda _checked=False: self.save_asked.emit())
