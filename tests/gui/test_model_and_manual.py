"""The screens of the models and of the manual, and about: what they show, and that nothing in them acts."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit

from desktop.main_window import MANUAL, MODEL, THRESHOLD, MainWindow
from desktop.screens.about import AboutDialog
from desktop.screens.manual.screen import ManualScreen
from domain.curves import OutcomeCurves
from domain.errors import StoreDamaged
from domain.model_page import ModelPage, NarratorFacts
from tests.fakes import FakeServices


@pytest.fixture
def models(window: MainWindow, qtbot) -> MainWindow:
    with qtbot.waitSignal(window.model.loaded):
        window.go(MODEL)
    return window


def texts(widget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel))


def test_versions_figures_hashes_and_card_are_shown(models: MainWindow) -> None:
    screen = models.model_screen
    assert screen.versions.count() == 1 and "cccccccccccc" in screen.versions.currentText()
    shown = texts(screen.facts)
    assert "Average precision" in shown and "0.711" in shown and "120,000" in shown
    assert "b" * 64 in texts(screen.narrator) and "a" * 64 in texts(screen.narrator)
    assert "<b>card</b>" in screen.card.toPlainText()
    assert screen.features.toPlainText().splitlines()[0] == "amount_ratio_90d   (usual: 1)"


def test_charts_say_in_words_what_they_draw(models: MainWindow) -> None:
    charts = models.model_screen.charts
    assert "20,000 outcomes" in charts.reliability.summary.text()
    assert "precision is" in charts.precision_recall.summary.text()


def test_without_classifier_outcomes_or_language_model_the_screen_says_so(models: MainWindow) -> None:
    page = ModelPage((), OutcomeCurves((), (), 5, 0), NarratorFacts(None, "No language model stands here.", ""))
    models.model.loaded.emit(page)
    screen = models.model_screen
    assert "train one" in screen.state.text()
    assert "No known outcome" in screen.charts.reliability.summary.text()
    assert "No language model stands here." in texts(screen.narrator)


def test_the_threshold_is_one_step_away(models: MainWindow) -> None:
    models.model_screen.threshold_asked.emit()
    assert models._screens.currentIndex() == THRESHOLD


def test_a_failure_is_told(window: MainWindow, services: FakeServices, qtbot) -> None:
    services.fail["model_page"] = StoreDamaged("The store is damaged.")
    window.go(MODEL)
    qtbot.waitUntil(window.banner.isVisible)
    assert window.banner.message.text() == "The store is damaged."


def test_the_manual_is_searched_and_read_by_keyboard(window: MainWindow) -> None:
    window.go(MANUAL)
    screen = window.manual_screen
    assert screen.search.hasFocus() and "First steps" in screen.text.toPlainText()
    QTest.keyClicks(screen.search, "guessed mapping")
    assert "The guessed mapping" in screen.list.item(0).text()
    QTest.keyClick(screen.search, Qt.Key.Key_Return)
    assert screen.list.hasFocus() and "doubtful below" in screen.text.toPlainText()
    screen.search.setText("nowhere in it")
    assert screen.list.count() == 0


def test_the_manual_opens_no_link_and_reads_no_other_file(look, tmp_path: Path, monkeypatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    secret = tmp_path / "secret.webp"
    secret.write_bytes(b"x")
    (tmp_path / "manual").mkdir()
    (tmp_path / "manual" / "a.md").write_text(
        "# A\n\n[out](https://example.org) <b>bold</b> <img src='file:///etc/passwd'> "
        "![p](../secret.webp) ![q](no.webp)\n"
    )
    screen = ManualScreen(tmp_path / "manual", look)
    assert "<b>bold</b>" in screen.text.toPlainText()
    screen.text.anchorClicked.emit(QUrl("https://example.org"))
    assert opened == [] and not screen.text.openExternalLinks() and not screen.text.openLinks()
    for name in ("../secret.webp", "file:///etc/passwd", "https://example.org/a.webp", "no.webp"):
        assert screen.text.loadResource(2, QUrl(name)) is None
    screen.deleteLater()


def test_about_tells_versions_and_licences(window: MainWindow) -> None:
    window.dialogs.show_about()
    dialog = next(shown for shown in QApplication.topLevelWidgets() if isinstance(shown, AboutDialog))
    assert "duckdb" in texts(dialog) and "1.5.5" in texts(dialog) and "Apache-2.0" in texts(dialog)
    assert dialog.findChild(QPlainTextEdit).toPlainText() == "MIT"
    dialog.close()
