"""Import, training, scoring and the report: progress, cancel, outcome, errors."""

from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.main_window import HEALTH, MainWindow
from desktop.screens.quit import QuitDialog
from desktop.screens.report.dialog import ReportDialog
from domain.errors import NotEnoughLabels, ReportFailed, WhyflagError
from domain.reporting import ReportRequest, Selection
from tests.fakes import FakeServices
from tests.gui.walking import unnamed


def dialog(kind: type) -> object:
    (found,) = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, kind) and widget.isVisible()]
    return found


def test_quick_work_shows_its_outcome_without_a_progress_bar(window: MainWindow, qtbot) -> None:
    shown: list[str] = []
    window.long_work.slow.connect(shown.append)
    window.train()
    qtbot.waitUntil(window.banner.isVisible)
    assert "120,000 transactions, 1,004 of them known fraud. Average precision 0.711" in window.banner.message.text()
    assert shown == []


def test_slow_work_shows_progress_and_can_be_cancelled(window: MainWindow, services: FakeServices, qtbot) -> None:
    services.go_on.clear()
    window.score()
    qtbot.waitUntil(window.work_bar.isVisible)
    assert window.work_bar.words.text() == "Scoring: scoring"
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not window.work_bar.isVisible())
    assert services.abandoned.is_set()
    assert window.banner.message.text() == "Cancelled. Nothing of the unfinished step was kept."


def test_the_queue_is_read_while_work_is_under_way(window: MainWindow, services: FakeServices, qtbot) -> None:
    services.go_on.clear()
    window.train()
    with qtbot.waitSignal(window.queue.loaded):
        window.queue.refresh()
    assert window.long_work.busy
    window.score()
    assert window.banner.message.text() == "Training is still under way."
    services.go_on.set()
    qtbot.waitUntil(lambda: not window.long_work.busy)


def test_scoring_reads_the_queue_anew(window: MainWindow, qtbot) -> None:
    with qtbot.waitSignal(window.queue.loaded):
        window.score()


@pytest.mark.parametrize("name", ["train", "score"])
def test_a_failure_shows_its_message_and_hint(window: MainWindow, services: FakeServices, qtbot, name: str) -> None:
    services.fail[name] = NotEnoughLabels("Only 3 frauds are known.", "Import more labels.")
    getattr(window, name)()
    qtbot.waitUntil(window.banner.isVisible)
    assert window.banner.message.text() == "Only 3 frauds are known."
    assert window.banner.hint.text() == "Import more labels."


@pytest.mark.parametrize("name", ["queue", "page", "case", "health", "transactions", "decide", "reverse"])
def test_no_failure_is_swallowed(make_window, services: FakeServices, qtbot, name: str) -> None:
    services.fail[name] = WhyflagError(f"{name} failed.", "Try again.")
    window = make_window(services)
    if name not in ("queue", "page"):
        qtbot.waitUntil(lambda: window.queue.table.row(0) is not None)
        window.go(HEALTH)
        window.walk.open_line(0)
    if name in ("decide", "reverse"):
        qtbot.waitUntil(lambda: window.case.case is not None)
        window.case_screen.decision_bar.choose("escalated")
    if name == "reverse":
        qtbot.waitUntil(lambda: window.can_undo())
        window.case.undo()
    qtbot.waitUntil(lambda: window.banner.message.text() == f"{name} failed.")
    assert window.banner.hint.text() == "Try again."


def test_a_bug_is_shown_as_one(window: MainWindow, services: FakeServices, qtbot, caplog) -> None:
    window.cases_ahead.stop()  # which would meet the bug, and log it, too
    window.case.forget_ready()
    services.fail["case"] = ZeroDivisionError("division by zero")
    window.walk.open_line(0)
    qtbot.waitUntil(window.banner.isVisible)
    assert "ZeroDivisionError" in window.banner.message.text()
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_report_names_its_files(window: MainWindow, services: FakeServices, qtbot, tmp_path: Path) -> None:
    window.dialogs.ask_report()
    shown = dialog(ReportDialog)
    shown.folder.setText(str(tmp_path))
    shown.limit.setText("")
    shown.formats["html"].setChecked(True)
    shown.export.click()
    qtbot.waitUntil(shown.banner.isVisible)
    assert ("report", ReportRequest(tmp_path, ("pdf", "json", "html"))) in services.calls
    assert "report.pdf, report.json, report.html" in shown.banner.message.text()
    shown.close()


def test_report_takes_its_filters_and_tells_before_what_it_would_hold(
    window: MainWindow, services: FakeServices, qtbot, tmp_path: Path
) -> None:
    window.dialogs.ask_report()
    shown = dialog(ReportDialog)
    qtbot.waitUntil(lambda: "100 of 431 alerts" in shown.preview.text())
    shown.folder.setText(str(tmp_path))
    shown.first_day.setText("2026-02-01")
    shown.last_day.setText("2026-02-28")
    shown.band.setCurrentIndex(shown.band.findData("critical"))
    shown.state.setCurrentIndex(shown.state.findData("escalated"))
    shown.mask.setCurrentIndex(shown.mask.findData("external"))
    shown.query.setText("C-0077")
    shown.limit.setText("7")
    chosen = Selection(datetime(2026, 2, 1), datetime(2026, 3, 1), "critical", "escalated", "C-0077", 7)
    qtbot.waitUntil(lambda: ("preview_report", chosen) in services.calls)
    qtbot.waitUntil(lambda: "7 of 431 alerts" in shown.preview.text())
    shown.export.click()
    qtbot.waitUntil(shown.banner.isVisible)
    assert ("report", ReportRequest(tmp_path, ("pdf", "json"), chosen, "external")) in services.calls
    shown.last_day.setText("28.2.")
    shown.export.click()
    assert "'28.2.' is no date" in shown.banner.message.text()
    shown.close()


