"""In each theme, on each screen and dialog as it is drawn: words stand out by number, and the focus can be seen."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from desktop.main_window import MainWindow
from desktop.support.theme import THEMES
from tests.gui.looking import SHARPNESS, change, contrast_shown, picture, words
from tests.gui.scenes import scenes
from tests.gui.walking import controls

ENOUGH = {"light": 4.5, "dark": 4.5, "contrast": 7.0}
EDGE = 4 * SHARPNESS


@pytest.fixture(params=THEMES)
def themed(request, look) -> Iterator[str]:
    look.choose(request.param)
    yield request.param
    look.choose("light")


@pytest.fixture
def reviewed(themed: str, window: MainWindow, qtbot) -> MainWindow:
    """A case is open, and the threshold and health are read."""
    window.walk.open_line(0)
    qtbot.waitUntil(lambda: window.case.narrative.finished)
    window.go([place.name for place in window.places].index("threshold"))
    qtbot.waitUntil(lambda: window.threshold.shown is not None)
    window.go([place.name for place in window.places].index("health"))
    qtbot.waitUntil(lambda: bool(window.health.checks))
    return window


def faint(root: QWidget, least: float) -> dict[str, float]:
    QTest.qWait(30)
    image = picture(root)
    measured = {name[:40]: contrast_shown(image, place) for name, place in words(root)}
    assert len(measured) > 3, "there are words to measure"
    return {name: round(ratio, 2) for name, ratio in measured.items() if ratio < least}


def test_words_stand_out_in_every_scene(themed: str, window: MainWindow, look, qtbot, tmp_path: Path) -> None:
    for name, root in scenes(window, look, tmp_path, qtbot):
        assert faint(root, ENOUGH[themed]) == {}, name


def test_the_focus_can_be_seen_on_every_control(themed: str, reviewed: MainWindow) -> None:
    hidden = []
    for number, place in enumerate(reviewed.places):
        reviewed.go(number)
        QTest.qWait(30)
        for control in controls(place.screen):
            whole = control.visibleRegion().boundingRect() == control.rect()
            if not whole or not control.isEnabled() or not control.focusPolicy() & Qt.FocusPolicy.TabFocus:
                continue
            control.clearFocus()
            before = frame(control)
            control.setFocus(Qt.FocusReason.TabFocusReason)
            if change(before, frame(control)) < 3:
                hidden.append(f"{place.name}: {control.accessibleName()}")
    assert hidden == []


def frame(control: QWidget) -> np.ndarray:
    """The outermost pixels of a control as it is drawn: what a ring is seen by, whatever stands inside."""
    drawn = picture(control)
    drawn[EDGE:-EDGE, EDGE:-EDGE] = 0
    return drawn
