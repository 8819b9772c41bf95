"""The application around its windows: unlocks a store, shows it, and opens another one in its place."""

import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QDialog

from desktop.locking import ClipboardGuard, IdleWatch, ScreenLockWatch
from desktop.screens.crash import CrashDialog
from desktop.screens.unlock import UnlockDialog
from desktop.services import Opener, Services
from desktop.session import SessionFile
from desktop.settings import SettingsFile
from desktop.support.collecting import YOUNG_EVERY_MS, look_again, look_at_the_young, tidy
from desktop.support.crash import CrashFile
from desktop.support.failures import busy
from desktop.support.formats import Formats
from desktop.support.look import Look
from desktop.support.single_instance import Doorbell, ring
from desktop.support.translation import locale_of, speak, tr
from desktop.surroundings import Surroundings
from desktop.tasks import Tasks
from domain.errors import SettingsDamaged, StoreInUse

if TYPE_CHECKING:  # loaded beside the unlocking, which it would hold up
    from desktop.main_window import MainWindow

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Product:
    """What this installation is: its version and the licences of its parts."""

    version: str
    notices: str


class Application(QObject):
    """Holds the one window. `opener` comes from the composition root."""

    rested = Signal()  # nobody touched anything for two seconds, and what was left over was freed

    def __init__(
        self,
        app: QApplication,
        opener: Opener,
        settings: SettingsFile,
        session: SessionFile,
        product: Product,
        crash: CrashFile | None = None,
    ) -> None:
        super().__init__()
        self._app = app
        self._opener = opener
        self._settings = settings
        self._session = session
        chosen = settings.current
        self._product = product
        self._crash = crash
        self._doorbell = Doorbell()
        self._doorbell.rung.connect(self.come_to_the_front)
        self._look = Look(app, chosen.theme, chosen.text_percent)
        speak(chosen.language)
        self._formats = Formats(locale_of(chosen.language))
        self._unlocking = Tasks(pool_threads=1)
        self._idle = IdleWatch(app)
        self._idle.idle.connect(lambda: self.lock(cancel_work=False))
        self._idle.rest.connect(self._tidy)
        self._collecting = QTimer(self)
        self._collecting.timeout.connect(look_at_the_young)
        self._collecting.start(YOUNG_EVERY_MS)
        self._screen_lock = ScreenLockWatch(os.environ)
        self._screen_lock.locked.connect(self.lock)
        self._clipboard = ClipboardGuard(app)
        self.unlock_dialog: UnlockDialog | None = None
        self.window: MainWindow | None = None
        app.setQuitOnLastWindowClosed(True)
        app.aboutToQuit.connect(self._unlocking.close)
        app.aboutToQuit.connect(self._clipboard.clear)
        app.aboutToQuit.connect(self._doorbell.close)

    def start(self, store: Path | None = None, passphrase: str | None = None, user: str | None = None) -> None:
        """Asks for what is not given."""
        self._unlocking.background(lambda _: self._load_window(), lambda _: None, lambda _: None)
        dialog = self._ask(str(store) if store else self._session.current.last_store)
        dialog.user.setText(user or "")
        if store is not None and passphrase is not None:
            dialog.passphrase.setText(passphrase)
            dialog.open_store()

    def _load_window(self) -> None:
        """And the case's screen, where the window was left at it."""
        import_module("desktop.main_window")
        if self._session.current.place == "case":
            import_module("desktop.screens.case.screen")

    def lock(self, *, cancel_work: bool = True) -> None:
        """Blanks everything at once and asks for the passphrase; the store is closed and its keys are dropped.

        Long work under way is cancelled, or else finished behind the lock. Whoever unlocks finds the place they left.
        """
        window = self.window
        if window is None:
            return
        self._idle.end()
        self._clipboard.clear()
        for dialog in window.findChildren(QDialog):
            dialog.done(QDialog.DialogCode.Rejected)  # whatever stands against closing it
        self.window = None
        dialog = self._ask(str(window.store))
        dialog.lock(window.person.name)
        window.hide()
        if window.long_work.busy and not cancel_work:
            dialog.hold(tr("{work} is finished before the store is closed…", work=window.long_work.title))
            window.long_work.ended.connect(lambda: self._detach(window, dialog), Qt.ConnectionType.QueuedConnection)
        else:
            self._detach(window, dialog)

    def _detach(self, window: "MainWindow", dialog: UnlockDialog) -> None:
        """What the window knew goes with it: models, texts, and the use cases with the open store."""
        window.close()
        window.deleteLater()
        dialog.release()
        QTimer.singleShot(0, look_again)  # once it is deleted

    def _window_closed(self) -> None:
        """Nothing is left to lock, unless it made room for another window."""
        if self.window is not None and not self.window.isVisible():
            self._idle.end()

    def _tidy(self) -> None:
        """Nobody touched anything for a while: nobody is kept waiting."""
        if self.window is None:
            return
        if self.window.long_work.busy:
            self._idle.rest_again()
            return
        tidy()
        self.rested.emit()

    def fail(self, error: BaseException) -> None:
        """An error nobody expected, shown rather than swallowed."""
        if self.window is not None and isinstance(error, Exception):
            self.window.banner.fail(error)

    def _ask(self, path: str) -> UnlockDialog:
        dialog = UnlockDialog(self._open_once, self._unlocking, self._look, path, self.window)
        dialog.unlocked.connect(self._show)
        self.unlock_dialog = dialog
        dialog.open()
        return dialog

    def _ask_another(self) -> None:
        """Not over long work: another store would take its window's place, and what is unfinished would be lost."""
        window = self.window
        if window is not None and window.long_work.busy:
            window.banner.fail(busy(window.long_work.title))
        else:
            self._ask("")

    def _show(self, services: Services, store: Path) -> None:
        from desktop.main_window import MainWindow

        former = self.window
        if former is not None:
            former.remember()  # the next window starts from how this one stands
        product = self._product
        around = Surroundings(
            store, product.version, product.notices, self._settings, self._session, self._look, self._formats
        )
        self.window = MainWindow(services, Tasks(), around)
        self.window.open_asked.connect(self._ask_another)
        self.window.lock_asked.connect(self.lock)
        self.window.idle_minutes.connect(lambda minutes: self._idle.begin(minutes * 60_000))
        self.window.closed.connect(self._window_closed)
        self._idle.begin(0)
        self.window.show()
        if former is not None:
            former.close()
        self._doorbell.listen(store)
        self._tell_problems(store)
        self._offer_crash()

    def end(self) -> None:
        """By a signal: nobody may be there to answer a question."""
        if self.window is not None:
            self.window.close()
        self._app.quit()

    def come_to_the_front(self) -> None:
        for shown in (self.window, self.unlock_dialog):
            if shown is not None and shown.isVisible():
                shown.setWindowState(shown.windowState() & ~Qt.WindowState.WindowMinimized)
                shown.raise_()
                shown.activateWindow()

    def _open_once(self, path: Path, passphrase: str, **how: Any) -> Services:
        """Refuses a store that another window of this person has open, and shows that window."""
        if not self._doorbell.answers_for(path) and ring(path):
            raise StoreInUse(
                tr("{file} is open in another window.", file=path.name),
                tr("That window was brought to the front. Close it to open the store here."),
            )
        return self._opener(path, passphrase, **how)

    def _offer_crash(self) -> None:
        """Once: what an earlier run left is told in the first window."""
        crash, self._crash = self._crash, None
        if crash is not None and crash.left_behind() and self.window is not None:
            window = self.window
            window.banner.warn(
                tr("whyflag ended badly last time. What it wrote about it can be read, kept or deleted."),
                tr("Look at it…"),
                lambda: CrashDialog(crash, self._look, window).open(),
            )

    def _tell_problems(self, store: Path) -> None:
        """What could not be read or kept of settings and session."""
        problem: Exception | None = self._settings.problem or self._session.problem
        try:
            self._session.change(last_store=str(store))
        except SettingsDamaged as error:
            problem = problem or error
        if problem is not None and self.window is not None:
            self.window.banner.fail(problem)


def catch_unexpected(show: Callable[[BaseException], None], crash: CrashFile) -> None:
    """Errors that no code caught are logged, kept and shown; without this Qt prints and forgets them."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.error("unexpected error", exc_info=(kind, error, trace))
        crash.record(kind, error, trace)
        show(error)

    sys.excepthook = hook
