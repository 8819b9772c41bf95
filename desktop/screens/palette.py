"""Every command by a few letters of its name: typed, chosen, run."""

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from desktop.support.actions import Action, with_key
from desktop.support.look import Look
from desktop.support.translation import tr
from desktop.tables.delegates import KEYS_ROLE, KeysDelegate
from desktop.widgets.actions import Actions
from desktop.widgets.dialog import Dialog
from desktop.widgets.labels import PlainLabel

MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
NUMBER = Qt.ItemDataRole.UserRole


class Palette(Dialog):
    """Offers what can be done now, on the screen in sight."""

    def __init__(self, actions: Actions, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(tr("Commands"), "", look, parent)
        self._actions = actions
        self._offered = [action for action in actions.available() if action.id != "help.palette"]
        self.resize(look.scaled(620), look.scaled(460))
        self.query = QLineEdit()
        self.query.setPlaceholderText(tr("Type a few letters; ↑ ↓ choose, Enter runs"))
        self.add_field(tr("Command"), self.query)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Commands found"))
        self._delegate = KeysDelegate(look)
        self.list.setItemDelegate(self._delegate)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body.addWidget(self.list, 1)
        self.none = PlainLabel(tr("No command is called that. Delete a letter to see more."), "muted")
        self.body.addWidget(self.none)
        self.query.textChanged.connect(self._filter)
        self.query.installEventFilter(self)
        self.list.itemClicked.connect(lambda _: self.run())
        self._filter("")
        self.query.setFocus()

    def run(self) -> None:
        """Closes first: what is run may open a dialog of its own, or act on the screen that had the focus."""
        item = self.list.currentItem()
        if item is not None:
            action = self._offered[item.data(NUMBER)]
            self.accept()
            QTimer.singleShot(0, self._actions, partial(self._actions.run, action))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() in MOVES:
                self.list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.run()
                return True
        return super().eventFilter(watched, event)

    def _filter(self, typed: str) -> None:
        self.list.clear()
        for number, action in sorted(
            ((number, action) for number, action in enumerate(self._offered) if matches(action, typed)),
            key=lambda found: (rank(found[1], typed), found[0]),
        ):
            keys = self._actions.keymap.shown(action.id)
            place = tr(action.menu or action.scope)
            item = QListWidgetItem(action.words if action.words.startswith(place) else f"{place}: {action.words}")
            item.setData(NUMBER, number)
            item.setData(KEYS_ROLE, keys)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, with_key(item.text(), keys))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.none.setVisible(self.list.count() == 0)


def matches(action: Action, typed: str) -> bool:
    """Every word typed stands in the action's name or scope."""
    name = f"{tr(action.menu or action.scope)} {action.words}".casefold()
    return all(word in name for word in typed.casefold().split())


def rank(action: Action, typed: str) -> int:
    """0 where the name begins with what was typed, 1 where a word does, 2 else."""
    name, wanted = action.words.casefold(), typed.casefold().strip()
    if name.startswith(wanted):
        return 0
    return 1 if any(word.startswith(wanted) for word in name.split()) else 2
