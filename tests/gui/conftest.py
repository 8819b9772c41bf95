"""A window over use cases in memory, without network, display or files of the person who runs the tests."""

import gc
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QLocale, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.main_window import MainWindow
from desktop.services import Services
from desktop.session import Session, SessionFile
from desktop.settings import Settings, SettingsFile
from desktop.support.collecting import YOUNG_EVERY_MS, hold_off, look_at_the_young
from desktop.support.formats import Formats
from desktop.support.look import Look
from desktop.surroundings import Surroundings
from desktop.tasks import Tasks
from tests.fakes import FakeServices

PATIENCE_MS = 60_000  # waits end with what they wait for; only a machine busy with much else needs so long

MakeWindow = Callable[[Services], MainWindow]


class PatientBot(QtBot):
    """pytest-qt's, which gives up after 5 seconds."""

    def waitUntil(self, callback, *, timeout=PATIENCE_MS):
        return super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal, *, timeout=PATIENCE_MS, **how):
        return super().waitSignal(signal, timeout=timeout, **how)


@pytest.fixture(autouse=True)
def collecting(qapp: QApplication) -> Iterator[None]:
    """Cycles are looked for on the window's thread alone, as in the window's process."""
    timer = QTimer()
    timer.timeout.connect(look_at_the_young)
    timer.start(YOUNG_EVERY_MS)
    hold_off()
    yield
    timer.stop()
    gc.enable()


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


@pytest.fixture
def services() -> Iterator[FakeServices]:
    made = FakeServices()
    yield made
    made.go_on.set()


@pytest.fixture(scope="session")
def look(qapp: QApplication) -> Look:
    return Look(qapp, "light")


@pytest.fixture
def make_window(qapp: QApplication, look: Look, tmp_path: Path) -> Iterator[MakeWindow]:
    """Closes each window at the end, and fails where one leaves a thread behind."""
    before = set(threading.enumerate())
    windows: list[MainWindow] = []

    def make(services: Services) -> MainWindow:
        settings = SettingsFile(tmp_path / "settings.json", Settings())
        session = SessionFile(tmp_path / "session.json", Session())
        formats = Formats(QLocale("en_GB"))
        around = Surroundings(tmp_path / "demo.duckdb", "0.1.0", "MIT", settings, session, look, formats)
        window = MainWindow(services, Tasks(), around)
        windows.append(window)
        window.show()
        window.activateWindow()
        assert QTest.qWaitForWindowActive(window, 10_000), "keys go to the active window"
        return window

    yield make
    for window in windows:
        window.close()
        window.deleteLater()
    # Windows left behind are styled again with each theme: without this every test is slower than the last.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert set(threading.enumerate()) <= before


@pytest.fixture
def window(make_window: MakeWindow, services: FakeServices, qtbot) -> MainWindow:
    """The queue is loaded and stands on its first row."""
    shown = make_window(services)
    qtbot.waitUntil(lambda: shown.queue_screen.table.line == 0 and shown.queue.table.row(0) is not None)
    return shown
