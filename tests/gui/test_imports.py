"""The import wizard: dropped or typed files, the guessed mapping, its editor, the import, its report. By keyboard."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from desktop.main_window import MainWindow
from desktop.screens.imports.columns_page import COLUMN, CONSTANT, EXPRESSION, NOTHING, ROW_ID
from desktop.screens.imports.dialog import COLUMNS, FILES, REPORT, ImportDialog
from domain.errors import MappingInvalid, SourceUnreadable
from domain.mapping import Mapping, Rule
from domain.sample import Sample, SampleColumn, TrialFault
from tests.fakes import FakeServices
from tests.gui.walking import unnamed

PATHS = (Path("/data/a.csv"), Path("/data/b.csv"))


@pytest.fixture
def wizard(window: MainWindow) -> ImportDialog:
    window.dialogs.ask_import()
    return next(shown for shown in QApplication.topLevelWidgets() if isinstance(shown, ImportDialog))


@pytest.fixture
def mapped(wizard: ImportDialog, qtbot) -> ImportDialog:
    """Stands at the guessed mapping, which was tried."""
    wizard.take(PATHS)
    qtbot.waitUntil(lambda: wizard.page == COLUMNS and wizard.model.trial is not None)
    return wizard


def choose(wizard: ImportDialog, column: str, kind: int, name: str = "") -> None:
    lines = wizard.model.lines
    wizard.columns.table.step_to(next(n for n, line in enumerate(lines) if line.column.name == column))
    box = wizard.columns.source
    box.setCurrentIndex(next(n for n in range(box.count()) if tuple(box.itemData(n)) == (kind, name)))
    box.activated.emit(box.currentIndex())


def rule(wizard: ImportDialog, column: str) -> Rule | None:
    return {name: rules[0] for name, rules in wizard.model.mapping.columns}.get(column)


def cells(wizard: ImportDialog, column: str) -> list[str]:
    model = wizard.columns.mapping
    line = next(n for n, line in enumerate(wizard.model.lines) if line.column.name == column)
    return [model.data(model.index(line, place)) for place in range(model.columnCount())]


def test_the_walk_by_keyboard(window: MainWindow, wizard: ImportDialog, services: FakeServices, qtbot) -> None:
    assert wizard.page == FILES and not wizard.next.isEnabled(), "nothing is chosen yet"
    QTest.keyClicks(wizard.files, "/data/a.csv; /data/b.csv")
    QTest.keyClick(wizard.files, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: wizard.page == COLUMNS and wizard.start.isEnabled())
    QTest.keyClick(wizard.columns.table, Qt.Key.Key_J)
    assert wizard.columns.table.line == 1
    with qtbot.waitSignals([wizard.imported, window.queue.loaded]):
        QTest.keyClick(wizard.start, Qt.Key.Key_Space)
    assert wizard.page == REPORT
    call = next(call for call in services.calls if call[0] == "import_files")
    assert call[1] == PATHS and isinstance(call[2], Mapping) and call[3] is None
    wizard.close()


def test_dropped_files_are_looked_into_at_once(wizard: ImportDialog, services: FakeServices, qtbot) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/data/a.csv"), QUrl("https://example.org/b.csv")])
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    wizard.dropEvent(QDropEvent(QPointF(1, 1), Qt.DropAction.CopyAction, mime, buttons, keys))
    qtbot.waitUntil(lambda: wizard.page == COLUMNS)
    assert wizard.paths == (Path("/data/a.csv"),)
    assert ("inspect_file", Path("/data/a.csv"), None) in services.calls
    wizard.close()


def test_files_dropped_on_the_window_open_the_wizard(window: MainWindow, qtbot) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/data/a.csv")])
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    # Qt drops on what a drag has entered
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, buttons, keys))
    QApplication.sendEvent(window, QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, buttons, keys))
    shown = next(found for found in QApplication.topLevelWidgets() if isinstance(found, ImportDialog))
    qtbot.waitUntil(lambda: shown.page == COLUMNS)
    assert shown.paths == (Path("/data/a.csv"),)
    shown.close()


def test_each_column_shows_its_source_its_confidence_and_an_example(mapped: ImportDialog) -> None:
    assert cells(mapped, "amount") == ["amount *", "value (comma for decimals)", "93 %, sure", "x", ""]
    assert cells(mapped, "memo")[1:3] == ["not in the file", ""]
    assert unnamed(mapped) == []
    mapped.close()


def test_what_would_not_be_taken_is_shown_at_its_column(wizard: ImportDialog, services: FakeServices, qtbot) -> None:
    services.faults = (TrialFault("amount", "amount is negative", 3, (2, 9), ("-3", "-4")),)
    wizard.take(PATHS)
    qtbot.waitUntil(lambda: wizard.model.trial is not None)
    assert cells(wizard, "amount")[4] == "3 rows would not be taken (rows 2, 9): ‘-3’, ‘-4’"
    assert wizard.columns.meaning.text().startswith("amount:"), "the wizard stands on the first problem"
    assert wizard.columns.problem.isVisible()
    wizard.close()


def test_a_required_column_without_a_source_stops_the_import(mapped: ImportDialog, qtbot) -> None:
    choose(mapped, "amount", NOTHING)
    assert not mapped.start.isEnabled()
    assert "Every row must have this" in cells(mapped, "amount")[4]
    choose(mapped, "amount", COLUMN, "value")
    assert mapped.start.isEnabled() and rule(mapped, "amount") == Rule(("value",))
    assert cells(mapped, "amount")[2] == "chosen"
    mapped.close()


def test_a_column_can_be_a_constant_an_expression_or_made_of_the_row(mapped: ImportDialog) -> None:
    page = mapped.columns
    choose(mapped, "currency", CONSTANT)
    QTest.keyClicks(page.text, "EUR")
    page.text.editingFinished.emit()
    assert rule(mapped, "currency") == Rule((), "'EUR'")
    choose(mapped, "channel", EXPRESSION)
    QTest.keyClicks(page.text, "lower(ref)")
    page.text.editingFinished.emit()
    assert rule(mapped, "channel") == Rule(("ref",), "lower(ref)")
    choose(mapped, "transaction_id", ROW_ID)
    made = rule(mapped, "transaction_id")
    assert made is not None and made.needs == ("ref", "booking date", "customer", "value", "<b>shop</b>")
    mapped.close()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_return_among_the_columns_applies_what_is_typed_and_imports_nothing(
    mapped: ImportDialog, services: FakeServices, key: Qt.Key
) -> None:
    page = mapped.columns
    choose(mapped, "currency", CONSTANT)
    QTest.keyClicks(page.text, "EUR")
    QTest.keyClick(page.text, key)
    assert rule(mapped, "currency") == Rule((), "'EUR'")
    page.name.setFocus()
    QTest.keyClicks(page.name, "my bank")
    for field in (page.name, page.source, page.save):
        field.setFocus()
        QTest.keyClick(field, key)
    assert mapped.start.isEnabled() and mapped.start.isDefault()
    assert "import_files" not in [call[0] for call in services.calls]
    mapped.start.setFocus()
    QTest.keyClick(mapped.start, key)
    assert mapped.page == COLUMNS and not mapped.start.isEnabled(), "its own key begins it"
    mapped.close()


def test_the_reading_of_a_column_can_be_changed(mapped: ImportDialog) -> None:
    choose(mapped, "occurred_at", COLUMN, "booking date")
    box = mapped.columns.reading
    box.setCurrentIndex(box.findData("month first"))
    box.activated.emit(box.currentIndex())
    made = rule(mapped, "occurred_at")
    assert made is not None and "%m/%d/%Y" in str(made.sql)
    mapped.close()


def test_the_mapping_is_saved_under_its_name(mapped: ImportDialog, services: FakeServices, qtbot) -> None:
    mapped.columns.name.setText("my bank")
    with qtbot.waitSignal(mapped.model.saved):
        mapped.columns.save.click()
    saved = next(call[1] for call in services.calls if call[0] == "save_mapping")
    assert isinstance(saved, Mapping) and saved.name == "my bank" and dict(saved.columns)["customer_id"]
    assert "my bank.toml" in mapped.banner.message.text()
    services.fail["save_mapping"] = MappingInvalid("handbook is a mapping that whyflag brings along.")
    mapped.columns.save.click()
    qtbot.waitUntil(lambda: "brings along" in mapped.banner.message.text())
    mapped.close()


def test_a_known_mapping_that_fits_can_be_taken(wizard: ImportDialog, services: FakeServices, qtbot) -> None:
    columns = ("transaction_id", "occurred_at", "customer_id", "amount", "shop")
    services.sample = Sample("a", tuple(SampleColumn(name, "VARCHAR", ("1",)) for name in columns), 0)
    wizard.take(PATHS)
    qtbot.waitUntil(lambda: wizard.model.trial is not None)
    box = wizard.columns.known
    assert "guessed" in wizard.columns.summary.text() and [box.itemText(n) for n in range(1, box.count())] == [
        "whyflag"
    ]
    box.setCurrentIndex(1)
    box.activated.emit(1)
    assert wizard.model.known_as == "whyflag" and rule(wizard, "merchant_id") is None
    assert "known: mapping whyflag" in wizard.columns.summary.text()
    wizard.close()


def test_the_report_of_the_import_is_shown_copied_and_saved(mapped: ImportDialog, qtbot, tmp_path: Path) -> None:
    with qtbot.waitSignal(mapped.imported):
        mapped.start.click()
    texts = [label.text() for label in mapped.quality.findChildren(QLabel)]
    assert "10,652" in texts and "10,400" in texts and "152" in texts
    rejects = mapped.quality.rejects
    assert [rejects.data(rejects.index(0, column)) for column in range(3)] == [
        "the time cannot be read",
        "140",
        "3, 4, 5, 6",
    ]
    mapped.copy.click()
    assert "not taken: the amount is negative (12; rows 17, 408, 911" in QApplication.clipboard().text()
    for name in ("out.csv", "out.json"):
        mapped.save_report(tmp_path / name)
        qtbot.waitUntil((tmp_path / name).exists)
    assert "'-3.20" in (tmp_path / "out.csv").read_text("utf-8-sig"), "no cell starts a formula"
    assert json.loads((tmp_path / "out.json").read_text())["rejected"] == 152
    mapped.close()


def test_errors_are_shown_in_the_dialog(wizard: ImportDialog, services: FakeServices, qtbot) -> None:
    services.fail["inspect_file"] = SourceUnreadable("/data/a.csv is missing.", "Choose another file.")
    wizard.take(PATHS)
    qtbot.waitUntil(wizard.banner.isVisible)
    assert wizard.banner.message.text() == "/data/a.csv is missing." and wizard.page == FILES
    assert wizard.next.isEnabled()
    del services.fail["inspect_file"]
    services.fail["import_files"] = SourceUnreadable("/data/b.csv is broken.")
    wizard.next.click()
    qtbot.waitUntil(lambda: wizard.page == COLUMNS and wizard.start.isEnabled())
    wizard.start.click()
    qtbot.waitUntil(lambda: "broken" in wizard.banner.message.text())
    assert wizard.start.isEnabled()
    wizard.close()


def test_other_work_under_way_is_named_and_its_end_lets_the_import_begin(
    window: MainWindow, services: FakeServices, qtbot
) -> None:
    services.go_on.clear()
    window.train()
    window.dialogs.ask_import(PATHS)
    wizard = next(shown for shown in QApplication.topLevelWidgets() if isinstance(shown, ImportDialog))
    qtbot.waitUntil(lambda: wizard.page == COLUMNS and wizard.model.trial is not None)
    assert not wizard.start.isEnabled()
    assert wizard.waiting.isVisible()
    assert wizard.waiting.text() == "Training is still under way. Wait for it, or cancel it at the bottom."
    assert wizard.work_bar.isVisible(), "it can be cancelled here"
    services.go_on.set()
    qtbot.waitUntil(wizard.start.isEnabled)
    assert not wizard.waiting.isVisible() and not wizard.work_bar.isVisible()
    services.go_on.clear()
    wizard.start.click()
    assert window.long_work.busy and not wizard.waiting.isVisible(), "it does not wait for itself"
    wizard.close()


def test_the_import_can_be_cancelled(mapped: ImportDialog, services: FakeServices, qtbot) -> None:
    services.go_on.clear()
    mapped.start.click()
    qtbot.waitUntil(mapped.work_bar.isVisible)
    mapped.work_bar.cancel.click()
    qtbot.waitUntil(services.abandoned.is_set)
    qtbot.waitUntil(mapped.start.isEnabled)
    mapped.close()


def test_an_import_that_ends_after_its_dialog_is_closed_is_told_in_the_window(
    window: MainWindow, mapped: ImportDialog, services: FakeServices, qtbot
) -> None:
    services.go_on.clear()
    mapped.start.click()
    mapped.close()
    with qtbot.waitSignal(mapped.imported):
        services.go_on.set()
    told = window.banner
    assert told.isVisible() and "Rows taken: 10,400, not taken: 152, there already: 100." in told.message.text()
    told.action.click()
    assert mapped.isVisible() and mapped.page == REPORT, "nothing of its report is lost"
    mapped.close()


def test_an_import_that_fails_after_its_dialog_is_closed_is_told_in_the_window(
    window: MainWindow, mapped: ImportDialog, services: FakeServices, qtbot
) -> None:
    services.fail["import_files"] = SourceUnreadable("/data/b.csv is broken.", "Choose another file.")
    mapped.start.click()
    mapped.close()
    qtbot.waitUntil(window.banner.isVisible)
    assert window.banner.message.text() == "/data/b.csv is broken."
    assert window.banner.hint.text() == "Choose another file."


def test_text_from_a_file_is_plain(mapped: ImportDialog) -> None:
    raw = mapped.columns.raw
    headings = [raw.headerData(place, Qt.Orientation.Horizontal) for place in range(raw.columnCount())]
    assert "<b>shop</b>" in headings
    assert raw.data(raw.index(0, 4)) == "‹U+202E›evil"
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in mapped.findChildren(QLabel))
    mapped.close()
