"""Explanations written ahead in a window, by a narrator's child process without a model."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from domain.narrative import Explanation, NarrationRequest, NarratorVersion, Sentence
from models.narrator.client import LocalNarrator
from tests.fakes import FakeServices
from tests.reports import an_explanation


class SlowServices(FakeServices):
    """Whatever is written ahead would never end by itself; the opened case is answered."""

    narrator: LocalNarrator

    def __post_init__(self) -> None:
        super().__post_init__()
        self.asked: list[str] = []
        self.pieces: list[str] = []
        self.opened = ""

    def narrate(
        self,
        alert_id: str,
        on_sentence: Callable[[Sentence], None],
        on_draft: Callable[[str], None],
        cancelled: Callable[[], bool],
    ) -> Explanation:
        self.asked.append(alert_id)
        words = "9 payments" if alert_id == self.opened else "slow"
        item = replace(self.case(alert_id).evidence[0], statement=words)
        self.narrator.narrate(NarrationRequest((item,)), self.pieces.append, cancelled)
        return an_explanation(self._row(alert_id).transaction_id)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[SlowServices]:
    made = SlowServices()
    command = (sys.executable, "-m", "tests.fake_worker")
    made.narrator = LocalNarrator(command, NarratorVersion("lora"), tmp_path / "log")
    yield made
    made.narrator.close()


def test_an_opened_case_takes_the_narrator_from_what_is_written_ahead(window, services: SlowServices, qtbot) -> None:
    qtbot.waitUntil(lambda: len(services.pieces) > 3)
    assert services.asked == ["A-T-1000"]
    services.opened = "A-T-1002"
    window.queue_screen.table.step_to(2)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.case.narrative.finished)
    assert services.asked[:2] == ["A-T-1000", "A-T-1002"]
    qtbot.waitUntil(lambda: services.asked[2:3] == ["A-T-1003"])
