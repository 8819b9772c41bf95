"""The texts for customer and authority: one key away, and each edit is kept."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.main_window import MainWindow
from desktop.screens.case.texts_dialog import TextsDialog
from tests.fakes import FakeServices
from tests.gui.walking import unnamed


def opened(window: MainWindow, qtbot, key: Qt.Key) -> TextsDialog:
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.case.narrative.finished)
    qtbot.keyClick(QApplication.focusWidget(), key)
    (dialog,) = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, TextsDialog)]
    qtbot.waitUntil(lambda: dialog.fields["call"].toPlainText() == "Good day.")
    return dialog


def test_an_edit_is_kept_beside_its_draft(window: MainWindow, services: FakeServices, qtbot) -> None:
    dialog = opened(window, qtbot, Qt.Key.Key_P)
    assert unnamed(dialog) == [] and dialog.kind == "call"
    dialog.fields["call"].setPlainText("Good day, Ms Ito.")
    dialog.save_button.click()
    qtbot.waitUntil(lambda: ("save_text", "A-T-1000", "call", "Good day.", "Good day, Ms Ito.") in services.calls)
    qtbot.waitUntil(lambda: dialog.told["call"].text().startswith("1 edit, the last by tester"))
    dialog.close()
    dialog.deleteLater()
    assert sum(call[0] == "save_text" for call in services.calls) == 1, "what did not change is no edit"


def test_closing_loses_nothing(window: MainWindow, services: FakeServices, qtbot) -> None:
    dialog = opened(window, qtbot, Qt.Key.Key_D)
    assert dialog.kind == "sar" and "[E1]" in dialog.fields["sar"].toPlainText()
    dialog.fields["sar"].setPlainText("Who: the holder.")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: any(call[:3] == ("save_text", "A-T-1000", "sar") for call in services.calls))
    dialog.deleteLater()
