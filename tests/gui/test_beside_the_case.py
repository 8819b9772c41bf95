"""What stands beside a case, by keyboard: similar cases and what-if, over use cases in memory."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.main_window import MainWindow
from tests.fakes import FakeServices


def press(qtbot, key: Qt.Key) -> None:
    qtbot.keyClick(QApplication.focusWidget(), key)


def open_first(window: MainWindow, qtbot) -> None:
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.case.narrative.finished)


def test_a_similar_case_is_found_and_opened(window: MainWindow, services: FakeServices, qtbot) -> None:
    open_first(window, qtbot)
    assert not any(call[0] == "similar" for call in services.calls), "opening a case waits for nothing of it"
    press(qtbot, Qt.Key.Key_S)
    panel = window.case_screen.similar
    qtbot.waitUntil(lambda: panel.table.model().rowCount() == 3)
    assert panel.details[1] == "Note: the card was stolen"
    evidence = window.case_screen.evidence.line
    press(qtbot, Qt.Key.Key_J)
    assert (panel.table.line, window.case_screen.evidence.line) == (1, evidence)
    assert panel.details[0].startswith("481.00 EUR")
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.case.case is not None and window.case.case.alert.alert_id == "A-T-1002")
    assert panel.table.model().rowCount() == 0
    assert window.case_screen.chart.isVisible()