def test_a_limit_that_cannot_be_read_is_refused_in_the_reports_dialog(
    window: MainWindow, services: FakeServices, qtbot
) -> None:
    window.dialogs.ask_report()
    shown = dialog(ReportDialog)
    shown.limit.setText("+")
    qtbot.waitUntil(lambda: "'+' is no number of alerts" in shown.preview.text())
    shown.export.click()
    assert "'+' is no number of alerts" in shown.banner.message.text()
    assert "report" not in [call[0] for call in services.calls if isinstance(call, tuple)]
    shown.limit.setText("1,000")
    shown.export.click()
    qtbot.waitUntil(lambda: "Written to" in shown.banner.message.text())
    (request,) = [call[1] for call in services.calls if call[0] == "report"]
    assert request.selection.limit == 1000
    shown.close()


def test_report_pauses_goes_on_and_is_cancelled(window: MainWindow, services: FakeServices, qtbot) -> None:
    services.go_on.clear()
    window.dialogs.ask_report()
    shown = dialog(ReportDialog)
    assert not shown.pause.isVisible()
    shown.export.click()
    qtbot.waitUntil(shown.pause.isVisible)
    shown.pause.click()
    assert shown.pause.text() == "Go on"
    services.go_on.set()
    qtbot.waitUntil(lambda: "paused" in shown.work_bar.words.text())
    assert window.long_work.busy, "nothing goes on while it is paused"
    shown.pause.click()
    qtbot.waitUntil(lambda: "Written to" in shown.banner.message.text())
    services.go_on.clear()
    with qtbot.waitSignal(window.long_work.progressed):  # what has not begun has nothing to abandon
        shown.export.click()
    qtbot.waitUntil(shown.pause.isVisible)
    shown.pause.click()
    window.long_work.cancel()
    qtbot.waitUntil(lambda: not window.long_work.busy)
    assert services.abandoned.is_set()
    assert not shown.pause.isVisible()
    shown.close()


def test_report_errors_are_shown_in_its_dialog(window: MainWindow, services: FakeServices, qtbot) -> None:
    services.fail["report"] = ReportFailed("The folder is read-only.", "Choose another one.")
    window.dialogs.ask_report()
    shown = dialog(ReportDialog)
    shown.export.click()
    qtbot.waitUntil(shown.banner.isVisible)
    assert shown.banner.hint.text() == "Choose another one."
    for box in shown.formats.values():
        box.setChecked(False)
    shown.export.click()
    assert "at least one format" in shown.banner.message.text()
    shown.close()


def test_a_report_that_ends_after_its_dialog_is_closed_is_told_in_the_window(
    window: MainWindow, services: FakeServices, qtbot
) -> None:
    services.go_on.clear()
    window.dialogs.ask_report()
    shown = dialog(ReportDialog)
    shown.export.click()
    shown.close()
    services.go_on.set()
    qtbot.waitUntil(window.banner.isVisible)
    assert "report.pdf, report.json" in window.banner.message.text()
    assert window.banner.action.text() == "Open folder"
    services.fail["report"] = ReportFailed("The folder is read-only.", "Choose another one.")
    window.dialogs.ask_report()
    shown = dialog(ReportDialog)
    shown.export.click()
    shown.close()
    qtbot.waitUntil(lambda: window.banner.message.text() == "The folder is read-only.")
    assert window.banner.hint.text() == "Choose another one."


def test_closing_stops_what_is_under_way(make_window, services: FakeServices, qtbot) -> None:
    window = make_window(services)
    qtbot.waitUntil(lambda: window.queue.table.row(0) is not None)
    services.go_on.clear()
    window.walk.open_line(0)
    window.train()
    qtbot.waitUntil(lambda: bool(window.case.narrative.pending) and window.long_work.busy)
    window.close()
    assert services.closed
    assert services.abandoned.is_set()


def test_quitting_asks_before_work_under_way_is_lost(window: MainWindow, services: FakeServices, qtbot) -> None:
    services.go_on.clear()
    with qtbot.waitSignal(window.long_work.progressed):  # what has not begun has nothing to abandon
        window.train()
    qtbot.keyClick(window.queue_screen.table, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    asked = dialog(QuitDialog)
    assert asked.heading.text() == "Training is still under way." and unnamed(asked) == []
    qtbot.keyClick(asked, Qt.Key.Key_Return)
    assert window.isVisible() and window.long_work.busy and not asked.isVisible()
    window.windowHandle().close()  # its frame's button
    assert window.isVisible() and not services.closed
    dialog(QuitDialog).quit.click()
    assert services.closed and services.abandoned.is_set()


def test_quitting_asks_no_more_once_the_work_has_ended(window: MainWindow, services: FakeServices, qtbot) -> None:
    services.go_on.clear()
    window.train()
    window.quit()
    asked = dialog(QuitDialog)
    services.go_on.set()
    qtbot.waitUntil(lambda: not asked.isVisible())
    assert window.isVisible() and not services.closed
    window.quit()
    assert services.closed
