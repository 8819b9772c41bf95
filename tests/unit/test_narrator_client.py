"""The window's side of the narrator: streaming, order, cancelling, and a child that dies, hangs or fails."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.errors import Cancelled, NarratorUnavailable
from domain.evidence import Evidence
from domain.narrative import NarrationRequest, NarratorVersion
from models.narrator.client import LocalNarrator


def asking(words: str) -> NarrationRequest:
    return NarrationRequest((Evidence("E1", "k", "f", words, 1.0, "", None, "raises", 1.0, 1),))


@pytest.fixture
def narrator(tmp_path: Path) -> Iterator[LocalNarrator]:
    command = (sys.executable, "-m", "tests.fake_worker")
    made = LocalNarrator(command, NarratorVersion("lora"), tmp_path / "log", silence_seconds=1.0)
    yield made
    made.close()


def test_text_streams_and_the_draft_is_whole(narrator: LocalNarrator) -> None:
    pieces: list[str] = []
    draft = narrator.narrate(asking("9 payments"), pieces.append)
    assert "".join(pieces) == draft.text == "E1 rank 1 raises: 9 payments"
    assert draft.tokens == 6


def test_a_batch_comes_back_in_the_order_it_was_asked(narrator: LocalNarrator) -> None:
    drafts = list(narrator.narrate_many([asking(f"{n} payments") for n in range(5)]))
    assert [draft.text.split(": ")[1] for draft in drafts] == [f"{n} payments" for n in range(5)]


def test_cancelling_stops_the_child_and_the_next_request_is_answered(narrator: LocalNarrator) -> None:
    pieces: list[str] = []
    with pytest.raises(Cancelled):
        narrator.narrate(asking("slow"), pieces.append, cancelled=lambda: len(pieces) > 3)
    assert narrator.narrate(asking("9 payments")).text.endswith("9 payments")


@pytest.mark.parametrize(
    ("behaviour", "words"), [("die", "process ended"), ("hang", "no word for 1 seconds"), ("fail", "out of memory")]
)
def test_a_broken_child_is_told_in_words_and_started_anew(narrator: LocalNarrator, behaviour: str, words: str) -> None:
    with pytest.raises(NarratorUnavailable, match=words) as raised:
        narrator.narrate(asking(behaviour))
    assert raised.value.retryable
    assert raised.value.hint
    assert narrator.narrate(asking("9 payments")).text.endswith("9 payments")


def test_closing_ends_the_child_and_may_be_repeated(narrator: LocalNarrator) -> None:
    narrator.narrate(asking("9 payments"))
    narrator.close()
    narrator.close()


def test_a_batch_closed_early_leaves_the_narrator_usable(narrator: LocalNarrator) -> None:
    drafts = narrator.narrate_many([asking("1 payment"), asking("2 payments")])
    next(drafts)
    drafts.close()  # type: ignore[attr-defined]
    assert narrator.narrate(asking("9 payments")).text.endswith("9 payments")
