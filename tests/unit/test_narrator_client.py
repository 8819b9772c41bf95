"""The window's side of the narrator: streaming, order, cancelling, and a child that dies, hangs or fails."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.errors import Cancelled, NarratorUnavailable
from domain.evidence import Evidence
from domain.narrative import NarrationRequest, NarratorVersion
from models.narrator.child import Limits
from models.narrator.client import MOST_WAITING, LocalNarrator


def asking(words: str) -> NarrationRequest:
    return NarrationRequest((Evidence("E1", "k", "f", words, 1.0, "", None, "raises", 1.0, 1),))


@pytest.fixture
def narrator(tmp_path: Path) -> Iterator[LocalNarrator]:
    command = (sys.executable, "-m", "tests.fake_worker")
    limits = Limits(silence=2.0, memory=int(0.1 * 1024**3))
    made = LocalNarrator(command, NarratorVersion("lora"), tmp_path / "log", limits)
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


def test_cancelling_takes_effect_within_one_token_and_the_next_request_is_answered(narrator: LocalNarrator) -> None:
    pieces: list[str] = []
    with pytest.raises(Cancelled):
        narrator.narrate(asking("slow"), pieces.append, cancelled=lambda: len(pieces) > 3)
    assert len(pieces) == 4
    assert narrator.narrate(asking("9 payments")).text.endswith("9 payments")


def test_a_request_that_waits_its_turn_can_be_cancelled(narrator: LocalNarrator) -> None:
    running, stop = threading.Event(), threading.Event()

    def first() -> None:
        with pytest.raises(Cancelled):
            narrator.narrate(asking("slow"), lambda _: running.set(), stop.is_set)

    thread = threading.Thread(target=first)
    thread.start()
    assert running.wait(10)
    with pytest.raises(Cancelled):
        narrator.narrate(asking("9 payments"), cancelled=lambda: True)
    stop.set()
    thread.join()


def test_more_than_can_wait_are_refused_in_words(narrator: LocalNarrator) -> None:
    stop = threading.Event()
    outcomes: list[Exception] = []
    refused = threading.Event()

    def ask() -> None:
        try:
            narrator.narrate(asking("slow"), cancelled=stop.is_set)
        except (Cancelled, NarratorUnavailable) as error:
            outcomes.append(error)
            refused.set()

    threads = [threading.Thread(target=ask) for _ in range(MOST_WAITING + 2)]
    for thread in threads:
        thread.start()
    assert refused.wait(10)
    stop.set()
    for thread in threads:
        thread.join()
    told = [str(error) for error in outcomes if isinstance(error, NarratorUnavailable)]
    assert told == [f"The language model has {MOST_WAITING} requests waiting already. Ask again in a moment."]
    assert narrator.narrate(asking("9 payments")).text.endswith("9 payments")


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        ("die", "ended by itself"),
        ("killed", "killed from outside"),
        ("crash", r"crashed \(signal 6; see "),
        ("hang", "no word for 2 seconds"),
        ("greedy", "more than 0.1 GB of memory"),
        ("fail", "out of memory"),
    ],
)
def test_a_broken_child_is_told_in_words_and_started_anew(narrator: LocalNarrator, behaviour: str, words: str) -> None:
    with pytest.raises(NarratorUnavailable, match=words) as raised:
        narrator.narrate(asking(behaviour))
    assert raised.value.retryable
    assert raised.value.hint
    assert narrator.narrate(asking("9 payments")).text.endswith("9 payments")


def test_a_child_that_cannot_start_is_told(tmp_path: Path) -> None:
    command = (sys.executable, "-c", "raise SystemExit(3)")
    made = LocalNarrator(command, NarratorVersion("lora"), tmp_path / "log")
    with pytest.raises(NarratorUnavailable, match=r"ended by itself \(code 3"):
        made.narrate(asking("9 payments"))
    made.close()


def test_closing_ends_the_child_and_may_be_repeated(narrator: LocalNarrator) -> None:
    narrator.narrate(asking("9 payments"))
    narrator.close()
    narrator.close()


def test_a_batch_closed_early_leaves_the_narrator_usable(narrator: LocalNarrator) -> None:
    drafts = narrator.narrate_many([asking("1 payment"), asking("2 payments")])
    next(drafts)
    drafts.close()  # type: ignore[attr-defined]
    assert narrator.narrate(asking("9 payments")).text.endswith("9 payments")
