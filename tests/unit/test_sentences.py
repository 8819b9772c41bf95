"""Verifier and extractor on sentences made by hand: every right one passes, every wrong one is caught."""

import pytest

from domain.verification import verify_sentence
from models.narrator.extraction import confirmed
from tests.sentences import Judged, right_sentences, wrong_sentences
from tests.sentences.facts import EVIDENCE, TYPOLOGY

RIGHT, WRONG = right_sentences(), wrong_sentences()


def named(sentence: Judged) -> str:
    return f"{sentence.group}: {sentence.text}"


@pytest.mark.parametrize("sentence", RIGHT, ids=named)
def test_verification_passes_what_is_right(sentence: Judged) -> None:
    verdict = verify_sentence(sentence.text, EVIDENCE, TYPOLOGY)
    assert verdict.verified, verdict.failures


@pytest.mark.parametrize("sentence", WRONG, ids=named)
def test_verification_catches_what_is_wrong(sentence: Judged) -> None:
    assert not verify_sentence(sentence.text, EVIDENCE, TYPOLOGY).verified


@pytest.mark.parametrize("sentence", [one for one in RIGHT if one.extractor_agrees], ids=named)
def test_the_extractor_confirms_what_is_right(sentence: Judged) -> None:
    assert confirmed(sentence.text, EVIDENCE, TYPOLOGY)


@pytest.mark.parametrize("sentence", [one for one in WRONG if one.extractor_agrees], ids=named)
def test_the_extractor_refuses_what_is_wrong(sentence: Judged) -> None:
    assert not confirmed(sentence.text, EVIDENCE, TYPOLOGY)


def test_there_are_enough_of_each() -> None:
    """At least 200 for each of the two, wrong ones among them, and none twice."""
    texts = [one.text for one in (*RIGHT, *WRONG)]
    assert len(set(texts)) == len(texts)
    assert len(texts) >= 200
    assert sum(one.extractor_agrees for one in (*RIGHT, *WRONG)) >= 200
