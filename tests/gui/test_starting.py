"""One window a store, a session that comes back, and a crash that leaves a file without data."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QWidget

from desktop.application import Application, Product
from desktop.main_window import CASE
from desktop.screens.crash import CrashDialog
from desktop.session import Session, SessionFile
from desktop.settings import Settings, SettingsFile
from desktop.support.crash import CrashFile
from desktop.support.ending import SIGNALS, Ending
from desktop.support.single_instance import Doorbell, ring
from tests.fakes import FakeServices
from tests.gui.test_unlock import FakeOpener


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "cases.duckdb"
    path.touch()
    return path


@pytest.fixture
def start(qapp, tmp_path: Path, store: Path, qtbot):
    """Starts the application on the store; what was started is closed at the end."""
    started: list[Application] = []

    def make(crash: CrashFile | None = None, settings: str = "", kept_case: str | None = None) -> Application:
        if settings:
            (tmp_path / "settings.json").write_text(settings, encoding="utf-8")
        files = SettingsFile(tmp_path / "settings.json", Settings()), SessionFile(tmp_path / "session.json", Session())
        opener = FakeOpener()
        opener.kept_case = kept_case
        made = Application(qapp, opener, *files, Product("0.1.0", ""), crash)
        started.append(made)
        made.start(store, "right")
        qtbot.waitUntil(lambda: made.window is not None or made.unlock_dialog.banner.isVisible())
        return made

    yield make
    for made in started:
        for part in (made.window, made.unlock_dialog):
            if part is not None:
                part.close()
                part.deleteLater()
        made._unlocking.close()
        made._doorbell.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_the_window_from_its_loop(number: signal.Signals, qapp, qtbot) -> None:
    before = signal.getsignal(number)
    ended: list[int] = []
    ending = Ending(lambda: ended.append(number))
    os.kill(os.getpid(), number)
    qtbot.waitUntil(lambda: bool(ended))
    ending.close()
    assert signal.getsignal(number) == before


def test_the_socket_lies_in_the_session_s_folder(tmp_path: Path, store: Path, qapp, monkeypatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    doorbell = Doorbell()
    doorbell.listen(store)
    assert [file.name[:8] for file in tmp_path.iterdir() if file.is_socket()] == ["whyflag-"]
    assert doorbell.answers_for(store) and ring(store)
    doorbell.close()
    assert not any(file.is_socket() for file in tmp_path.iterdir())


def test_a_second_start_brings_the_first_window_to_the_front(start, qtbot) -> None:
    first = start()
    with qtbot.waitSignal(first._doorbell.rung):
        second = start()
    assert second.window is None
    assert second.unlock_dialog.banner.message.text() == "cases.duckdb is open in another window."


def test_a_store_nobody_has_open_does_not_answer(qapp, tmp_path: Path, qtbot) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    bell = Doorbell()
    bell.listen(one)
    with qtbot.waitSignal(bell.rung):
        assert ring(one)
    assert not ring(other)
    bell.close()
    assert not ring(one)


def test_the_window_comes_back_as_it_was_left(start, qtbot, tmp_path: Path) -> None:
    first = start()
    first.window.resize(960, 720)  # what fits the screen of the tests
    first.window.go(3)
    place = first.window.places[3].name
    table = first.window.queue_screen.table
    table.setColumnWidth(1, 173)
    first.window.close()
    first._doorbell.close()
    second = start()
    assert (second.window.width(), second.window.height()) == (960, 720)
    assert second.window._screens.place.name == place
    assert second.window.queue_screen.table.columnWidth(1) == 173


def test_a_screen_is_made_when_somebody_first_goes_there(start) -> None:
    window = start().window
    later = {"threshold_screen", "health_screen", "settings_screen", "model_screen", "manual_screen"}
    assert not later & vars(window).keys()
    for number, place in enumerate(window.places):
        for _ in range(2):
            window.go(number)
            shown = window._screens.currentWidget()
            assert shown.isAncestorOf(place.screen) and shown is window._screens.widget(number)
    assert later <= vars(window).keys() and window._screens.count() == len(window.places)


def test_the_case_that_was_open_is_open_again(start, qtbot) -> None:
    first = start()
    qtbot.waitUntil(lambda: first.window.queue.table.row(0) is not None)
    first.window.walk.open_line(1)
    qtbot.waitUntil(lambda: first.window.case.case is not None)
    services = first._opener.made[0]
    first.window.close()
    first._doorbell.close()
    assert services.kept_case == "A-T-1001"
    second = start(kept_case=services.kept_case)
    qtbot.waitUntil(lambda: second.window.case.case is not None)
    assert second.window.case.alert_id == "A-T-1001"
    assert second.window._screens.place.name == "case"
    asked = [name for name, *_ in second._opener.made[0].calls]
    assert asked.index("page") < asked.index("case")  # the first rows do not wait for the case


def test_a_case_left_for_the_queue_is_open_again_behind_the_first_rows(start, qtbot) -> None:
    made = start(kept_case="A-T-1001")
    window = made.window
    qtbot.waitUntil(lambda: window.queue.table.row(0) is not None)
    assert "case_screen" not in vars(window)
    qtbot.waitUntil(lambda: window.case.case is not None)
    assert window.case.alert_id == "A-T-1001"
    assert window._screens.place.name == "queue"
    assert window.focusWidget() is window.queue_screen.table, "keys go to what is seen"


def test_bad_settings_are_told_in_the_window(start) -> None:
    made = start(settings='{"theme": "pink"}')
    assert "settings.json cannot be used" in made.window.banner.message.text()


def test_an_error_leaves_its_places_and_no_data(qapp, tmp_path: Path) -> None:
    crash = CrashFile(tmp_path / "logs" / "crash.txt", "0.1.0")
    crash.watch()
    assert crash.left_behind() == ""
    try:
        FakeServices()._row("customer C-0000 with passphrase whyflag-demo")
    except Exception as error:
        crash.record(type(error), error, error.__traceback__)
    crash.close()
    text = crash.left_behind()
    assert "domain.errors.UnknownAlert" in text
    assert "fakes.py:" in text
    assert "whyflag 0.1.0, Python 3.11" in text
    assert "C-0000" not in text
    assert "whyflag-demo" not in text
    assert crash.path.stat().st_mode & 0o077 == 0


def test_nothing_is_left_where_all_went_well(qapp, tmp_path: Path) -> None:
    crash = CrashFile(tmp_path / "crash.txt", "0.1.0")
    crash.watch()
    crash.close()
    assert not crash.path.exists()


def test_a_crash_in_native_code_leaves_its_stack(tmp_path: Path) -> None:
    script = (
        "import sys, ctypes; from pathlib import Path; from desktop.support.crash import CrashFile\n"
        "def fall():\n    secret = 'C-0000'\n    ctypes.string_at(0)\n"
        "CrashFile(Path(sys.argv[1]), '0.1.0').watch(); fall()"
    )
    path = tmp_path / "crash.txt"
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, timeout=60)
    assert done.returncode < 0
    text = path.read_text(encoding="utf-8")
    assert "Segmentation fault" in text
    assert "in fall" in text
    assert "C-0000" not in text


def test_what_a_crash_left_is_offered_once_and_can_be_deleted(start, look, tmp_path: Path) -> None:
    crash = CrashFile(tmp_path / "crash.txt", "0.1.0")
    crash.path.write_text("  somewhere.py:12 fall\n  builtins.ValueError", encoding="utf-8")
    made = start(crash)
    assert "ended badly" in made.window.banner.message.text()
    made.window.banner.action.click()
    dialog = made.window.findChild(CrashDialog)
    assert "somewhere.py:12" in dialog.text.toPlainText()
    dialog.delete.click()
    assert not crash.path.exists()


def test_a_crash_s_file_that_is_kept_is_not_offered_again(look, qapp, tmp_path: Path) -> None:
    crash = CrashFile(tmp_path / "crash.txt", "0.1.0")
    crash.path.write_text("  somewhere.py:12 fall", encoding="utf-8")
    CrashDialog(crash, look).keep.click()
    assert crash.left_behind() == ""
    [kept] = tmp_path.iterdir()
    assert kept.read_text(encoding="utf-8") == "  somewhere.py:12 fall"


class Restyled(QObject):
    """Counts how often each widget is styled anew."""

    def __init__(self) -> None:
        super().__init__()
        self.times: Counter[int] = Counter()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.StyleChange:
            self.times[id(watched)] += 1
        return False


def test_the_case_s_screen_is_made_from_the_outside_in(start, qapp) -> None:
    """From the inside out each part is styled anew a dozen times, not five, and nobody is answered meanwhile."""
    window = start().window
    assert not window._screens.is_made(CASE)
    counted = Restyled()
    qapp.installEventFilter(counted)
    window.make_case()
    qapp.removeEventFilter(counted)
    parts = window.case_screen.findChildren(QWidget)
    assert len(parts) > 200
    assert sum(counted.times.values()) < 7 * len(parts)
