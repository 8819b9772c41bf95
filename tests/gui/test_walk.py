"""A review by keyboard alone, over use cases in memory."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.main_window import CASE, QUEUE
from domain.errors import NarratorUnavailable
from tests.fakes import FakeServices


def keys(qtbot, text: str) -> None:
    """Types into whatever has the focus, as a person would."""
    for character in text:
        qtbot.keyClick(QApplication.focusWidget(), character)


def press(qtbot, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(QApplication.focusWidget(), key, modifier)


def opened(window) -> str | None:
    return window.case.case.alert.alert_id if window.case.case else None


def place(window) -> int:
    return window._screens.currentIndex()


def test_review_by_keyboard(window, services: FakeServices, qtbot) -> None:
    keys(qtbot, "jjk")
    assert window.queue_screen.table.line == 1
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opened(window) == "A-T-1001")
    assert place(window) == CASE
    qtbot.waitUntil(lambda: window.case.narrative.finished)
    assert [row.text.text() for row in window.case_screen.narrative.rows] == [
        "The strongest reason: 508.50 EUR, 25 times the customer's 90-day mean of 20.34 EUR, which raises it.",
        "It is the customer's first payment at this merchant, which raises the score.",
        "1 payment by the customer in 24 hours, usual is 1.9; this lowers the score.",
    ]

    window.case_screen.narrative.rows[2].chips[0].setFocus()
    press(qtbot, Qt.Key.Key_Space)
    assert window.case_screen.evidence_model.item(window.case_screen.evidence.line).id == "E4"

    keys(qtbot, "t")
    keys(qtbot, "Denied 3 times")
    assert services.decisions == {}, "digits in the note are no dispositions"
    press(qtbot, Qt.Key.Key_Escape)
    assert place(window) == CASE
    keys(qtbot, "1")
    qtbot.waitUntil(lambda: opened(window) == "A-T-1002")
    (decision,) = services.decisions["A-T-1001"]
    assert (decision.disposition, decision.note) == ("confirmed_fraud", "Denied 3 times")
    assert window.case_screen.decision_bar.note.text() == ""
    assert window.notice.message.text() == "A-T-1001: confirmed fraud."

    press(qtbot, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: opened(window) == "A-T-1001")
    assert [decision.disposition for decision in services.decisions["A-T-1001"]] == ["confirmed_fraud", None]
    assert window.queue.table.row(1).state == "open"

    keys(qtbot, "n")
    qtbot.waitUntil(lambda: opened(window) == "A-T-1002")
    press(qtbot, Qt.Key.Key_Escape)
    assert place(window) == QUEUE
    assert window.queue_screen.table.line == 2


def test_each_key_gives_its_disposition(window, services: FakeServices, qtbot) -> None:
    press(qtbot, Qt.Key.Key_Return)
    for number, key in enumerate("1234"):
        qtbot.waitUntil(lambda number=number: opened(window) == f"A-T-{1000 + number}")
        keys(qtbot, key)
    qtbot.waitUntil(lambda: opened(window) == "A-T-1004")
    given = [services.decisions[f"A-T-{1000 + number}"][0].disposition for number in range(4)]
    assert given == ["confirmed_fraud", "false_positive", "inconclusive", "escalated"]


def test_next_skips_what_was_decided(window, services: FakeServices, qtbot) -> None:
    window.queue.mark("A-T-1001", "decided", "false_positive")
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opened(window) == "A-T-1000")
    keys(qtbot, "n")
    qtbot.waitUntil(lambda: opened(window) == "A-T-1002")


def test_the_end_of_the_queue_says_so(window, services: FakeServices, qtbot) -> None:
    window.queue_screen.table.step_to(29)
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opened(window) == "A-T-1029")
    keys(qtbot, "2")
    qtbot.waitUntil(lambda: place(window) == QUEUE)
    assert "No open alert is left below" in window.banner.message.text()
    press(qtbot, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(services.decisions["A-T-1029"]) == 2)


def test_a_draft_is_greyed_until_its_sentence_is_verified(window, services: FakeServices, qtbot) -> None:
    services.go_on.clear()
    press(qtbot, Qt.Key.Key_Return)
    panel = window.case_screen.narrative
    qtbot.waitUntil(lambda: panel.draft.isVisible() and bool(panel.draft.text()))
    assert panel.rows == []
    assert panel.draft.text().startswith("The strongest reason: 508.50 EUR")
    assert panel.draft_heading.text() == "Draft, not verified yet"
    services.go_on.set()
    qtbot.waitUntil(lambda: window.case.narrative.finished)
    assert len(panel.rows) == 3
    assert not panel.draft.isVisible()


def test_another_case_stops_the_narration_of_the_first(window, services: FakeServices, qtbot) -> None:
    services.go_on.clear()
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(window.case.narrative.pending))
    keys(qtbot, "n")
    qtbot.waitUntil(services.abandoned.is_set)
    qtbot.waitUntil(lambda: opened(window) == "A-T-1001")
    services.go_on.set()
    qtbot.waitUntil(lambda: window.case.narrative.finished)
    assert len(window.case.narrative.sentences) == 3


def test_without_the_model_the_template_speaks(window, services: FakeServices, qtbot) -> None:
    services.fail["narrate"] = NarratorUnavailable("The model was killed.", "It is started again with the next alert.")
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.case.narrative.finished)
    assert {sentence.status for sentence in window.case.narrative.sentences} == {"template"}
    assert window.banner.message.text() == "The model was killed."
    assert window.banner.hint.text() == "It is started again with the next alert."


def test_the_rows_behind_the_evidence_are_shown(window, services: FakeServices, qtbot) -> None:
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.case_screen.rows_model.rowCount() == 12)
    keys(qtbot, "r")
    assert window.case_screen.rows.isVisible()
    assert window.case_screen.tabs.tabText(1) == "Rows behind E1 (12)"
    keys(qtbot, "h")
    assert window.case_screen.chart.isVisible()


def test_filter_and_sort_ask_for_a_new_snapshot(window, services: FakeServices, qtbot) -> None:
    table = window.queue_screen.table
    with qtbot.waitSignal(window.queue.loaded):
        table.horizontalHeader().sectionClicked.emit(3)
    with qtbot.waitSignal(window.queue.loaded):
        table.horizontalHeader().sectionClicked.emit(3)
    with qtbot.waitSignal(window.queue.loaded):
        window.queue_screen.filters.button(3).click()
    asked = [call[1] for call in services.calls if call[0] == "queue"]
    assert [(query.sort, query.descending, query.state) for query in asked] == [
        ("score", True, "open"),
        ("amount", True, "open"),
        ("amount", False, "open"),
        ("amount", False, None),
    ]
    assert table.model().headerData(3, Qt.Orientation.Horizontal) == "Amount ↑"
