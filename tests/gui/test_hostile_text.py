"""Text from data shows as plain text on every screen, in every dialog and every tool tip."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QTextEdit

from desktop.support.text import visible
from domain.errors import StoreDamaged
from domain.import_report import ImportReport, Reject
from tests.gui.hostile import HostileServices, shown, tips
from tests.gui.scenes import scenes
from tests.window_data import an_import_report

MARKUP = (
    "<b>bold</b><img src='file:///etc/passwd'><a href='file:///etc/shadow'>link</a> \u202e00.5\u202c a\x00b\x1b[31m\nc"
)
LONG = "x" * 10_000
HOSTILE = {"markup": MARKUP, "long": LONG}
# Scenes that show text from data; the others show the window's own words only.
WITH_DATA = {
    "queue", "case", "rows", "similar", "what-if", "notes", "links", "call", "sar", "contest", "import", "model",
    "language-model", "health", "import-report", "users",
}  # fmt: skip
LONGEST = 4000


def report_with(text: str) -> ImportReport:
    return replace(an_import_report((text,)), rejects=(Reject(text, 1, (17,), (text,), text),))


def is_plain(words: str) -> bool:
    """Nothing in it hides or reorders what stands beside it, and it ends."""
    return not set(words) & set("\u202e\u202c\x00\x1b") and len(words) <= LONGEST


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_plain_in_every_scene(make_window, look, qtbot, tmp_path: Path, text: str) -> None:
    window = make_window(HostileServices(text))
    start, walked, without = visible(text)[:12], set(), []
    for name, root in scenes(window, look, tmp_path, qtbot, report_with(text)):
        if name == "case":
            window.case_screen.chart.step(-1)
            window.case_screen.chart.step(1)
        walked.add(name)
        texts = [*shown(root)]
        for where, words in texts:
            assert is_plain(words), f"{name}: {where}: {words[:200]}"
        for tip in tips(root):
            assert "<img" not in tip and "<a " not in tip and "<b>" not in tip, f"{name}: {tip}"
        for label in root.findChildren(QLabel):
            assert label.textFormat() is Qt.TextFormat.PlainText, f"{name}: {label.text()}"
        edits = [edit.toPlainText() for edit in root.findChildren(QPlainTextEdit) if not edit.isReadOnly()]
        rich = root.findChildren(QTextEdit)
        assert len(rich) <= (1 if root is window else 0), "the manual's page alone is rich text, and it is whyflag's"
        if not any(start in words for words in (*(words for _, words in texts), *edits)):
            without.append(name)
    assert walked >= WITH_DATA and WITH_DATA.isdisjoint(without), "the hostile text is there, as it was written"
    assert window.width() <= 1280


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_in_an_error_is_plain(window, text: str) -> None:
    window.banner.fail(StoreDamaged(text, text))
    assert window.banner.message.textFormat() is Qt.TextFormat.PlainText
    assert window.banner.hint.textFormat() is Qt.TextFormat.PlainText
    assert "\u202e" not in window.banner.message.text()
    assert len(window.banner.message.text()) <= 1000
    assert all(is_plain(words) for _, words in shown(window.banner))
    assert window.width() <= 1280


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_in_what_was_done_is_plain(window, text: str) -> None:
    window.notice.tell(text, text, lambda: None)
    assert all(is_plain(words) for _, words in shown(window.notice))
    assert window.width() <= 1280
