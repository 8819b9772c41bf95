"""From the passphrase to the window, and from one store to another."""

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt

from desktop.application import Application, Product
from desktop.main_window import MainWindow
from desktop.screens.unlock import UnlockDialog
from desktop.services import Services
from desktop.session import Session, SessionFile
from desktop.settings import Settings, SettingsFile
from domain.errors import WrongPassphrase
from tests.fakes import FakeServices


class FakeOpener:
    """Opens with the passphrase `right`, once `go_on` is set."""

    def __init__(self) -> None:
        self.calls: list[tuple[Path, str, bool]] = []
        self.made: list[FakeServices] = []
        self.kept_case: str | None = None
        self.go_on = threading.Event()
        self.go_on.set()

    def __call__(self, path: Path, passphrase: str, *, create: bool = False, user: str | None = None) -> Services:
        self.calls.append((path, passphrase, create))
        self.go_on.wait(5)
        if passphrase != "right":
            raise WrongPassphrase(f"The passphrase does not open {path.name}.", "Try again.")
        self.made.append(FakeServices(alerts=3, kept_case=self.kept_case))
        return self.made[-1]


@pytest.fixture
def opener() -> FakeOpener:
    return FakeOpener()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "cases.duckdb"
    path.touch()
    return path


@pytest.fixture
def application(qapp, opener: FakeOpener, tmp_path: Path):
    settings = SettingsFile(tmp_path / "settings.json", Settings())
    session = SessionFile(tmp_path / "session.json", Session())
    made = Application(qapp, opener, settings, session, Product("0.1.0", ""))
    yield made
    for part in (made.window, made.unlock_dialog):
        if part is not None:
            part.close()
            part.deleteLater()
    made._unlocking.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_a_wrong_passphrase_is_said_and_can_be_mended(application, store: Path, qtbot) -> None:
    application.start(store)
    dialog = application.unlock_dialog
    qtbot.keyClicks(dialog.passphrase, "wrong")
    qtbot.keyClick(dialog.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.banner.isVisible)
    assert dialog.banner.message.text() == "The passphrase does not open cases.duckdb."
    assert application.window is None
    qtbot.keyClicks(dialog.passphrase, "right")
    qtbot.keyClick(dialog.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: application.window is not None and application.window.isVisible())
    assert dialog.passphrase.text() == ""
    assert not dialog.isVisible()


def test_given_both_it_opens_without_asking(application, opener: FakeOpener, store: Path, qtbot) -> None:
    application.start(store, "right")
    qtbot.waitUntil(lambda: application.window is not None)
    assert opener.calls == [(store, "right", False)]


def test_a_new_store_asks_for_the_passphrase_twice(application, opener: FakeOpener, tmp_path: Path, qtbot) -> None:
    application.start()
    dialog = application.unlock_dialog
    dialog.path.setText(str(tmp_path / "new.duckdb"))
    assert dialog.open_button.text() == "Create"
    dialog.passphrase.setText("right")
    dialog.again.setText("left")
    dialog.open_store()
    assert "differ" in dialog.banner.message.text()
    assert opener.calls == []
    dialog.again.setText("right")
    dialog.open_store()
    qtbot.waitUntil(lambda: application.window is not None)
    assert opener.calls == [(tmp_path / "new.duckdb", "right", True)]


def ask_for_another(application: Application, store: Path, passphrase: str, qtbot) -> tuple[MainWindow, UnlockDialog]:
    """The first store's window, and the dialog where another is about to be opened."""
    application.start(store, "right")
    qtbot.waitUntil(lambda: application.window is not None)
    first = application.window
    first.open_asked.emit()
    dialog = application.unlock_dialog
    dialog.path.setText(str(store))
    dialog.passphrase.setText(passphrase)
    return first, dialog


def test_another_store_takes_the_place_of_the_first(application, opener: FakeOpener, store: Path, qtbot) -> None:
    first, dialog = ask_for_another(application, store, "right", qtbot)
    dialog.open_store()
    qtbot.waitUntil(lambda: application.window is not first)
    assert opener.made[0].closed
    assert not first.isVisible()
    assert application.window.isVisible()


def test_no_other_store_is_asked_for_over_long_work(application, opener: FakeOpener, store: Path, qtbot) -> None:
    application.start(store, "right")
    qtbot.waitUntil(lambda: application.window is not None)
    window, asked, services = application.window, application.unlock_dialog, opener.made[0]
    services.go_on.clear()
    window.train()
    window.open_asked.emit()
    assert application.unlock_dialog is asked and not asked.isVisible()
    assert window.banner.message.text() == "Training is still under way."
    assert window.long_work.busy
    services.go_on.set()
    qtbot.waitUntil(lambda: not window.long_work.busy)
    window.open_asked.emit()
    assert application.unlock_dialog is not asked and application.unlock_dialog.isVisible()


@pytest.mark.parametrize("passphrase", ["right", "wrong"])
def test_what_opens_after_its_dialog_was_left_is_closed(
    application, opener: FakeOpener, store: Path, qtbot, passphrase: str
) -> None:
    first, dialog = ask_for_another(application, store, passphrase, qtbot)
    opener.go_on.clear()
    dialog.open_store()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    opener.go_on.set()
    qtbot.waitUntil(lambda: not application._unlocking.busy)
    assert application.window is first and first.isVisible()
    assert [services.closed for services in opener.made] == ([False, True] if passphrase == "right" else [False])
    assert dialog.banner.message.text() == ""


def test_no_passphrase_is_remembered(application, store: Path, tmp_path: Path, qtbot) -> None:
    application.start(store, "right")
    qtbot.waitUntil(lambda: application.window is not None)
    application.window.close()
    kept = (tmp_path / "session.json").read_text(encoding="utf-8")
    assert str(store) in kept
    assert "right" not in kept
