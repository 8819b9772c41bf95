"""The link graph by keyboard alone."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.main_window import MainWindow
from tests.gui.walking import unnamed


def press(qtbot, key: Qt.Key) -> None:
    qtbot.keyClick(QApplication.focusWidget(), key)


def test_links_are_walked_expanded_and_left(window: MainWindow, qtbot) -> None:
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.case.narrative.finished)
    press(qtbot, Qt.Key.Key_L)
    page = window.case_screen.links
    qtbot.waitUntil(lambda: window.links.graph is not None and page.view.node is not None)
    assert page.view.hasFocus() and unnamed(page) == []
    account = window.links.graph.roots[0]
    assert page.view.node == account
    few = page.table.model().rowCount()
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.table.model().rowCount() == few + 2)
    assert page.state.text().startswith(f"Account {account.id}: 12 payments")
    press(qtbot, Qt.Key.Key_J)
    assert page.view.node == window.links.graph.nodes[1], "the list and the drawing go together"
    met = set()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Down):
        press(qtbot, key)
        met.add(page.view.node)
    assert len(met) > 1
    page.slider.setFocus()
    press(qtbot, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: page.moment.text().startswith("As known at"))
    press(qtbot, Qt.Key.Key_Escape)
    assert window.case_screen.evidence.hasFocus()
