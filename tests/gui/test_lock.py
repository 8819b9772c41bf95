"""Locking: everything goes at once, nothing is left on the clipboard, and unlocking leads back to the same place."""

import subprocess
import sys
from pathlib import Path
from shutil import which
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from desktop.application import Application
from desktop.locking import ClipboardGuard, IdleWatch, ScreenLockWatch
from desktop.main_window import CASE
from tests.gui.test_unlock import FakeOpener, application, opener, store  # noqa: F401


@pytest.fixture
def unlocked(application: Application, store: Path, qtbot) -> Application:  # noqa: F811
    application.start(store, "right")
    qtbot.waitUntil(lambda: application.window is not None and application.window.queue.count > 0)
    return application


def test_locking_closes_the_store_and_unlocking_leads_back(unlocked: Application, opener: FakeOpener, qtbot) -> None:  # noqa: F811
    window, services = unlocked.window, opener.made[0]
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.case.open("A-T-1001")
    qtbot.waitUntil(lambda: window.case.case is not None)
    QGuiApplication.clipboard().setText("A-T-1001 was flagged")
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert services.closed
    assert unlocked.window is None
    assert not window.isVisible()
    assert QGuiApplication.clipboard().text() == ""
    dialog = unlocked.unlock_dialog
    assert dialog.isVisible() and dialog.windowTitle() == "Locked"
    assert dialog.path.isReadOnly() and dialog.user.text() == "tester"
    opener.kept_case = services.kept_case
    qtbot.keyClicks(dialog.passphrase, "right")
    qtbot.keyClick(dialog.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: unlocked.window is not None and unlocked.window.case.alert_id == "A-T-1001")
    assert unlocked.window._screens.currentIndex() == CASE
    assert len(opener.made) == 2, "nothing of the former use cases is used again"


def test_a_wrong_passphrase_opens_no_lock(unlocked: Application, opener: FakeOpener, qtbot) -> None:  # noqa: F811
    unlocked.lock()
    dialog = unlocked.unlock_dialog
    qtbot.keyClicks(dialog.passphrase, "wrong")
    qtbot.keyClick(dialog.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.banner.isVisible)
    assert unlocked.window is None and len(opener.made) == 1


def test_open_dialogs_go_with_the_window(unlocked: Application, qtbot) -> None:
    unlocked.window.dialogs.ask_import()
    shown = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    assert len(shown) == 2
    unlocked.lock()
    assert [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()] == [unlocked.unlock_dialog]


@pytest.mark.parametrize("passphrase", ["right", "wrong"])
def test_another_store_that_was_being_opened_does_not_stay_open_behind_the_lock(
    unlocked: Application,
    opener: FakeOpener,  # noqa: F811
    store: Path,  # noqa: F811
    qtbot,
    passphrase: str,
) -> None:
    unlocked.window.open_asked.emit()
    dialog = unlocked.unlock_dialog
    dialog.path.setText(str(store))
    dialog.passphrase.setText(passphrase)
    opener.go_on.clear()
    dialog.open_store()
    unlocked.lock()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    opener.go_on.set()
    qtbot.waitUntil(lambda: not unlocked._unlocking.busy)
    assert unlocked.window is None and unlocked.unlock_dialog.isVisible()
    assert len(opener.made) == (2 if passphrase == "right" else 1)
    assert all(services.closed for services in opener.made)


def test_long_work_is_cancelled_by_the_key_and_finished_by_idle_time(
    unlocked: Application,
    opener: FakeOpener,  # noqa: F811
    qtbot,
) -> None:
    services = opener.made[0]
    services.go_on.clear()
    unlocked.window.train()
    unlocked.lock(cancel_work=False)
    dialog = unlocked.unlock_dialog
    assert not services.closed and "Training" in dialog._words.text()
    dialog.passphrase.setText("right")
    assert not dialog.open_button.isEnabled(), "the store is still open behind the lock"
    services.go_on.set()
    qtbot.waitUntil(lambda: services.closed)
    assert not services.abandoned.is_set()
    qtbot.waitUntil(dialog.open_button.isEnabled)
    dialog.open_store()
    qtbot.waitUntil(lambda: unlocked.window is not None)
    again = opener.made[1]
    again.go_on.clear()
    unlocked.window.train()
    qtbot.waitUntil(lambda: ("train",) in again.calls)
    unlocked.lock()
    assert again.closed and again.abandoned.is_set()


