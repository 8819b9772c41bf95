"""The threshold screen by keyboard and mouse, over use cases in memory."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from desktop.main_window import THRESHOLD, MainWindow
from desktop.widgets.dialog import Dialog
from domain.errors import StoreEmpty
from domain.thresholds import AlertBudget, TargetPrecision
from tests.fakes import FakeServices


def applied(services: FakeServices) -> list[object]:
    return [call[1] for call in services.calls if call[0] == "apply_threshold"]


def asked() -> Dialog:
    (dialog,) = [
        widget for widget in QApplication.topLevelWidgets() if isinstance(widget, Dialog) and widget.isVisible()
    ]
    return dialog


def press(dialog: Dialog, words: str) -> None:
    next(button for button in dialog.findChildren(QPushButton) if button.text() == words).click()


def test_a_threshold_is_seen_confirmed_and_applied(window: MainWindow, services: FakeServices, qtbot) -> None:
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    screen = window.threshold_screen
    qtbot.waitUntil(lambda: window.threshold.shown is not None)
    assert window._screens.currentIndex() == THRESHOLD
    assert screen.preview.text() == "0 added, 0 removed, 100 kept"

    screen.choice.budget.selectAll()
    qtbot.keyClicks(QApplication.focusWidget(), "250")
    assert screen.choice.budget.text() == "250", "the field of the choice has the focus"
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert not screen.apply.isEnabled(), "the preview is of the former figure"
    qtbot.waitUntil(screen.apply.isEnabled)
    assert screen.preview.text() == "150 added, 0 removed, 100 kept"
    assert screen.changed.rowCount() == 150
    assert "Proposed: 250.0 alerts a day" in screen.chart._plot.accessibleDescription()

    screen.apply.click()
    press(asked(), "Cancel")
    assert applied(services) == []
    screen.apply.click()
    with qtbot.waitSignal(window.queue.loaded):
        press(asked(), "Apply")
    assert applied(services) == [AlertBudget(250.0)]
    assert "5,000 alerts now, 3,000 added, 0 removed" in window.banner.message.text()


def test_a_precision_is_chosen_and_an_unreadable_one_cannot_be_applied(
    window: MainWindow, services: FakeServices, qtbot
) -> None:
    window.queue_screen.threshold.click()
    screen = window.threshold_screen
    qtbot.waitUntil(lambda: window.threshold.shown is not None)
    screen.choice.choose("precision")
    qtbot.waitUntil(lambda: window.threshold.shown is not None)
    assert window.threshold.shown.policy == TargetPrecision(0.5)
    screen.choice.precision.setText("most")
    screen.choice.precision.returnPressed.emit()
    assert not screen.apply.isEnabled()
    assert "'most' is no number" in screen.note_of_figures.text()


def test_without_scores_the_screen_says_what_to_do(window: MainWindow, services: FakeServices, qtbot) -> None:
    services.fail["threshold_basis"] = StoreEmpty("Nothing scored.")
    window.go(THRESHOLD)
    screen = window.threshold_screen
    qtbot.waitUntil(lambda: screen._states.currentWidget() is screen._unscored)
    assert not window.banner.isVisible()
