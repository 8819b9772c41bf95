"""A whole day by keyboard alone, on a real store: every key goes to whatever has the focus, as a person's would.

Runs with any of Qt's platforms; with a real window under X: `QT_QPA_PLATFORM=xcb xvfb-run -a python -m pytest FILE`.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.application import Application, Product
from desktop.opening import open_services
from desktop.screens.report.dialog import ReportDialog
from desktop.session import Session, SessionFile
from desktop.settings import Settings, SettingsFile
from domain.access.users import add_user, change_passphrase
from domain.decision_policy import DecisionPolicy, FourEyesRule
from domain.store import Store
from tests.e2e.command import Whyflag

PATIENCE_MS = 60_000
REVIEWED = 20
TWO_PERSONS = DecisionPolicy(four_eyes=(FourEyesRule(dispositions=("confirmed_fraud",)),))
CONTROL = Qt.KeyboardModifier.ControlModifier
FIRST, SECOND = "a passphrase chosen for bea", "the one bea chose herself"


class Person:
    """Has a keyboard and eyes: types, presses keys, and waits until something is to be seen."""

    def __init__(self, application: Application, qtbot) -> None:
        self._application = application
        self._qtbot = qtbot

    @property
    def window(self):
        return self._application.window

    def waits(self, seen) -> None:
        self._qtbot.waitUntil(seen, timeout=PATIENCE_MS)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.waits(lambda: QApplication.focusWidget() is not None)
        QTest.keyClick(QApplication.focusWidget(), key, modifier)

    def types(self, text: str) -> None:
        self.waits(lambda: QApplication.focusWidget() is not None)
        for character in text:
            QTest.keyClick(QApplication.focusWidget(), character)

    def tabs_to(self, name: str) -> None:
        for _ in range(80):
            if QApplication.focusWidget().accessibleName().startswith(name):
                return
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"the Tab key does not reach {name}")

    def writes(self, name: str, text: str) -> None:
        self.tabs_to(name)
        self.press(Qt.Key.Key_A, CONTROL)
        self.types(text)

    def unlocks(self, passphrase: str, user: str = "") -> None:
        self.waits(lambda: self._application.unlock_dialog.isVisible())
        self.is_at(self._application.unlock_dialog)
        if user:
            self.writes("User", user)
        self.writes("Passphrase", passphrase)
        self.press(Qt.Key.Key_Return)
        self.waits(lambda: self.window is not None and self.window.queue.table.row(0) is not None)
        self.is_at(self.window)

    def sees_another_case_than(self, alert_id: str | None) -> str:
        self.waits(lambda: self.window.case.case is not None and self.window.case.alert_id != alert_id)
        return self.window.case.alert_id

    def opens_the_first_of(self, words: str) -> str:
        former, loads = self.window.case.alert_id, []
        self.press(Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
        self.window.queue.loaded.connect(loads.append)
        self.types("/")
        self.types(words)
        self.press(Qt.Key.Key_Return)
        self.waits(lambda: bool(loads) and self.window.queue.table.row(0) is not None)
        self.press(Qt.Key.Key_Return)
        return self.sees_another_case_than(former)

    def opens_the_first_that_waits(self) -> str:
        """From the filter of open alerts to that of those waiting for approval, as among all such buttons."""
        former, loads = self.window.case.alert_id, []
        self.press(Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
        self.window.queue.loaded.connect(loads.append)
        self.tabs_to("Show alerts: open")
        self.press(Qt.Key.Key_Right)
        self.waits(lambda: bool(loads) and self.window.queue.table.row(0) is not None)
        self.press(Qt.Key.Key_Return)
        return self.sees_another_case_than(former)

    def is_at(self, shown: QWidget) -> None:
        """Stands in for the window manager, which neither offscreen nor Xvfb has: the window in front gets the keys."""
        shown.activateWindow()
        self.waits(shown.isActiveWindow)

    def decides(self, key: str) -> str:
        """Returns the case that comes next."""
        decided = self.window.case.alert_id
        self.types(key)
        return self.sees_another_case_than(decided)


@pytest.fixture
def store(demo: Whyflag) -> Whyflag:
    """The demo store, where confirmed fraud takes two persons, and bea is the second."""
    with Store.open(demo.store, passphrase_of(demo)) as made:
        made.proposals.set_policy(TWO_PERSONS)
        add_user(made, "bea", ("analyst", "approver"), FIRST, now=time.time())
    with Store.open(demo.store, FIRST, user="bea") as made:
        change_passphrase(made, SECOND, now=time.time())
    return demo


@pytest.fixture
def person(qapp, qtbot, store: Whyflag, tmp_path: Path, monkeypatch) -> Iterator[Person]:
    monkeypatch.setenv("WHYFLAG_DATA", str(tmp_path / "without-a-model"))
    monkeypatch.setattr("desktop.bootstrap.MODEL_PACK", tmp_path / "nor-one-of-the-machine")
    kept = SettingsFile(tmp_path / "settings.json", Settings()), SessionFile(tmp_path / "session.json", Session())
    application = Application(qapp, open_services, *kept, Product("0", ""))
    application.start(store.store)
    yield Person(application, qtbot)
    for part in (application.window, application.unlock_dialog):
        if part is not None:
            part.close()
            part.deleteLater()
    application._unlocking.close()
    application._doorbell.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_a_day_by_keyboard(person: Person, store: Whyflag, tmp_path: Path) -> None:
    person.unlocks(passphrase_of(store))
    opened = [person.opens_the_first_of("band:critical,high,medium,low")]

    for number in range(REVIEWED):
        opened.append(person.decides("234"[number % 3]))
    assert len(set(opened)) == REVIEWED + 1

    last = opened[-2]
    person.press(Qt.Key.Key_Z, CONTROL)
    assert person.sees_another_case_than(opened[-1]) == last
    after = person.decides("2")

    person.types("t")
    person.types("Customer denies 3 payments")
    person.press(Qt.Key.Key_Escape)
    person.decides("1")
    proposed = after

    person.types("w")
    person.press(Qt.Key.Key_A, CONTROL)
    person.types("1")
    person.press(Qt.Key.Key_Return)
    person.waits(lambda: "%" in person.window.case_screen.what_if.score.text())
    person.press(Qt.Key.Key_Escape)

    person.press(Qt.Key.Key_E, CONTROL)
    (dialog,) = [shown for shown in person.window.findChildren(ReportDialog) if shown.isVisible()]
    person.is_at(dialog)
    person.writes("Folder", str(tmp_path / "out"))
    person.writes("How many alerts", "2")
    person.tabs_to("Format PDF")
    person.press(Qt.Key.Key_Space)
    person.press(Qt.Key.Key_Return)
    person.waits(lambda: "Written to" in dialog.banner.message.text())
    person.press(Qt.Key.Key_Escape)
    assert any(path.suffix == ".json" for path in (tmp_path / "out").iterdir())

    person.waits(lambda: not dialog.isVisible())
    person.is_at(person.window)
    person.press(Qt.Key.Key_L, CONTROL)
    assert person.window is None

    person.unlocks(SECOND, "bea")
    assert person.opens_the_first_that_waits() == proposed
    assert person.window.case.case.proposal.hidden, "the first one's reasons come after an own view"
    person.types("1")  # what she would do, too: that approves it
    person.waits(lambda: person.window.notice.message.text().startswith(proposed))
    person.press(Qt.Key.Key_Q, CONTROL)

    with Store.open(store.store, passphrase_of(store)) as made:
        assert made.proposals.count_waiting() == 0
        settled = made.reviews.history(proposed)[-1]
        assert settled.disposition == "confirmed_fraud"
        assert settled.approved_by == "bea"
        assert [one.disposition for one in made.reviews.history(last)][-2:] == [None, "false_positive"]
        given = {made.reviews.history(alert_id)[-1].disposition for alert_id in opened[:REVIEWED]}
        assert given == {"false_positive", "inconclusive", "escalated"}
    assert store.run("audit", "verify")


def passphrase_of(store: Whyflag) -> str:
    return store.passphrase_file.read_text(encoding="utf-8").rstrip("\n")
