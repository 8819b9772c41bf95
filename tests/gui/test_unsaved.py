"""What is typed about a case is there again after a restart, and gone once it is saved."""

import threading

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.main_window import MainWindow
from desktop.screens.case.contest_dialog import ContestDialog
from desktop.screens.case.texts_dialog import TextsDialog
from domain.errors import StoreDamaged
from tests.fakes import FakeServices
from tests.gui.conftest import MakeWindow

ALERT = "A-T-1000"


def case_of(window: MainWindow, qtbot, alert_id: str = ALERT) -> None:
    window.case.open(alert_id)
    qtbot.waitUntil(lambda: window.case.case is not None and window.case.case.alert.alert_id == alert_id)
    qtbot.waitUntil(lambda: window.case.narrative.finished)


def dialog_of(kind):
    return next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, kind) and widget.isVisible())


def test_the_note_to_a_decision_is_there_again(make_window: MakeWindow, services: FakeServices, qtbot) -> None:
    window = make_window(services)
    case_of(window, qtbot)
    qtbot.keyClicks(window.case_screen.decision_bar.note, "holder abroad")
    window.close()
    assert services.typed == {(ALERT, "decision"): "holder abroad"}, "closed before the pause in typing was over"
    window = make_window(services)
    case_of(window, qtbot)
    note = window.case_screen.decision_bar.note
    qtbot.waitUntil(lambda: note.text() == "holder abroad")
    case_of(window, qtbot, "A-T-1001")
    assert note.text() == "", "it belongs to one case"
    case_of(window, qtbot)
    qtbot.waitUntil(lambda: note.text() == "holder abroad")
    window.case_screen.decision_bar.choose("false_positive")
    qtbot.waitUntil(lambda: services.typed == {})
    assert services.decisions[ALERT][0].note == "holder abroad"


def test_a_text_is_there_again_and_said_to_be_unsaved(window: MainWindow, services: FakeServices, qtbot) -> None:
    case_of(window, qtbot)
    services.typed[ALERT, "call"] = "Good day, Ms"
    window.dialogs.ask_text("call")
    dialog = dialog_of(TextsDialog)
    field = dialog.fields["call"]
    qtbot.waitUntil(lambda: field.toPlainText() == "Good day, Ms")
    assert "not saved yet" in dialog.told["call"].text()
    field.moveCursor(field.textCursor().MoveOperation.End)
    qtbot.keyClicks(field, " Ito")
    qtbot.waitUntil(lambda: services.typed[ALERT, "call"] == "Good day, Ms Ito")
    dialog.save_button.click()
    qtbot.waitUntil(lambda: services.typed == {})
    assert ("save_text", ALERT, "call", "Good day.", "Good day, Ms Ito") in services.calls
    dialog.close()


def test_nothing_is_typed_before_what_was_typed_last_is_there(window, services: FakeServices, qtbot) -> None:
    case_of(window, qtbot)
    services.typed[ALERT, "call"] = "Good day, Ms"
    known, asked, go_on = services.unsaved, threading.Event(), threading.Event()
    services.unsaved = lambda alert_id: (asked.set(), go_on.wait(60), known(alert_id))[-1]
    window.dialogs.ask_text("call")
    dialog = dialog_of(TextsDialog)
    field = dialog.fields["call"]
    qtbot.waitUntil(asked.is_set)
    typed_over = field.isEnabled()
    dialog.save()
    go_on.set()
    qtbot.waitUntil(lambda: field.toPlainText() == "Good day, Ms")
    assert not typed_over and field.isEnabled()
    assert not any(call[0] == "save_text" for call in services.calls), "an empty field is no edit of a text"
    dialog.close()


def test_the_draft_is_there_where_what_was_typed_last_cannot_be_read(window, services: FakeServices, qtbot) -> None:
    case_of(window, qtbot)

    def unsaved(alert_id: str) -> None:
        raise StoreDamaged("The store cannot be read.", "")

    services.unsaved = unsaved
    window.dialogs.ask_text("call")
    field = dialog_of(TextsDialog).fields["call"]
    qtbot.waitUntil(field.isEnabled)
    assert field.toPlainText() == "Good day."
    assert window.banner.message.text() == "The store cannot be read."
    dialog_of(TextsDialog).close()


def test_the_ground_of_a_contest_is_there_again(make_window: MakeWindow, services: FakeServices, qtbot) -> None:
    services.decide(ALERT, "confirmed_fraud", "")
    window = make_window(services)
    case_of(window, qtbot)
    window.dialogs.ask_contest()
    qtbot.keyClicks(dialog_of(ContestDialog).ground, "the holder")
    qtbot.keyClick(dialog_of(ContestDialog), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: services.typed == {(ALERT, "contest"): "the holder"})
    window.dialogs.ask_contest()
    qtbot.waitUntil(lambda: dialog_of(ContestDialog).ground.toPlainText() == "the holder")
    assert dialog_of(ContestDialog).reopen.isEnabled()
    dialog_of(ContestDialog).close()
