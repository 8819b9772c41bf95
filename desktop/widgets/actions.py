"""Binds the window's actions: each to its keys, and all to the menus they stand in."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from desktop.support.actions import EVERYWHERE, Action, Keymap, native
from desktop.support.text import button_text
from desktop.support.translation import tr


class Actions(QObject):
    """All actions of one window; how to add one is told in `desktop.support.actions`."""

    keys_changed = Signal()

    def __init__(self, window: QWidget, keymap: Keymap) -> None:
        super().__init__(window)
        self.keymap = keymap
        self._owners: dict[str, QWidget] = {}
        self._shortcuts: dict[str, QShortcut] = {}

    def add(self, owner: QWidget, *actions: Action) -> None:
        """Keys of scope EVERYWHERE work in the whole window, others while `owner` or a part of it has the focus."""
        for action in actions:
            self.keymap.add(action)
            self._owners[action.id] = owner
            if not action.fixed:
                shortcut = QShortcut(owner)
                if action.scope != EVERYWHERE:
                    shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                shortcut.activated.connect(partial(self.run, action))
                self._shortcuts[action.id] = shortcut
        self.bind()

    def find(self, action_id: str) -> Action:
        return next(action for action in self.keymap.actions if action.id == action_id)

    def can_run(self, action: Action) -> bool:
        """Whether its screen is in sight and it has something to act on."""
        here = action.scope == EVERYWHERE or self._owners[action.id].isVisible()
        return here and not action.fixed and action.enabled()

    def run(self, action: Action) -> None:
        if self.can_run(action):
            action.run()

    def available(self) -> tuple[Action, ...]:
        return tuple(action for action in self.keymap.actions if self.can_run(action))

    def fill(self, bar: QMenuBar, menus: Sequence[str]) -> None:
        """A menu for each name; scopes whose screens are not named get theirs at the end."""
        named = {name.replace("&", "") for name in menus}
        others = [_menu(action) for action in self.keymap.actions if _menu(action) not in named]
        for name in (*menus, *dict.fromkeys(others)):
            menu = bar.addMenu(tr(name))
            menu.aboutToShow.connect(partial(self._fill_menu, menu, name))
            self._fill_menu(menu, name)

    def _fill_menu(self, menu: QMenu, name: str) -> None:
        for submenu in menu.findChildren(QMenu):
            submenu.deleteLater()
        menu.clear()
        submenus: dict[str, QMenu] = {}
        for action in self.keymap.actions:
            if _menu(action) == name.replace("&", ""):
                if action.begins_group and not menu.isEmpty():
                    menu.addSeparator()
                if action.submenu and action.submenu not in submenus:
                    submenus[action.submenu] = menu.addMenu(tr(action.submenu))
                keys = self.keymap.keys(action.id)
                entry = submenus.get(action.submenu, menu).addAction(
                    f"{tr(action.text)}\t{button_text(native(keys[0]))}" if keys else tr(action.text)
                )
                entry.setEnabled(self.can_run(action))
                entry.triggered.connect(partial(lambda action, _checked=False: self.run(action), action))

    def bind(self) -> None:
        """Takes the keys from the keymap (again)."""
        for action_id, shortcut in self._shortcuts.items():
            shortcut.setKeys([QKeySequence(key) for key in self.keymap.keys(action_id)])
        self.keys_changed.emit()


def _menu(action: Action) -> str:
    return action.menu or action.scope
