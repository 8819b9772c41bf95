"""The window beside a narrator's child process that is killed, hangs or takes too much memory."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from domain.narration import NarrationBuilder
from domain.narrative import Explanation, NarrationRequest, NarratorVersion, Sentence
from domain.template import template_text
from models.narrator.child import Limits
from models.narrator.client import LocalNarrator
from tests.fakes import FakeServices
from tests.reports import an_explanation

FIRST, SECOND = "A-T-1000", "A-T-1001"


class ChildServices(FakeServices):
    """Asks a child process that behaves as the first alert's evidence says, and well for any other."""

    narrator: LocalNarrator
    behaviour = ""

    def narrate(
        self,
        alert_id: str,
        on_sentence: Callable[[Sentence], None],
        on_draft: Callable[[str], None],
        cancelled: Callable[[], bool],
    ) -> Explanation:
        case = self.case(alert_id)
        asked = NarrationRequest(case.evidence[:1])
        if alert_id == FIRST:
            asked = NarrationRequest((replace(case.evidence[0], statement=self.behaviour),))
        draft = self.narrator.narrate(asked, on_draft, cancelled)
        narrative = NarrationBuilder(NarrationRequest(case.evidence), on_sentence).finish(draft.text, lambda _: "")
        return replace(an_explanation(case.transaction.transaction_id), narrative=narrative)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[ChildServices]:
    made = ChildServices()
    command = (sys.executable, "-m", "tests.fake_worker")
    limits = Limits(silence=2.0, memory=int(0.1 * 1024**3))
    made.narrator = LocalNarrator(command, NarratorVersion("lora"), tmp_path / "narrator.log", limits)
    yield made
    made.narrator.close()


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        ("killed", "The language model's process was killed from outside"),
        ("hang", "The language model's process gave no word for 2 seconds"),
        ("greedy", "The language model's process took more than 0.1 GB of memory"),
        ("fail", "The language model stopped: it ran out of memory."),
    ],
)
def test_the_window_says_so_shows_the_template_s_text_and_the_next_case_is_written(
    window, services: ChildServices, qtbot, behaviour: str, words: str
) -> None:
    services.behaviour = behaviour
    failures: list[Exception] = []
    window.case.narrator_failed.connect(failures.append)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.case.narrative.finished, timeout=15_000)
    assert window.banner.message.text().startswith(words)
    assert "The template's text is shown instead" in window.banner.hint.text()
    case = window.case.case
    assert window.case.narrative.copied() == template_text(NarrationRequest(case.evidence, case.typology))
    assert {sentence.status for sentence in window.case.narrative.sentences} == {"template"}

    qtbot.keyClick(QApplication.focusWidget(), "n")
    qtbot.waitUntil(lambda: window.case.case is not None and window.case.case.alert.alert_id == SECOND)
    qtbot.waitUntil(lambda: window.case.narrative.finished, timeout=15_000)
    assert len(failures) == 1, "the model is started again and answers"
