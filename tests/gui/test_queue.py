"""The queue by keyboard: search, jump, views, many alerts at once, claims and snoozes."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from desktop.main_window import MainWindow
from desktop.screens.palette import Palette
from desktop.screens.queue.actions import SORTS
from desktop.screens.queue.dialogs import BulkDialog, LineDialog
from desktop.support.formats import DISPOSITION_WORDS
from desktop.support.translation import ENGLISH, LANGUAGES, speak, tr
from desktop.tables.delegates import ICON, PAD
from desktop.tables.queue_model import COLUMNS
from domain.errors import InvalidDecision
from tests.fakes import FakeServices

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
FIELDS = [column.field for column in COLUMNS]


def press(qtbot, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(QApplication.focusWidget(), key, modifier)


def press_in_table(
    window: MainWindow, qtbot, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """After a dialog closed: offscreen, no window manager hands the focus back."""
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window, 10_000)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is window.queue_screen.table)
    qtbot.keyClick(window.queue_screen.table, key, modifier)


def type_in(qtbot, text: str) -> None:
    for character in text:
        qtbot.keyClick(QApplication.focusWidget(), character)


def dialog(kind: type):
    (found,) = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, kind) and widget.isVisible()]
    return found


def cell(window: MainWindow, line: int, field: str) -> str:
    return window.queue.table.data(window.queue.table.index(line, FIELDS.index(field)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_is_in_sight_and_no_word_is_cut(language: str, make_window, services: FakeServices, qtbot) -> None:
    speak(language)
    try:
        table = make_window(services).queue_screen.table
        table.window().resize(1280, 800)
        qtbot.waitUntil(lambda: table.horizontalScrollBar().maximum() == 0)
        header, metrics = table.horizontalHeader(), table.fontMetrics()
        assert all(header.sectionSize(at) + 1 >= header.sectionSizeHint(at) for at in range(header.count()))
        picture = max(ICON, metrics.height() - 4) + 5 + 2 * PAD  # beside the words, as PillDelegate paints them
        state = tr(DISPOSITION_WORDS["confirmed_fraud"])
        overdue = tr("Overdue {time}", time=tr("{count} h", count=47))
        assert header.sectionSize(FIELDS.index("state")) >= picture + metrics.horizontalAdvance(state)
        assert header.sectionSize(FIELDS.index("due_at")) >= picture + 7 + metrics.horizontalAdvance(overdue)
    finally:
        speak(ENGLISH)


def test_searching_filters_and_comes_back_to_the_table(window: MainWindow, services: FakeServices, qtbot) -> None:
    press(qtbot, Qt.Key.Key_Slash)
    assert QApplication.focusWidget() is window.queue_screen.search.field
    type_in(qtbot, "A-T-1007")
    with qtbot.waitSignal(window.queue.loaded):
        press(qtbot, Qt.Key.Key_Return)
    assert window.queue.count == 1
    assert QApplication.focusWidget() is window.queue_screen.table
    assert window.queue_screen.count.text() == "1 alert open"
    with qtbot.waitSignal(window.queue.loaded):
        window.queue_screen.search.field.clear()
    assert window.queue.count == 30


def test_the_queue_is_sorted_by_keyboard(window: MainWindow, services: FakeServices, qtbot) -> None:
    assert set(SORTS) == {column.sort for column in COLUMNS}
    press(qtbot, Qt.Key.Key_K, CONTROL)
    asked = dialog(Palette).query
    qtbot.keyClicks(asked, "sort by amount")
    with qtbot.waitSignal(window.queue.loaded):
        qtbot.keyClick(asked, Qt.Key.Key_Return)
    assert (window.queue.sort, window.queue.descending) == ("amount", True)
    with qtbot.waitSignal(window.queue.loaded):
        press_in_table(window, qtbot, Qt.Key.Key_O)
    assert (window.queue.sort, window.queue.descending) == ("amount", False)
    assert window.queue.table.headerData(FIELDS.index("amount"), Qt.Orientation.Horizontal) == "Amount ↑"


def test_the_ways_to_sort_take_one_line_of_the_menu(window: MainWindow) -> None:
    (menu,) = (entry.menu() for entry in window._menu_bar.actions() if entry.text() == "&Queue")
    for _ in range(2):
        menu.aboutToShow.emit()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    (sort,) = menu.findChildren(QMenu)
    assert [entry.text() for entry in sort.actions()] == [*SORTS.values(), "Turn the order round\tO"]
    assert "Sort by amount" not in [entry.text() for entry in menu.actions()]


def test_a_filter_that_cannot_be_understood_changes_nothing(window: MainWindow, qtbot) -> None:
    window.queue_screen.search.take_focus()
    type_in(qtbot, "amount>much")
    press(qtbot, Qt.Key.Key_Return)
    assert window.banner.message.text() == "amount: much is no number."
    assert window.queue.count == 30
    press(qtbot, Qt.Key.Key_Escape)
    assert window.queue_screen.search.field.text() == ""


def test_jump_to_a_row_and_to_an_id(window: MainWindow, qtbot) -> None:
    for wanted, line in (("12", 11), ("T-1020", 20), ("A-T-1003", 3)):
        press_in_table(window, qtbot, Qt.Key.Key_G)
        asked = dialog(LineDialog).field
        qtbot.keyClicks(asked, wanted)
        qtbot.keyClick(asked, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda line=line: window.queue_screen.table.line == line)
    press_in_table(window, qtbot, Qt.Key.Key_G)
    dialog(LineDialog).field.setText("A-T-9")
    dialog(LineDialog).accept()
    qtbot.waitUntil(window.banner.isVisible)
    assert "A-T-9 is not among the 30 rows" in window.banner.message.text()


def test_many_are_decided_after_a_yes_and_undone_in_one_go(window: MainWindow, services: FakeServices, qtbot) -> None:
    press(qtbot, Qt.Key.Key_J, SHIFT)
    press(qtbot, Qt.Key.Key_Down, SHIFT)
    assert window.queue_screen.count.text().endswith(", 3 chosen")
    press(qtbot, Qt.Key.Key_D)
    shown = dialog(BulkDialog)
    assert shown.go.text() == "Decide 3 alerts"
    assert not shown.go.isEnabled(), "nothing is decided by a second Enter alone"
    shown.disposition.setCurrentIndex(1)
    shown.note.setText("one campaign")
    with qtbot.waitSignal(window.queue.loaded):
        shown.go.click()
    assert ("decide_many", ("A-T-1000", "A-T-1001", "A-T-1002"), "false_positive", "one campaign", ()) in services.calls
    qtbot.waitUntil(lambda: window.notice.message.text() == "3 alerts: false positive.")
    qtbot.waitUntil(lambda: window.queue.count == 27)
    with qtbot.waitSignal(window.queue.loaded):
        press_in_table(window, qtbot, Qt.Key.Key_Z, CONTROL)
    assert ("reverse_many", ("A-T-1000", "A-T-1001", "A-T-1002")) in services.calls
    qtbot.waitUntil(lambda: window.queue.count == 30)


def test_what_was_chosen_and_written_stays_where_many_are_refused(
    window: MainWindow, services: FakeServices, qtbot
) -> None:
    services.fail["decide_many"] = InvalidDecision("False positive needs a note.", "Write why.")
    press(qtbot, Qt.Key.Key_J, SHIFT)
    press(qtbot, Qt.Key.Key_D)
    shown = dialog(BulkDialog)
    shown.disposition.setCurrentIndex(1)
    shown.reason.setCurrentIndex(1)
    reason = shown.reason.currentData()
    shown.note.setText("?")
    shown.go.click()
    qtbot.waitUntil(lambda: not window.long_work.busy and shown.go.isEnabled())
    assert shown.isVisible() and shown.banner.message.text() == "False positive needs a note."
    assert not window.banner.isVisible()
    assert (shown.disposition.currentIndex(), shown.reason.currentData(), shown.note.text()) == (1, reason, "?")
    del services.fail["decide_many"]
    shown.note.setText("one campaign")
    with qtbot.waitSignal(shown.finished):
        qtbot.keyClick(shown.note, Qt.Key.Key_Return)
    assert ("decide_many", ("A-T-1000", "A-T-1001"), "false_positive", "one campaign", (reason,)) in services.calls
    qtbot.waitUntil(lambda: window.notice.message.text() == "2 alerts: false positive.")


def test_many_are_not_decided_while_other_work_is_under_way(window: MainWindow, services: FakeServices, qtbot) -> None:
    services.go_on.clear()
    window.score()
    press(qtbot, Qt.Key.Key_D)
    shown = dialog(BulkDialog)
    shown.disposition.setCurrentIndex(1)
    shown.go.click()
    qtbot.waitUntil(shown.banner.isVisible)
    assert shown.banner.message.text() == "Scoring is still under way."
    with qtbot.waitSignal(window.queue.loaded):
        services.go_on.set()
    shown.go.click()
    assert shown.banner.message.text() == "The queue was sorted anew meanwhile.", "other alerts may stand there"
    assert services.decisions == {}
    gone = []
    shown.destroyed.connect(lambda: gone.append(True))
    shown.reject()
    qtbot.waitUntil(lambda: bool(gone))
    window.long_work.slow.emit("Scoring")  # the bar that went with the dialog hears nothing of it


def test_claim_release_snooze_and_wake(window: MainWindow, services: FakeServices, qtbot) -> None:
    with qtbot.waitSignal(window.queue.loaded):
        press(qtbot, Qt.Key.Key_C)
    qtbot.waitUntil(lambda: cell(window, 0, "claimed_by") == "tester")
    assert window.notice.message.text() == "1 alert is yours now."
    with qtbot.waitSignal(window.queue.loaded):
        press(qtbot, Qt.Key.Key_C, SHIFT)
    qtbot.waitUntil(lambda: cell(window, 0, "claimed_by") == "")
    with qtbot.waitSignal(window.queue.loaded):
        press(qtbot, Qt.Key.Key_Z)
    assert window.queue.count == 29
    assert window.notice.message.text().startswith("Asleep until ")


def test_whoever_does_something_to_a_row_stays_on_it(window: MainWindow, qtbot) -> None:
    window.queue_screen.table.step_to(12)
    with qtbot.waitSignal(window.queue.loaded):
        press(qtbot, Qt.Key.Key_C)
    assert window.queue_screen.table.line == 12
    with qtbot.waitSignal(window.queue.loaded):
        window.queue.sort_by("amount")
    assert window.queue_screen.table.line == 0, "another order begins at its top"


def test_whoever_decided_many_stands_where_they_began(window: MainWindow, qtbot) -> None:
    window.queue_screen.table.step_to(4)
    for _ in range(5):
        window.queue_screen.step_choosing(1)
    with qtbot.waitSignal(window.queue.loaded):
        window.queue.refresh()
    assert window.queue_screen.table.line == 4


def test_a_queue_that_is_read_again_leaves_the_field_of_the_search(window: MainWindow, qtbot) -> None:
    window.queue_screen.search.field.setFocus()
    with qtbot.waitSignal(window.queue.loaded):
        window.queue.refresh()
    assert window.queue_screen.search.field.hasFocus()


def test_a_queue_that_nobody_sees_takes_no_keys(window: MainWindow, qtbot) -> None:
    """Scoring ends while a note is typed."""
    window.walk.open_line(0)
    qtbot.waitUntil(lambda: window.case.narrative.finished)
    note = window.case_screen.decision_bar.note
    note.setFocus()
    with qtbot.waitSignal(window.queue.loaded):
        window.queue.refresh()
    assert note.hasFocus()


def test_decisions_for_one_and_for_many_are_taken_back_newest_first(
    window: MainWindow, services: FakeServices, qtbot
) -> None:
    def decide_two(first: int) -> None:
        with qtbot.waitSignal(window.queue.loaded):
            window.handling.decide(window.queue.snapshot, [(first, first + 2)], "inconclusive", "", (), lambda _: None)
        qtbot.waitUntil(lambda: not window.long_work.busy)

    def undo() -> None:
        with qtbot.waitSignal(window.handling.told):
            window.undo()
        qtbot.waitUntil(lambda: not window.long_work.busy)

    window.case.open("A-T-1009")
    qtbot.waitUntil(lambda: window.case.case is not None)
    with qtbot.waitSignal(window.case.decided):
        window.case.decide("inconclusive", "")
    decide_two(0)
    decide_two(0)
    with qtbot.waitSignal(window.handling.told):
        window.handling.claim([(0, 1)])
    undo()
    undo()
    with qtbot.waitSignal(window.case.reversed):
        window.undo()
    taken = [call[1] for call in services.calls if call[0] in ("reverse_many", "reverse")]
    assert taken == [("A-T-1002", "A-T-1003"), ("A-T-1000", "A-T-1001"), "A-T-1009"]
    assert not window.can_undo()


def test_a_view_is_saved_and_called_back(window: MainWindow, services: FakeServices, qtbot) -> None:
    with qtbot.waitSignal(window.queue.loaded):
        window.queue.search("C-0")
    window.queue_screen.ask_view_name()
    asked = dialog(LineDialog).field
    qtbot.keyClicks(asked, "Mine & <b>late</b>")
    with qtbot.waitSignal(window.queue.views_changed):
        qtbot.keyClick(asked, Qt.Key.Key_Return)
    with qtbot.waitSignal(window.queue.loaded):
        window.queue.search("")
    entry = window.queue_screen.search.views.menu().actions()[0]
    assert entry.text() == "Mine && <b>late</b>"
    with qtbot.waitSignal(window.queue.loaded):
        entry.trigger()
    assert window.queue_screen.search.field.text() == "C-0"
