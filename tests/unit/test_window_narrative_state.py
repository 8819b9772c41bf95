"""What of an explanation passes as verified, and what stays a draft."""

from desktop.screens.case.narrative_state import NarrativeState
from domain.narrative import Narrative, Sentence

FIRST = Sentence("The amount is 25 times the mean [E1].", ("E1",), "verified", ())
MENDED = Sentence("It is the first payment here [E2].", ("E2",), "repaired", ())


def test_the_draft_is_pending_until_its_sentence_is_told() -> None:
    state = NarrativeState()
    state.feed("The amount is 25 times ")
    assert state.pending == "The amount is 25 times"
    state.feed("the mean [E1]. It is the")
    state.add(FIRST)
    assert state.sentences == (FIRST,)
    assert state.pending == "It is the"


def test_a_sentence_that_failed_stays_pending_until_the_end() -> None:
    state = NarrativeState()
    state.feed("The amount is 90 times the mean [E1]. It is the first payment here [E2].")
    assert state.sentences == ()
    state.add(MENDED)
    state.finish(Narrative("narrator", "draft", False, (FIRST, MENDED)))
    assert state.pending == ""
    assert state.sentences == (FIRST, MENDED)


def test_copied_text_keeps_its_citations() -> None:
    state = NarrativeState()
    state.add(FIRST)
    state.add(MENDED)
    assert state.copied() == "The amount is 25 times the mean [E1]. It is the first payment here [E2]."
