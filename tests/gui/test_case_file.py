"""Notes and attachments of a case, by keyboard; what is typed is kept."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from desktop.main_window import MainWindow
from domain.errors import StoreDamaged
from tests.fakes import FakeServices


def press(qtbot, key: Qt.Key) -> None:
    qtbot.keyClick(QApplication.focusWidget(), key)


def cells(window: MainWindow, line: int) -> list[str]:
    model = window.case_screen.file.table.model()
    return [model.data(model.index(line, column)) for column in range(1, 4)]


def open_file(window: MainWindow, qtbot) -> None:
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.case.narrative.finished)
    press(qtbot, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: window.case_screen.file.table.model().rowCount() > 0)


def test_a_note_is_kept_while_it_is_typed_and_added_by_enter(window: MainWindow, services: FakeServices, qtbot) -> None:
    open_file(window, qtbot)
    panel = window.case_screen.file
    assert panel.note.hasFocus() and cells(window, 0) == ["tester", "Explained", ""]
    qtbot.keyClicks(panel.note, "called <b>her</b>")
    qtbot.waitUntil(lambda: services.typed == {("A-T-1000", "note"): "called <b>her</b>"})
    press(qtbot, Qt.Key.Key_Escape)
    window.walk.next()
    qtbot.waitUntil(lambda: window.case.case is not None and window.case.case.alert.alert_id == "A-T-1001")
    assert panel.note.text() == "", "a note belongs to one case"
    window.case.open("A-T-1000")
    qtbot.waitUntil(lambda: window.case.case is not None and window.case.narrative.finished)
    press(qtbot, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: panel.note.text() == "called <b>her</b>")
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.table.model().rowCount() == 2)
    assert cells(window, 0) == ["tester", "Note", "called <b>her</b>"]
    assert panel.note.text() == "" and services.typed == {}
    assert services.decisions == {}, "digits and letters in a field are no decisions"


def test_a_file_is_attached_and_saved_again(
    window: MainWindow, services: FakeServices, qtbot, monkeypatch, tmp_path: Path
) -> None:
    open_file(window, qtbot)
    panel = window.case_screen.file
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "receipt.pdf"), ""))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "out.pdf"), ""))
    panel.attach.setFocus()
    press(qtbot, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: panel.table.model().rowCount() == 2)
    assert cells(window, 0)[2] == f"receipt.pdf (2 KB, sha256 {'a' * 12})"
    panel.table.step_to(0)
    panel.table.setFocus()
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: ("export_attachment", 1, tmp_path / "out.pdf") in services.calls)


def test_a_note_is_added_once_and_what_is_typed_meanwhile_stays(
    window: MainWindow, services: FakeServices, qtbot
) -> None:
    open_file(window, qtbot)
    note = window.case_screen.file.note
    qtbot.keyClicks(note, "called back")
    press(qtbot, Qt.Key.Key_Return)
    press(qtbot, Qt.Key.Key_Return)
    qtbot.keyClicks(note, ", twice")
    with qtbot.waitSignal(window.file.shown):
        pass
    assert [call[2] for call in services.calls if call[0] == "add_note"] == ["called back"]
    assert note.text() == "called back, twice"


def test_of_a_case_that_cannot_be_read_no_other_is_in_sight(window: MainWindow, services: FakeServices, qtbot) -> None:
    """A note would be added to the one, under the words of the other."""
    open_file(window, qtbot)
    window.cases_ahead.stop()
    window.case.forget_ready()
    services.fail["case"] = StoreDamaged("A page is damaged.")
    with qtbot.waitSignal(window.case.closed):
        window.walk.next()
    screen = window.case_screen
    assert screen._states.currentWidget() is screen._none
    window.file.add_note("for nobody")
    assert not any(call[0] == "add_note" for call in services.calls)
