"""At 200 % every word still stands whole: labels, buttons and headings have the room they ask for."""

from contextlib import suppress
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QComboBox, QDialog, QLabel, QLineEdit, QPushButton, QWidget

from desktop.main_window import MainWindow
from desktop.session import Session, remember
from desktop.widgets.dialog import Dialog
from desktop.widgets.labels import ElidedLabel
from desktop.widgets.layouts import FormRoom
from desktop.widgets.table import RowTable
from tests.gui.scenes import scenes

SETTLED_MS = 3000
READABLE = 4  # characters of an elided text: with less it says nothing


@pytest.fixture(params=[100, 200])
def scaled(request, look):
    look.scale_text(request.param)
    yield request.param
    look.scale_text(100)


def cut(root: QWidget) -> list[str]:
    """Words that have less room than their letters need. Elided labels tell their whole text in their tool tip."""
    found = []
    for label in root.findChildren(QLabel):
        if not label.isVisible() or not label.text():
            continue
        room = label.contentsRect()
        if isinstance(label, ElidedLabel):
            letters = label.fontMetrics()
            if room.width() < min(letters.horizontalAdvance(label.text()), READABLE * letters.averageCharWidth()):
                found.append(f"elided to nothing: {label.text()}")
            continue
        if label.wordWrap():
            if label.heightForWidth(label.width()) > label.height() + 1:
                found.append(f"label, height: {label.text()}")
        elif label.fontMetrics().horizontalAdvance(label.text()) > room.width() + 1:
            found.append(f"label: {label.text()}")
        elif label.fontMetrics().height() > label.height() + 1:
            found.append(f"label, height: {label.text()}")
    for button in (*root.findChildren(QPushButton), *root.findChildren(QCheckBox)):
        if button.isVisible() and button.text() and button.width() + 1 < button.sizeHint().width():
            found.append(f"button: {button.text()}")
    for table in root.findChildren(RowTable):
        if table.isVisible():
            header = table.horizontalHeader()
            found += [
                f"heading: {table.model().headerData(section, header.orientation())}"
                for section in range(header.count() - 1)
                if header.sectionSize(section) + 1 < header.sectionSizeHint(section)
            ]
    return found


def overlapping(root: QWidget) -> list[tuple[str, str]]:
    """Parts that are laid over each other."""
    kinds = (QLabel, QAbstractButton, QLineEdit, QComboBox)
    parts = [part for kind in kinds for part in root.findChildren(kind) if part.isVisible()]
    return [
        (_named(one), _named(other))
        for one, other in combinations(parts, 2)
        if not one.isAncestorOf(other)
        and not other.isAncestorOf(one)
        and _place(one, root).intersects(_place(other, root))
    ]


def _named(part: QWidget) -> str:
    return part.accessibleName() or getattr(part, "text", str)()


def _place(part: QWidget, root: QWidget) -> QRect:
    """Where it can be seen: what is scrolled away lies under nothing."""
    return part.visibleRegion().boundingRect().translated(part.mapTo(root, QPoint()))


def test_no_word_is_cut_on_any_screen(scaled: int, window: MainWindow, qtbot) -> None:
    window.resize(1280, 800)
    window.walk.open_line(0)
    qtbot.waitUntil(lambda: window.case.narrative.finished)
    left: set[tuple[str, str]] = set()
    for number, place in enumerate(window.places):
        window.go(number)
        if place.name == "threshold":
            qtbot.waitUntil(lambda: window.threshold.shown is not None)
        with suppress(qtbot.TimeoutError):  # layouts settle in their own time; what stays cut is told below
            qtbot.waitUntil(lambda screen=place.screen: not cut(screen), timeout=SETTLED_MS)
        left |= {(place.name, words) for words in cut(place.screen)}
    assert left == set()


def test_the_rail_keeps_its_words_or_shows_pictures_alone(scaled: int, window: MainWindow) -> None:
    assert cut(window._rail) == []
    assert all(button.accessibleName() and button.toolTip() for button in window._rail._group.buttons())


def test_columns_of_a_screen_not_seen_since_keep_the_size_they_were_wide_enough_for(window: MainWindow) -> None:
    kept = Session(text_percent=100, states={"kept_of_another_screen": "AAAA"})
    larger = remember(window, kept, "queue", 200)
    assert larger.percents == {"kept_of_another_screen": 100}
    assert remember(window, larger, "queue", 100).percents == {}


class SmallScreen:
    """The least that whyflag is made for; that of the tests is narrower yet."""

    def availableSize(self) -> QSize:
        return QSize(1280, 800)


def test_nothing_is_cut_or_overlaps_in_any_dialog(
    scaled: int, window: MainWindow, look, qtbot, tmp_path: Path, monkeypatch
) -> None:
    for kind in (Dialog, FormRoom):
        monkeypatch.setattr(kind, "screen", lambda _: SmallScreen(), raising=False)
    left: set[tuple[str, object]] = set()
    dialogs = 0
    for name, root in scenes(window, look, tmp_path, qtbot):
        if isinstance(root, QDialog):
            dialogs += 1
            left |= {(name, words) for words in (*cut(root), *overlapping(root))}
    assert dialogs > 5
    assert left == set()
