"""What a person chooses: look, size of text, language, keys. No widget, no display."""

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from desktop.settings import TEXT_PERCENTS, Settings, SettingsFile
from desktop.support.actions import Action, Keymap
from desktop.support.translation import tr
from domain.errors import WhyflagError


class Appearance(Protocol):
    """How the window looks; `desktop.support.look.Look` is one."""

    def choose(self, choice: str) -> None: ...

    def scale_text(self, percent: int) -> None: ...


class SettingsViewModel(QObject):
    """Applies what is chosen at once and keeps it. The language alone waits for the next start."""

    changed = Signal()
    failed = Signal(Exception)

    def __init__(self, settings: SettingsFile, appearance: Appearance, keymap: Keymap) -> None:
        super().__init__()
        self._settings = settings
        self._appearance = appearance
        self.keymap = keymap
        settings.changed.connect(self.changed)

    @property
    def current(self) -> Settings:
        return self._settings.current

    def choose_theme(self, theme: str) -> None:
        self._appearance.choose(theme)
        self._keep(theme=theme)

    def scale_text(self, percent: int) -> None:
        """Held between 100 and 200."""
        percent = min(max(percent, TEXT_PERCENTS[0]), TEXT_PERCENTS[-1])
        self._appearance.scale_text(percent)
        self._keep(text_percent=percent)

    def choose_language(self, language: str) -> None:
        self._keep(language=language)

    def actions(self, wanted: str) -> tuple[Action, ...]:
        """Those that have every word of `wanted` in name, scope or key."""
        words = wanted.casefold().split()
        return tuple(action for action in self.keymap.actions if all(word in self._text(action) for word in words))

    def choose_keys(self, action: Action, keys: Sequence[str]) -> None:
        """None for no key. A key that means something else there is refused, told by `failed`."""
        self._apply(lambda: self.keymap.choose(action.id, keys))

    def reset_keys(self, action: Action) -> None:
        self._apply(lambda: self.keymap.reset(action.id))

    def _apply(self, change: Callable[[], None]) -> None:
        try:
            change()
        except WhyflagError as error:
            self.failed.emit(error)
            return
        self._keep(keys=self.keymap.chosen)

    def _keep(self, **values: object) -> None:
        try:
            self._settings.change(**values)
        except WhyflagError as error:
            self.failed.emit(error)
            self.changed.emit()

    def _text(self, action: Action) -> str:
        return f"{action.words} {tr(action.scope)} {self.keymap.shown(action.id)}".casefold()
