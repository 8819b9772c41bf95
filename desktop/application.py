"""The application around its windows: unlocks a store, shows it, and opens another one in its place."""

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QLocale, QObject
from PySide6.QtWidgets import QApplication

from desktop.main_window import MainWindow, Surroundings
from desktop.screens.unlock import UnlockDialog
from desktop.services import Opener, Services
from desktop.support.formats import Formats
from desktop.support.look import Look
from desktop.support.settings import Settings
from desktop.tasks import Tasks

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Product:
    """What this installation is: its version and the licences of its parts."""

    version: str
    notices: str


class Application(QObject):
    """Holds the one window. `opener` comes from the composition root."""

    def __init__(self, app: QApplication, opener: Opener, settings: Settings, product: Product) -> None:
        super().__init__()
        self._app = app
        self._opener = opener
        self._settings = settings
        self._product = product
        self._look = Look(app, settings.theme)
        self._formats = Formats(system_locale())
        self._unlocking = Tasks(pool_threads=1)
        self.unlock_dialog: UnlockDialog | None = None
        self.window: MainWindow | None = None
        app.setQuitOnLastWindowClosed(True)
        app.aboutToQuit.connect(self._unlocking.close)

    def start(self, store: Path | None = None, passphrase: str | None = None) -> None:
        """Asks for what is not given."""
        dialog = self._ask(str(store) if store else self._settings.last_store)
        if store is not None and passphrase is not None:
            dialog.passphrase.setText(passphrase)
            dialog.open_store()

    def fail(self, error: BaseException) -> None:
        """An error nobody expected, shown rather than swallowed."""
        if self.window is not None and isinstance(error, Exception):
            self.window.banner.fail(error)

    def _ask(self, path: str) -> UnlockDialog:
        dialog = UnlockDialog(self._opener, self._unlocking, self._look, path, self.window)
        dialog.unlocked.connect(self._show)
        self.unlock_dialog = dialog
        dialog.open()
        return dialog

    def _show(self, services: Services, store: Path) -> None:
        self._settings.last_store = str(store)
        former = self.window
        around = Surroundings(
            store, self._product.version, self._product.notices, self._settings, self._look, self._formats
        )
        self.window = MainWindow(services, Tasks(), around)
        self.window.open_asked.connect(lambda: self._ask(""))
        self.window.show()
        if former is not None:
            former.close()


def system_locale() -> QLocale:
    """The system's; where it has none (C), days come before months and years are whole."""
    locale = QLocale.system()
    return QLocale("en_GB") if locale.language() is QLocale.Language.C else locale


def catch_unexpected(show: Callable[[BaseException], None]) -> None:
    """Errors that no code caught are logged and shown; without this Qt prints and forgets them."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.error("unexpected error", exc_info=(kind, error, trace))
        show(error)

    sys.excepthook = hook
