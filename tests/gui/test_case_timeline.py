"""Citation, evidence, rows and timeline of a case, by keyboard."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from desktop.main_window import MainWindow


def press(qtbot, key: Qt.Key) -> None:
    qtbot.keyClick(QApplication.focusWidget(), key)


def open_first(window: MainWindow, qtbot) -> None:
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.case.narrative.finished and window.case_screen.rows_model.rowCount() > 0)


def test_from_a_citation_to_the_rows_and_back(window: MainWindow, qtbot) -> None:
    open_first(window, qtbot)
    screen = window.case_screen
    second = next(row.chips[0] for row in screen.narrative.rows if row.chips[0].text() == "E2")
    second.setFocus()
    press(qtbot, Qt.Key.Key_Return)
    assert screen.evidence.hasFocus() and screen.evidence_model.item(screen.evidence.line).id == "E2"
    checked = {chip.text() for row in screen.narrative.rows for chip in row.chips if chip.isChecked()}
    assert checked == {"E2"}
    press(qtbot, Qt.Key.Key_K)
    press(qtbot, Qt.Key.Key_Return)
    assert screen.rows.hasFocus() and screen.rows.isVisible()
    press(qtbot, Qt.Key.Key_Escape)
    assert screen.evidence.hasFocus(), "back to the evidence, not out of the case"


def test_the_timeline_is_walked_and_zoomed_by_keys(window: MainWindow, qtbot) -> None:
    open_first(window, qtbot)
    press(qtbot, Qt.Key.Key_H)
    chart = window.case_screen.chart
    view = chart._plot.getPlotItem().getViewBox()
    assert chart._plot.hasFocus()
    press(qtbot, Qt.Key.Key_Left)
    before = chart.chosen.text()
    assert "EUR" in before and chart._plot.accessibleDescription() == before
    press(qtbot, Qt.Key.Key_Left)
    assert chart.chosen.text() != before
    (start, end), _ = view.viewRange()
    press(qtbot, Qt.Key.Key_Plus)
    (near_start, near_end), _ = view.viewRange()
    assert near_end - near_start < 0.7 * (end - start)
    press(qtbot, Qt.Key.Key_0)
    qtbot.waitUntil(lambda: view.viewRange()[0][1] - view.viewRange()[0][0] > 0.9 * (end - start))
    assert "of 59 earlier payments" in chart.habit_words.text()


def test_copied_words_name_their_evidence(window: MainWindow, qtbot) -> None:
    open_first(window, qtbot)
    window.case_screen.copy_explanation()
    copied = QGuiApplication.clipboard().text().splitlines()
    assert "[E1]" in copied[0]
    evidence = window.case.case.evidence
    assert copied[2:] == [f"{item.id}: {item.statement}" for item in sorted(evidence, key=lambda item: item.rank)]


def test_a_sentence_is_copied_with_its_citations(window: MainWindow, qtbot) -> None:
    """And never without: no part of it can be selected, for the text in sight is without them."""
    open_first(window, qtbot)
    shown, told = window.case_screen.narrative.rows[1], window.case.narrative.sentences[1].text
    assert "[E" in told
    qtbot.mouseDClick(shown.text, Qt.MouseButton.LeftButton)
    assert not shown.text.hasSelectedText()
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    shown.chips[0].setFocus()
    qtbot.keyClick(shown.chips[0], Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard.text() == told
    clipboard.clear()
    (copying,) = shown.actions()
    copying.trigger()
    assert clipboard.text() == told
