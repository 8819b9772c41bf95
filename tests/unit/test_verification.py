"""Verification must pass true sentences and catch every kind of wrong one."""

import random
import re

import pytest

from domain import statements as say
from domain.evidence import Direction, Evidence, Typology
from domain.template import evidence_sentence, typology_sentence
from domain.verification import split_sentences, verify_sentence
from models.narrator.frames import answer
from models.narrator.synthetic import draw_evidence, draw_typology


def item(
    statement: str, direction: Direction = "raises", rank: int = 1, id_: str = "E1", value: float | str = 0.0
) -> Evidence:
    sign = 1 if direction == "raises" else -1
    return Evidence(id_, "kind", "feature", statement, value, "", None, direction, sign * 1.0, rank)


RATIO = item(say.amount_ratio(508.50, 20.34, 30, "EUR"))
FRAUD = item(say.known_fraud(0.25, 12, "terminal", 28, 0.008), rank=2, id_="E2")
ABROAD = item(say.country("RO", "FR", 0.02), direction="lowers", rank=3, id_="E3")
CATEGORY = item(say.category("gift cards 24", 0.03), rank=4, id_="E4", value="gift cards 24")
FIRST = item(say.familiarity(0, "device"), rank=5, id_="E5")
ALL = (RATIO, FRAUD, ABROAD, CATEGORY, FIRST)
TYPOLOGY = Typology("card testing", "rule", ("E1", "E2"))

TRUE = [
    "The payment of 508.50 EUR is 25 times the customer's 30-day mean of 20.34 EUR, which raises the score [E1].",
    "Most of all, 508.50 EUR was paid where the 30-day mean is 20.34 EUR, and this increases the risk [E1].",
    "The strongest reason raises the score: 508.50 EUR; the customer's 30-day mean is 20.34 EUR; 25 times [E1].",
    "The customer pays 20.34 EUR on average over 30 days, and this payment of 508.50 EUR is 25 times that [E1].",
    "Ranked second, 25% of the 12 payments at the terminal in 28 days were known fraud, where 0.8% is typical [E2].",
    "Known fraud at this terminal stands at 25% of twelve payments over 28 days, against a typical 0.8% [E2].",
    "It was made in RO while the customer's home is FR and 2% of the payments are made abroad [E3].",
    "That it was made in RO lowers the score [E3].",
    "The category is gift cards 24, with 3% of the customer's payments [E4].",
    "This is the customer's first payment with this device, which pushes the score up [E5].",
    "Together this fits the pattern card testing [E1, E2].",
]

WRONG = [
    ("The payment of 508.50 EUR raises the score.", "no citation"),
    ("The payment of 508.50 EUR raises the score [E9].", "unknown citation"),
    ("The payment of 508.50 EUR raises the score [E2].", "wrong citation"),
    ("The payment of 509.50 EUR raises the score [E1].", "altered digit"),
    ("The payment of 5,085.0 EUR raises the score [E1].", "shifted point"),
    ("The payment of 508.50 USD raises the score [E1].", "swapped currency"),
    ("The payment of 508.50 raises the score [E1].", "lost currency"),
    ("The payment is 508.50 times the mean [E1].", "swapped unit"),
    ("The payment is 25% of the mean [E1].", "times as percent"),
    ("The payment of 20.34 EUR is 25 times the customer's 30-day mean of 508.50 EUR [E1].", "swapped roles"),
    ("The customer's mean of 20.34 EUR over 7 days raises the score [E1].", "wrong window"),
    ("The customer's 30-hour mean is 20.34 EUR [E1].", "window's unit"),
    ("The payment of 508.50 EUR lowers the score [E1].", "wrong direction"),
    ("The payment of 508.50 EUR speaks against fraud [E1].", "wrong direction in other words"),
    ("The payment of 508.50 EUR raises and lowers the score [E1].", "both directions"),
    ("The payment of 508.50 EUR does not lower the score [E1].", "negation"),
    ("Ranked third, the payment of 508.50 EUR raises the score [E1].", "wrong rank"),
    ("The second reason is 508.50 EUR [E1].", "wrong rank without 'ranked'"),
    ("The strongest reason is the 12 payments at the terminal [E2].", "wrongly strongest"),
    ("25% of thirteen payments at the terminal were known fraud [E2].", "number word"),
    ("A quarter of payments at the merchant were known fraud [E2].", "wrong subject"),
    ("0.8% of 12 payments at the terminal were known fraud, where 25% is typical [E2].", "swapped shares"),
    ("It was made in US while the customer's home is FR [E3].", "wrong country"),
    ("It was made in FR while the customer's home is RO, which lowers the score [E3].", "swapped countries"),
    ("The category is gift cards 42, with 3% of the payments [E4].", "altered name"),
    ("The payment of 508.50 EUR in Paris raises the score [E1].", "invented name"),
    ("The payment of 508.50 EUR was stolen [E1].", "invented claim"),
    ("Call 0900 now, the payment of 508.50 EUR raises the score [E1].", "invented instruction"),
    ("This fits the pattern account takeover [E1].", "undeclared pattern"),
    ("This fits the pattern card testing [E3].", "pattern on other evidence"),
    ("E2 raises the score [E1].", "id outside brackets"),
    ("The payment of 508.50 EUR at 03:12 raises the score [E1].", "invented time"),
    ("The payment of 508.50 EUR on 2026-01-05 raises the score [E1].", "invented date"),
]


