"""Every control has a name, every label is plain text, and the focus can be seen."""

import re
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from desktop import screens
from desktop.main_window import MainWindow
from desktop.screens.about import AboutDialog
from desktop.screens.case.narrative_state import NarrativeState
from desktop.screens.help import KeysSheet
from desktop.widgets.dialog import Dialog
from domain.narrative import Narrative
from tests.gui.scenes import scenes
from tests.gui.walking import MEANT_TO_BE_USED, accessible, controls, unnamed


def dialogs() -> list[QWidget]:
    return [widget for widget in QApplication.topLevelWidgets() if widget.isVisible() and widget.isModal()]


def reached_by_tab(first: QWidget) -> Iterator[QWidget]:
    """From `first` on, once round its window."""
    widget = first
    while True:
        by_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
        if by_tab and widget.isVisible() and widget.isEnabled():
            yield widget
        widget = widget.nextInFocusChain()
        if widget is first:
            return


@pytest.fixture
def case_open(window: MainWindow, qtbot) -> MainWindow:
    window.walk.open_line(0)
    qtbot.waitUntil(lambda: window.case.narrative.finished)
    return window


def test_no_control_of_any_scene_is_unnamed(window: MainWindow, look, qtbot, tmp_path: Path) -> None:
    seen = set()
    for name, root in scenes(window, look, tmp_path, qtbot):
        seen.add(type(root))
        assert any(True for _ in controls(root)), name
        assert unnamed(root) == [], name
        told = [(role, said) for _, role, said in accessible(root)]
        assert [role for role, said in told if role in MEANT_TO_BE_USED and not said.strip()] == [], name
    for module in walk_packages(screens.__path__, "desktop.screens."):
        import_module(module.name)
    assert {*kinds_of(Dialog), Dialog} <= seen, "each dialog is a scene"


def kinds_of(kind: type) -> list[type]:
    """Those at the end of the line: what others are made from is shown by none."""
    return [
        last for below in kind.__subclasses__() for last in (kinds_of(below) if below.__subclasses__() else [below])
    ]


def test_assistive_technology_finds_a_role_and_a_name(case_open: MainWindow, qtbot) -> None:
    """Walks what Qt tells the screen reader of each screen: the accessibility tree itself."""
    for number, place in enumerate(case_open.places):
        case_open.go(number)
        qtbot.waitUntil(lambda place=place: len(list(accessible(place.screen))) > 6)  # what it reads is there
        seen = list(accessible(place.screen))
        wanting = [
            f"{place.name}: {role} {kind}" for kind, role, name in seen if role in MEANT_TO_BE_USED and not name.strip()
        ]
        assert wanting == []
        assert [kind for kind, role, _ in seen if role == QAccessible.Role.NoRole] == []


def test_every_label_is_plain_text(case_open: MainWindow) -> None:
    case_open.dialogs.ask_report()
    labels = [*case_open.findChildren(QLabel)]
    assert len(labels) > 60
    rich = [label.text() for label in labels if label.textFormat() is not Qt.TextFormat.PlainText]
    assert rich == []
    dialogs()[0].close()


def test_the_tab_key_reaches_each_disposition(case_open: MainWindow, qtbot) -> None:
    case_open.activateWindow()
    case_open.case_screen.decision_bar.note.setFocus()
    reached = []
    for _ in range(5):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget().accessibleName())
    assert reached == [
        "Reasons, key C",
        "Confirmed fraud, key 1",
        "False positive, key 2",
        "Inconclusive, key 3",
        "Escalate, key 4",
    ]


def test_tab_goes_through_a_case_as_it_is_read(case_open: MainWindow, qtbot) -> None:
    screen, told = case_open.case_screen, NarrativeState()
    first, *others = case_open.case.narrative.sentences
    for sentence in (replace(first, citations=("E1", "E5")), *others):  # its second chip is made after the others'
        told.add(sentence)
    told.finish(Narrative("narrator", "", False, told.sentences))
    screen.narrative.show_state(told)
    start = next(reached_by_tab(screen.header))
    assert [one.accessibleName() for one in reached_by_tab(start) if screen.isAncestorOf(one)] == [
        "Back to the queue",
        "Next open alert, key N",
        "Copy the explanation with its citations",
        "Write the explanation again",
        "Why it was flagged",
        "Citation E1: select this evidence",
        "Citation E5: select this evidence",
        "Citation E2: select this evidence",
        "Citation E4: select this evidence",
        "Evidence",
        "Timeline, rows behind the evidence, similar cases, what if, notes",
        "Chart of the customer's payments over time",
        "Note to the decision",
        "Reasons, key C",
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


def test_the_sheet_names_every_action_with_a_key(window: MainWindow, look) -> None:
    keymap = window.window_actions.keymap
    sheet = KeysSheet(keymap, look)
    words = {label.text() for label in sheet.findChildren(QLabel)}
    with_key = {action.words for action in keymap.actions if keymap.keys(action.id)}
    assert len(with_key) > 25
    assert with_key <= words


def test_about_shows_the_licences(look, qapp) -> None:
    about = AboutDialog("0.1.0", "PySide6: LGPL-3.0", look)
    texts = [widget.toPlainText() for widget in controls(about) if hasattr(widget, "toPlainText")]
    assert texts == ["PySide6: LGPL-3.0"]
