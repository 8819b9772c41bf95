"""The window on a real store: a case is opened, decided, taken back and reported, and the audit knows it all."""

import json

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication

from desktop.application import Application, Product
from desktop.opening import open_services
from desktop.screens.report.dialog import ReportDialog
from desktop.session import Session, SessionFile
from desktop.settings import Settings, SettingsFile
from tests.e2e.command import Whyflag

PATIENCE_MS = 60_000


@pytest.fixture
def window(qapp, qtbot, demo: Whyflag, tmp_path, monkeypatch):
    monkeypatch.setenv("WHYFLAG_DATA", str(tmp_path / "without-a-model"))
    monkeypatch.setattr("desktop.bootstrap.MODEL_PACK", tmp_path / "nor-one-of-the-machine")
    kept = SettingsFile(tmp_path / "settings.json", Settings()), SessionFile(tmp_path / "session.json", Session())
    application = Application(qapp, open_services, *kept, Product("0", ""))
    application.start(demo.store, demo.passphrase_file.read_text(encoding="utf-8").rstrip("\n"))
    qtbot.waitUntil(lambda: application.window is not None, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: application.window.queue.table.row(0) is not None, timeout=PATIENCE_MS)
    yield application.window
    application.window.close()
    application.window.deleteLater()
    application._unlocking.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_a_case_is_reviewed_and_reported(window, qtbot, demo: Whyflag, tmp_path) -> None:
    first, second = (window.queue.table.row(line) for line in (0, 1))
    window.activateWindow()
    window.queue_screen.table.setFocus()
    qtbot.keyClick(window.queue_screen.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.case.narrative.finished, timeout=PATIENCE_MS)
    case = window.case.case
    assert case.alert.alert_id == first.alert_id
    assert case.alert.score == pytest.approx(first.score)
    assert {sentence.status for sentence in window.case.narrative.sentences} == {"template"}
    qtbot.waitUntil(lambda: window.case_screen.rows_model.rowCount() == len(case.evidence[0].rows), timeout=PATIENCE_MS)

    window.case_screen.decision_bar.note.setText("Customer denies it.")
    window.case_screen.decision_bar.choose("confirmed_fraud")
    qtbot.waitUntil(
        lambda: window.case.alert_id == second.alert_id and window.case.case is not None, timeout=PATIENCE_MS
    )
    window.case.undo()
    qtbot.waitUntil(
        lambda: window.case.alert_id == first.alert_id and window.case.case is not None, timeout=PATIENCE_MS
    )
    assert [decision.disposition for decision in window.case.case.decisions] == [None, "confirmed_fraud"]
    window.case_screen.decision_bar.choose("escalated")
    qtbot.waitUntil(lambda: window.case.alert_id == second.alert_id, timeout=PATIENCE_MS)

    window.dialogs.ask_report()
    (dialog,) = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, ReportDialog)]
    dialog.folder.setText(str(tmp_path / "out"))
    dialog.formats["pdf"].setChecked(False)
    dialog.limit.setText("2")
    dialog.export.click()
    qtbot.waitUntil(lambda: "Written to" in dialog.banner.message.text(), timeout=PATIENCE_MS)
    dialog.close()
    (written,) = (path for path in (tmp_path / "out").iterdir() if "manifest" not in path.name)
    assert first.alert_id in json.dumps(json.loads(written.read_text(encoding="utf-8")))

    window.close()
    assert demo.run("audit", "verify")
