"""The keys of every action, and the field in which another one is pressed."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHeaderView, QKeySequenceEdit, QLineEdit, QPushButton

from desktop.screens.settings.view_model import SettingsViewModel
from desktop.support.actions import Action
from desktop.support.translation import mark, tr
from desktop.tables.queue_model import LEFT
from desktop.tables.text_table import TextTable
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import GAP, column, row
from desktop.widgets.table import RowTable

COLUMNS = (mark("Command"), mark("Where"), mark("Key"))


class KeysPanel(QFrame):
    """Enter on a row asks for its new key; the next key pressed becomes it."""

    def __init__(self, view_model: SettingsViewModel) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._view_model = view_model
        self._shown: tuple[Action, ...] = ()
        self.filter = QLineEdit()
        self.filter.setAccessibleName(tr("Find a command or a key"))
        self.filter.setPlaceholderText(tr("Find a command or a key"))
        self._model: TextTable[Action] = TextTable(
            tuple((tr(title), LEFT) for title in COLUMNS),
            lambda action: (action.words, tr(action.scope), view_model.keymap.shown(action.id)),
        )
        self.table = RowTable(tr("Keys of the commands"), self._model)
        self.table.setProperty("role", "inner")
        header = self.table.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for number in (1, 2):
            header.setSectionResizeMode(number, QHeaderView.ResizeMode.ResizeToContents)
        self.new_key = QKeySequenceEdit()
        self.new_key.setMaximumSequenceLength(1)
        self.new_key.setAccessibleName(tr("New key"))
        for inner in self.new_key.findChildren(QLineEdit):
            inner.setAccessibleName(tr("New key"))
            inner.setPlaceholderText(tr("Press the new key"))
        self.none = QPushButton(tr("No key"))
        self.usual = QPushButton(tr("Default key"))
        layout = column(self, GAP, (16, 12, 12, 12))
        layout.addWidget(PlainLabel(tr("Keys"), "section"))
        layout.addWidget(self.filter)
        layout.addWidget(self.table, 1)
        line = row(gap=GAP)
        name = PlainLabel(tr("New key"), "strong")
        name.setBuddy(self.new_key)
        line.addWidget(name)
        line.addWidget(self.new_key, 1)
        for button in (self.none, self.usual):
            button.setAccessibleName(button.text())
            line.addWidget(button)
        layout.addLayout(line)
        self.filter.textChanged.connect(self.show_actions)
        self.table.entered_row.connect(lambda _: self.new_key.setFocus())
        self.table.stepped.connect(self._stepped)
        self.new_key.editingFinished.connect(self._pressed)
        self.none.clicked.connect(lambda: self._view_model.choose_keys(self._shown[self.table.line], ()))
        self.usual.clicked.connect(lambda: self._view_model.reset_keys(self._shown[self.table.line]))
        view_model.changed.connect(self.show_actions)
        self.show_actions()

    def show_actions(self) -> None:
        standing = self._shown[self.table.line].id if self.table.line >= 0 else ""
        self._shown = self._view_model.actions(self.filter.text())
        self._model.replace_rows(self._shown)
        ids = [action.id for action in self._shown]
        self.table.step_to(ids.index(standing) if standing in ids else 0)
        self._stepped()

    def _stepped(self) -> None:
        changeable = self.table.line >= 0 and not self._shown[self.table.line].fixed
        for part in (self.new_key, self.none, self.usual):
            part.setEnabled(changeable)

    def _pressed(self) -> None:
        pressed = self.new_key.keySequence().toString()
        if pressed and self.table.line >= 0:
            self._view_model.choose_keys(self._shown[self.table.line], (pressed,))
            QTimer.singleShot(0, self.new_key.clear)
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
