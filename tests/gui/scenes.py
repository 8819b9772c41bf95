"""Walks a window through every screen, every panel of a case and every dialog: the scenes that are pictured, too."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QWidget

from desktop.main_window import QUEUE, MainWindow
from desktop.pictures.scenes import SCENES, Stage
from desktop.support.look import Look
from domain.import_report import ImportReport
from tests.window_data import an_import_report


def scenes(
    window: MainWindow, look: Look, folder: Path, qtbot, report: ImportReport | None = None
) -> Iterator[tuple[str, QWidget]]:
    """(name, the window or the dialog) of each, with all that it reads in sight. Opens the first case."""
    report = report or an_import_report()
    stage = Stage(window, window._tasks, look, folder / "demo.duckdb", folder / "file.csv", report)
    qtbot.waitUntil(lambda: window.queue_screen.table.line == 0 and window.queue.table.row(0) is not None)
    window.walk.open_line(0)
    qtbot.waitUntil(lambda: window.case.narrative.finished and window.case_screen.rows_model.rowCount() > 0)
    for scene in SCENES:
        if scene.before is not None:
            scene.before(stage)
            qtbot.waitUntil(lambda: not window._tasks.busy)
        dialog = scene.show(stage)
        qtbot.wait(20)
        qtbot.waitUntil(lambda: not window._tasks.busy)
        yield scene.name, dialog or window
        if dialog is not None:
            dialog.close()
            dialog.deleteLater()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        window.go(QUEUE)
        window.queue_screen.table.step_to(0)