def test_a_signal_ends_the_window_without_asking_for_its_work(
    unlocked: Application,
    opener: FakeOpener,  # noqa: F811
    monkeypatch,
) -> None:
    services = opener.made[0]
    services.go_on.clear()
    unlocked.window.train()
    quitted: list[bool] = []
    monkeypatch.setattr(unlocked, "_app", SimpleNamespace(quit=lambda: quitted.append(True)))
    unlocked.end()
    assert services.closed and quitted == [True]


def test_the_stores_policy_says_when_idle_locks(unlocked: Application, qtbot) -> None:
    began: list[int] = []
    unlocked._idle.begin = began.append
    unlocked.window.idle_minutes.emit(7)
    assert began == [7 * 60_000]


def test_a_closed_window_is_not_locked_later(unlocked: Application) -> None:
    unlocked._idle.begin(60_000)
    unlocked.window.close()
    assert not unlocked._idle._timer.isActive() and not unlocked._idle._pause.isActive()


def test_a_key_that_is_a_shortcut_is_a_sign_of_life(unlocked: Application, qtbot) -> None:
    unlocked._idle.begin(60_000)
    unlocked._idle._timer.setInterval(120_000)
    unlocked._idle._timer.stop()
    qtbot.keyClick(unlocked.window.queue_screen.table, Qt.Key.Key_J)
    assert unlocked._idle._timer.isActive() and unlocked._idle._pause.isActive()


def test_garbage_is_collected_in_rest_and_not_beside_long_work(
    unlocked: Application,
    opener: FakeOpener,  # noqa: F811
    qtbot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tidied: list[bool] = []
    monkeypatch.setattr("desktop.application.tidy", lambda: tidied.append(True))
    services = opener.made[0]
    services.go_on.clear()
    unlocked.window.train()
    qtbot.waitUntil(lambda: ("train",) in services.calls)
    unlocked._idle.rest.emit()
    assert tidied == []
    services.go_on.set()
    qtbot.waitUntil(lambda: not unlocked.window.long_work.busy)
    unlocked._idle.rest.emit()
    assert tidied == [True]
    unlocked.lock()
    assert not unlocked._idle._pause.isActive()


def test_idle_time_counts_from_the_last_key(qapp: QApplication, qtbot) -> None:
    watch = IdleWatch(qapp)
    with qtbot.waitSignal(watch.idle, timeout=5000):
        watch.begin(30)
    watch.begin(60_000)
    before = watch._timer.remainingTime()
    watch._timer.setInterval(120_000)
    QCoreApplication.sendEvent(qapp, QEvent(QEvent.Type.MouseMove))
    assert watch._timer.remainingTime() > before
    watch.begin(0)
    assert not watch._timer.isActive()


def test_what_was_copied_is_cleared_after_a_while(unlocked: Application, qapp: QApplication, qtbot) -> None:
    guard = ClipboardGuard(qapp, milliseconds=30)
    unlocked.window.activateWindow()
    qtbot.waitUntil(lambda: qapp.focusWindow() is not None)
    QGuiApplication.clipboard().setText("C-0042")
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() == "")
    assert not guard._timer.isActive()


DESKTOP = """
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtDBus import QDBusConnection, QDBusMessage
app = QCoreApplication([])
bus = QDBusConnection.sessionBus()
assert bus.registerService("org.freedesktop.ScreenSaver")
signal = QDBusMessage.createSignal("/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged")
signal.setArguments([True])
again = QTimer()
again.timeout.connect(lambda: bus.send(signal))
again.start(50)
app.exec()
"""
WATCHING = """
import os, subprocess, sys
from PySide6.QtCore import QCoreApplication, QTimer
from desktop.locking import ScreenLockWatch
app = QCoreApplication([])
watch = ScreenLockWatch(os.environ)
watch.locked.connect(app.quit)
watch.locked.connect(lambda: print("locked"))
QTimer.singleShot(30_000, app.quit)
desktop = subprocess.Popen([sys.executable, "-c", sys.argv[1]])
app.exec()
desktop.kill()
desktop.wait()
"""


@pytest.mark.skipif(which("dbus-run-session") is None, reason="no D-Bus on this machine")
def test_the_desktop_locking_its_screen_locks() -> None:
    """On a bus of its own, with another process as the desktop."""
    command = ["dbus-run-session", "--", sys.executable, "-c", WATCHING, DESKTOP]
    root = Path(__file__).parents[2]
    told = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=90).stdout
    assert "locked" in told


def test_without_a_bus_of_the_file_system_none_is_asked(qapp: QApplication) -> None:
    ScreenLockWatch({"DBUS_SESSION_BUS_ADDRESS": "tcp:host=127.0.0.1,port=9", "DBUS_SYSTEM_BUS_ADDRESS": "tcp:host=x"})
