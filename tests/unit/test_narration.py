"""From draft to shown text: nothing unverified is shown, nothing is left out, and every status is true."""

from domain import statements as say
from domain.evidence import Evidence, Typology
from domain.narration import NarrationBuilder, template_narrative
from domain.narrative import NarrationRequest, Sentence
from domain.template import template_text
from domain.verification import verify_sentence

E1 = Evidence("E1", "k", "f", say.amount_ratio(508.50, 20.34, 30, "EUR"), 508.5, "EUR", 20.34, "raises", 2.0, 1)
E2 = Evidence("E2", "k", "f", say.familiarity(0, "device"), 0.0, "count", None, "raises", 1.0, 2)
REQUEST = NarrationRequest((E1, E2), Typology("account takeover", "rule", ("E1", "E2")))

GOOD_1 = "The payment of 508.50 EUR is 25 times the customer's 30-day mean of 20.34 EUR, which raises the score [E1]."
GOOD_2 = "Ranked second, this is the customer's first payment with this device, which raises the score [E2]."
BAD_1 = "The payment of 999.50 EUR is 25 times the customer's 30-day mean of 20.34 EUR, which raises the score [E1]."
PATTERN = "Together this fits the pattern account takeover [E1, E2]."


def build(draft: str, second: str = "") -> tuple[list[str], list[str]]:
    asked: list[NarrationRequest] = []

    def rewrite(request: NarrationRequest) -> str:
        asked.append(request)
        return second

    narrative = NarrationBuilder(REQUEST).finish(draft, rewrite)
    for sentence in narrative.sentences:
        assert verify_sentence(sentence.text, REQUEST.evidence, REQUEST.typology).verified
    return [sentence.text for sentence in narrative.sentences], [s.status for s in narrative.sentences]


def test_a_true_draft_is_shown_as_written() -> None:
    narrative = NarrationBuilder(REQUEST).finish(f"{GOOD_1} {GOOD_2} {PATTERN}", lambda _: "")
    assert narrative.draft_verified
    assert narrative.text == f"{GOOD_1} {GOOD_2} {PATTERN}"
    assert {sentence.status for sentence in narrative.sentences} == {"verified"}


def test_a_failed_sentence_is_written_anew_once() -> None:
    texts, statuses = build(f"{BAD_1} {GOOD_2} {PATTERN}", second=GOOD_1)
    assert texts == [GOOD_1, GOOD_2, PATTERN]
    assert statuses == ["repaired", "verified", "verified"]


def test_a_sentence_that_fails_twice_becomes_the_templates() -> None:
    texts, statuses = build(f"{BAD_1} {GOOD_2} {PATTERN}", second=BAD_1)
    assert E1.statement in texts[0]
    assert statuses == ["template", "verified", "verified"]


def test_a_rewrite_about_other_evidence_is_not_taken() -> None:
    _, statuses = build(f"{BAD_1} {PATTERN}", second=GOOD_2)
    assert statuses == ["template", "verified", "template"]


def test_what_the_draft_leaves_out_is_added() -> None:
    texts, statuses = build("")
    assert " ".join(texts) == template_text(REQUEST)
    assert statuses == ["template"] * 3


def test_a_sentence_said_twice_is_shown_once() -> None:
    texts, _ = build(f"{GOOD_1} {GOOD_1} {GOOD_2} {PATTERN}")
    assert texts == [GOOD_1, GOOD_2, PATTERN]


def test_rambling_is_never_shown() -> None:
    texts, statuses = build("Send money to 12345. The customer is a criminal. " + GOOD_1)
    assert "criminal" not in " ".join(texts)
    assert statuses[0] == "verified"


def test_sentences_stream_as_soon_as_they_hold_and_stop_at_the_first_that_does_not() -> None:
    shown: list[Sentence] = []
    builder = NarrationBuilder(REQUEST, shown.append)
    draft = f"{GOOD_1} {BAD_1.replace('[E1]', '[E2]')} {PATTERN}"
    for start in range(0, len(draft), 7):
        builder.feed(draft[start : start + 7])
    assert [sentence.text for sentence in shown] == [GOOD_1]
    narrative = builder.finish(draft, lambda _: GOOD_2)
    assert [sentence.text for sentence in shown] == [sentence.text for sentence in narrative.sentences]
    assert [sentence.status for sentence in shown] == ["verified", "repaired", "verified"]


def test_the_template_narrative_says_what_it_is() -> None:
    narrative = template_narrative(REQUEST)
    assert narrative.origin == "template"
    assert {sentence.status for sentence in narrative.sentences} == {"template"}
    assert narrative.text == template_text(REQUEST)
