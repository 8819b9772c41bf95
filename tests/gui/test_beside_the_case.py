"""What stands beside a case, by keyboard: similar cases and what-if, over use cases in memory."""

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QApplication

from desktop.main_window import MainWindow
from desktop.widgets.table import RowTable
from tests.fakes import FakeServices
from tests.likeness import no_counterfactual


def press(qtbot, key: Qt.Key) -> None:
    qtbot.keyClick(QApplication.focusWidget(), key)


def open_first(window: MainWindow, qtbot) -> None:
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.case.narrative.finished)


def rows_shown(window: MainWindow, qtbot) -> RowTable:
    qtbot.waitUntil(lambda: window.case_screen.rows_model.rowCount() > 0)
    press(qtbot, Qt.Key.Key_R)
    return window.case_screen.rows


def notes_shown(window: MainWindow, qtbot) -> RowTable:
    press(qtbot, Qt.Key.Key_M)
    table = window.case_screen.file.table
    qtbot.waitUntil(lambda: table.model().rowCount() > 0)
    return table


def moves_shown(window: MainWindow, qtbot) -> RowTable:
    press(qtbot, Qt.Key.Key_W)
    qtbot.keyClicks(QApplication.focusWidget(), "12")
    press(qtbot, Qt.Key.Key_Return)
    table = window.case_screen.what_if.table
    qtbot.waitUntil(table.isVisible)
    return table


@pytest.mark.parametrize("shown", [rows_shown, notes_shown, moves_shown])
def test_j_and_k_walk_the_table_that_has_the_focus(shown, window: MainWindow, qtbot) -> None:
    open_first(window, qtbot)
    evidence, table = window.case_screen.evidence, shown(window, qtbot)
    table.setFocus()
    table.setCurrentIndex(QModelIndex())
    press(qtbot, Qt.Key.Key_J)
    assert (table.line, evidence.line) == (0, 0)
    evidence.setFocus()
    press(qtbot, Qt.Key.Key_J)
    assert evidence.line == 1
    press(qtbot, Qt.Key.Key_K)
    assert evidence.line == 0


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