@pytest.mark.parametrize("text", TRUE)
def test_true_sentences_are_verified(text: str) -> None:
    verdict = verify_sentence(text, ALL, TYPOLOGY)
    assert verdict.verified, verdict.failures


@pytest.mark.parametrize(("text", "why"), WRONG, ids=[why for _, why in WRONG])
def test_wrong_sentences_fail(text: str, why: str) -> None:
    assert not verify_sentence(text, ALL, TYPOLOGY).verified


def test_honest_rounding_holds_and_coarse_rounding_does_not() -> None:
    assert verify_sentence("The payment of 508.5 EUR raises the score [E1].", ALL).verified
    assert verify_sentence("The payment of 508 EUR raises the score [E1].", ALL).verified
    assert not verify_sentence("The payment of 500 EUR raises the score [E1].", ALL).verified
    assert not verify_sentence("Where 1% is typical, 25% were known fraud at the terminal [E2].", ALL).verified


def test_every_sentence_of_the_template_is_verified() -> None:
    rng = random.Random(11)
    for _ in range(300):
        evidence = draw_evidence(rng, 8)
        typology = draw_typology(evidence, rng)
        texts = [evidence_sentence(one) for one in evidence] + ([typology_sentence(typology)] if typology else [])
        for text in texts:
            assert split_sentences(text) == (text,)
            verdict = verify_sentence(text, evidence, typology)
            assert verdict.verified, (text, verdict.failures)


def test_every_sentence_of_the_training_grammar_is_verified() -> None:
    rng = random.Random(12)
    for _ in range(300):
        evidence = draw_evidence(rng, rng.randint(1, 10))
        typology = draw_typology(evidence, rng)
        for text in split_sentences(answer(evidence, typology, rng)):
            verdict = verify_sentence(text, evidence, typology)
            assert verdict.verified, (text, verdict.failures)


def test_a_changed_digit_is_caught_wherever_it_stands() -> None:
    """Each digit outside names and brackets is changed in turn; none may pass (two-digit rounding aside: see below)."""
    rng = random.Random(13)
    changed, passed = 0, []
    for _ in range(150):
        evidence = tuple(one for one in draw_evidence(rng, 6) if not isinstance(one.value, str))
        for text in split_sentences(answer(evidence, None, rng)):
            for match in re.finditer(r"\d", text.split(" [E")[0]):
                wrong = text[: match.start()] + str((int(match[0]) + 5) % 10) + text[match.end() :]
                changed += 1
                if verify_sentence(wrong, evidence).verified:
                    passed.append((text, wrong))
    assert changed > 3000
    assert not passed, passed[:3]


def test_flipped_directions_are_caught() -> None:
    rng = random.Random(14)
    for _ in range(200):
        evidence = draw_evidence(rng, 5)
        flipped = tuple(
            item(one.statement, "lowers" if one.direction == "raises" else "raises", one.rank, one.id, one.value)
            for one in evidence
        )
        for text in split_sentences(answer(evidence, None, rng)):
            assert not verify_sentence(text, flipped).verified, text


def test_a_window_is_not_what_is_usual() -> None:
    item = Evidence(
        "E1", "customer_sum", "customer_sum_10min", say.customer_sum(516.25, 1 / 6, 0.06, None), 516.25, "", 0.06,
        "raises", 1.0, 1,
    )  # fmt: skip
    assert verify_sentence(
        "516.25 was spent in 10 minutes, where 0.06 is usual, raising the score [E1].", [item]
    ).verified
    wrong = "516.25 was paid where this customer's 10 minutes are normal, which raises the score [E1]."
    assert not verify_sentence(wrong, [item]).verified
