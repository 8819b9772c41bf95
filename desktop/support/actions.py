"""What a person can do in the window, each named once: menus, palette, sheet of keys and remapping come from these.

To add an action: let your screen have a method `actions()` that returns a tuple of `Action`, and add one line
`self.window_actions.add(self.your_screen, *self.your_screen.actions())` to `MainWindow._add_actions`. That is all: its
key is bound while your screen has the focus, it stands in the menu of its scope, in the command palette (Ctrl+K), in
the sheet of keys (`?`) and among the keys that can be changed.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtGui import QKeySequence

from desktop.support.translation import mark, tr
from domain.errors import KeyTaken

EVERYWHERE: Final = mark("Everywhere")
QUEUE: Final = mark("Queue")
CASE: Final = mark("Case")


def always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Action:
    """`text` is English, named with `mark`; `keys` are its default keys as QKeySequence reads them, the first is shown.

    `scope` is where the keys work: EVERYWHERE, or in the widget that the action is added for, under the name of its
    screen. `menu` is the menu it stands in, its scope's by default, and `submenu` one inside it, so that many of a kind
    take one line there; `begins_group` draws a line above it.
    `id` goes into the settings file, so it never changes. A `fixed` key is bound by its widget and only told here.
    """

    id: str
    text: str
    run: Callable[[], object]
    scope: str = EVERYWHERE
    keys: tuple[str, ...] = ()
    menu: str = ""
    submenu: str = ""
    begins_group: bool = False
    enabled: Callable[[], bool] = always
    fixed: bool = False

    @property
    def words(self) -> str:
        """The text in the person's language, as a palette or a sheet shows it."""
        return tr(self.text).replace("&", "").rstrip("…")


class Keymap:
    """Which keys each action has: its defaults, or those a person chose. No widget, no display.

    What was chosen in a settings file and would clash is left out, so that no key ever means two things.
    """

    def __init__(self, chosen: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self._chosen = {id_: tuple(map(normal, keys)) for id_, keys in (chosen or {}).items()}
        self._actions: dict[str, Action] = {}

    @property
    def actions(self) -> tuple[Action, ...]:
        return tuple(self._actions.values())

    @property
    def chosen(self) -> dict[str, tuple[str, ...]]:
        """What differs from the defaults, for the settings file; kept too for screens that are not there today."""
        return dict(self._chosen)

    def add(self, action: Action) -> None:
        self._actions[action.id] = action
        chosen = self._chosen.get(action.id, ())
        if any(not key or self.holder(action.id, key) for key in chosen):
            del self._chosen[action.id]
        for key in self.keys(action.id):
            other = self.holder(action.id, key)
            if other is not None:
                self._chosen.pop(other.id, None)

    def keys(self, action_id: str) -> tuple[str, ...]:
        action = self._actions[action_id]
        return self._chosen.get(action_id, tuple(map(normal, action.keys)))

    def shown(self, action_id: str) -> str:
        """The keys as this person's system writes them; empty where there are none."""
        return tr(" or ").join(native(key) for key in self.keys(action_id))

    def holder(self, action_id: str, key: str) -> Action | None:
        """The other action that `key` means already where `action_id` works."""
        wanted, scope = normal(key), self._actions[action_id].scope
        for other in self._actions.values():
            if other.id != action_id and overlap(scope, other.scope) and wanted in self.keys(other.id):
                return other
        return None

    def choose(self, action_id: str, keys: Iterable[str]) -> None:
        """Gives an action other keys, none for no key at all. Raises KeyTaken."""
        action, wanted = self._actions[action_id], tuple(map(normal, keys))
        for key in wanted:
            other = self.holder(action_id, key)
            if action.fixed or not key:
                raise KeyTaken(
                    tr("The key of “{action}” cannot be changed.", action=action.words),
                    tr("Choose another action."),
                )
            if other is not None:
                raise KeyTaken(
                    tr("{key} already means “{action}”.", key=native(key), action=other.words),
                    tr("Choose another key, or give “{action}” another one first.", action=other.words),
                )
        self._chosen[action_id] = wanted
        if wanted == tuple(map(normal, action.keys)):
            del self._chosen[action_id]

    def reset(self, action_id: str) -> None:
        """Back to the default keys. Raises KeyTaken where another action has one of them by now."""
        self.choose(action_id, self._actions[action_id].keys)


def with_key(words: str, key: str) -> str:
    """The words of a button or tool tip, with the key beside them where there is one."""
    return f"{words} ({key})" if key else words


def overlap(scope: str, other: str) -> bool:
    return scope == other or EVERYWHERE in (scope, other)


def normal(key: str) -> str:
    """One spelling of a key, for comparing and keeping; empty where it is none."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)


def native(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
