"""What stands beside a case, by keyboard: similar cases and what-if, over use cases in memory."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.main_window import MainWindow
from tests.fakes import FakeServices
from tests.likeness import no_counterfactual


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


def test_a_field_is_changed_and_the_score_moves(window: MainWindow, services: FakeServices, qtbot) -> None:
    open_first(window, qtbot)
    press(qtbot, Qt.Key.Key_W)
    panel = window.case_screen.what_if
    assert QApplication.focusWidget() is panel.fields["amount"]
    qtbot.keyClicks(QApplication.focusWidget(), "12")
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(panel.table.isVisible)
    assert services.decisions == {}, "digits in a field are no dispositions"
    assert ("what_if", "A-T-1000", {"amount": "12"}) in services.calls
    assert panel.score.text().startswith("99.1 % → 9.9 %: under the threshold of 31.0 %")
    panel.fields["country"].setText("FR")
    panel.search.click()
    qtbot.waitUntil(lambda: panel.fields["amount"].text() == "20.34")
    assert panel.fields["country"].text() == "PT", "what was not part of the answer is as it was"
    services.smallest = no_counterfactual
    panel.search.click()
    qtbot.waitUntil(lambda: panel.state.text().startswith("None found"))
    assert not panel.table.isVisible()
    panel.fields["amount"].setFocus()
    press(qtbot, Qt.Key.Key_Escape)
    assert window.case_screen.evidence.hasFocus(), "from the field to the case"
