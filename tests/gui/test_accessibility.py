"""Every control has a name, every label is plain text, and the focus can be seen."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from desktop.main_window import CASE, HEALTH, QUEUE, THRESHOLD, MainWindow
from desktop.screens.help import AboutDialog, KeysSheet
from desktop.screens.unlock import UnlockDialog
from desktop.support.keys import KEYS
from desktop.tasks import Tasks
from tests.gui.walking import controls, unnamed


def dialogs() -> list[QWidget]:
    return [widget for widget in QApplication.topLevelWidgets() if widget.isVisible() and widget.isModal()]


@pytest.fixture
def case_open(window: MainWindow, qtbot) -> MainWindow:
    window.walk.open_line(0)
    qtbot.waitUntil(lambda: window.case.narrative.finished)
    return window


@pytest.mark.parametrize("place", [QUEUE, CASE, THRESHOLD, HEALTH])
def test_no_control_of_a_screen_is_unnamed(case_open: MainWindow, place: int) -> None:
    case_open.go(place)
    assert sum(1 for _ in controls(case_open)) > 30
    assert unnamed(case_open) == []


@pytest.mark.parametrize("ask", ["ask_import", "ask_report", "show_keys", "show_about"])
def test_no_control_of_a_dialog_is_unnamed(window: MainWindow, ask: str) -> None:
    getattr(window, ask)()
    (dialog,) = dialogs()
    assert any(True for _ in controls(dialog))
    assert unnamed(dialog) == []
    dialog.close()


def test_no_control_of_the_unlock_dialog_is_unnamed(look, qapp, tmp_path: Path) -> None:
    tasks = Tasks(pool_threads=1)
    dialog = UnlockDialog(lambda *given, **named: None, tasks, look, str(tmp_path / "new"))
    assert unnamed(dialog) == []
    tasks.close()


def test_every_label_is_plain_text(case_open: MainWindow) -> None:
    case_open.ask_report()
    labels = [*case_open.findChildren(QLabel)]
    assert len(labels) > 60
    rich = [label.text() for label in labels if label.textFormat() is not Qt.TextFormat.PlainText]
    assert rich == []
    dialogs()[0].close()


def test_the_tab_key_reaches_each_disposition(case_open: MainWindow, qtbot) -> None:
    case_open.activateWindow()
    case_open.case_screen.decision_bar.note.setFocus()
    reached = []
    for _ in range(4):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget().accessibleName())
    assert reached == [
        "Confirmed fraud, key 1",
        "False positive, key 2",
        "Inconclusive, key 3",
        "Escalate, key 4",
    ]


def test_the_style_shows_the_focus_of_each_kind_of_control(look) -> None:
    sheet = QApplication.instance().styleSheet()
    for kind in (
        "QPushButton",
        "QToolButton",
        "QLineEdit",
        "QComboBox",
        "QCheckBox",
        "QTableView",
        "QScrollArea",
        "QTabBar::tab",
    ):
        assert re.search(rf"{kind}(\[[^\]]*\])?:focus", sheet), kind


def test_the_sheet_names_every_key(look, qapp) -> None:
    sheet = KeysSheet(look)
    words = {label.text() for label in sheet.findChildren(QLabel)}
    assert {key.words for key in KEYS} <= words


def test_about_shows_the_licences(look, qapp) -> None:
    about = AboutDialog("0.1.0", "PySide6: LGPL-3.0", look)
    texts = [widget.toPlainText() for widget in controls(about) if hasattr(widget, "toPlainText")]
    assert texts == ["PySide6: LGPL-3.0"]
