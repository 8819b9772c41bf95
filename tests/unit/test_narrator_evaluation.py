"""The extractor and the metrics, on sentences made by hand: right ones score, each kind of wrong one costs."""

from collections.abc import Callable, Iterator, Sequence

import pytest

from domain import statements as say
from domain.evidence import Evidence
from domain.narrative import Draft, NarrationRequest, NarratorVersion
from models.narrator.evaluation import confirmed, evaluate
from models.narrator.extraction import read, sentences_of, values_agree

E1 = Evidence("E1", "k", "f", say.amount_ratio(508.50, 20.34, 30, "EUR"), 508.5, "EUR", 20.34, "raises", 2.0, 1)
E2 = Evidence("E2", "k", "f", say.known_fraud(0.25, 12, "terminal", 28, 0.008), 0.25, "share", 0.008, "lowers", -1.0, 2)
FIRST = "The payment of 508.50 EUR is 25 times the customer's 30-day mean of 20.34 EUR, which raises the score [E1]."
SECOND = (
    "Ranked second, 25% of the 12 payments at the terminal in 28 days were known fraud; this lowers the score [E2]."
)


class Saying:
    """A narrator that says one thing, and another about turned evidence."""

    version = NarratorVersion("lora")

    def __init__(self, text: str, turned: str = "") -> None:
        self._text, self._turned = text, turned

    def narrate(
        self,
        request: NarrationRequest,
        on_text: Callable[[str], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Draft:
        is_turned = any(
            item.direction != known.direction for item in request.evidence for known in (E1, E2) if known.id == item.id
        )
        return Draft(self._turned if is_turned else self._text, 10, 1.0, 2.0)

    def narrate_many(self, requests: Sequence[NarrationRequest]) -> Iterator[Draft]:
        return (self.narrate(request) for request in requests)

    def close(self) -> None:
        return None


CASES = [NarrationRequest((E1, E2))]


def test_reading_a_sentence() -> None:
    reading = read(SECOND)
    assert reading.citations == ("E2",)
    assert reading.direction == "lowers"
    assert reading.rank == 2
    assert reading.numbers == ("25 %", "12", "28 day")


def test_a_true_draft_scores_full_marks() -> None:
    turned = f"{FIRST.replace('raises', 'lowers')} {SECOND.replace('lowers', 'raises')}"
    metrics = evaluate(Saying(f"{FIRST} {SECOND}", turned), CASES, 2)
    assert (metrics.rank_agreement, metrics.sign_agreement, metrics.value_agreement) == (1.0, 1.0, 1.0)
    assert (metrics.coverage, metrics.inversion, metrics.fallback_rate, metrics.shown_verified) == (1.0, 0.0, 0.0, 1.0)
    assert metrics.numbers == 7


@pytest.mark.parametrize(
    ("draft", "field", "value"),
    [
        (f"{FIRST.replace('508.50', '508.51')} {SECOND}", "value_agreement", 6 / 7),
        (f"{FIRST.replace('25 times', '25%')} {SECOND}", "value_agreement", 6 / 7),
        (f"{FIRST.replace('raises', 'lowers')} {SECOND}", "sign_agreement", 0.5),
        (f"{SECOND} {FIRST}", "rank_agreement", 0.0),
        (f"{FIRST} {SECOND.replace('second', 'third')}", "rank_agreement", 0.5),
        (FIRST, "coverage", 0.5),
        (f"{FIRST.replace('[E1]', '[E2]')}", "value_agreement", 0.0),
    ],
)
def test_each_kind_of_fault_costs(draft: str, field: str, value: float) -> None:
    assert getattr(evaluate(Saying(draft), CASES, 2, inversion=False), field) == pytest.approx(value)


def test_a_prior_that_ignores_the_sign_is_found_by_inversion() -> None:
    text = f"{FIRST} {SECOND}"
    assert evaluate(Saying(text, turned=text), CASES, 2).inversion == 1.0


def test_swapped_value_and_reference_are_no_agreement() -> None:
    swapped = (
        "The payment of 20.34 EUR is 25 times the customer's 30-day mean of 508.50 EUR, which raises the score [E1]."
    )
    right, said = values_agree(swapped, E1)
    assert right < said
    assert not confirmed(swapped, [E1])
    assert confirmed(FIRST, [E1])


def test_what_is_shown_is_whole_even_where_the_draft_is_nonsense() -> None:
    metrics = evaluate(Saying("E1 A: 1.1 E1 A: 1.1"), CASES, 2, inversion=False)
    assert (metrics.coverage, metrics.shown_verified, metrics.fallback_rate) == (0.0, 1.0, 1.0)
    assert metrics.value_agreement is None


def test_sentences_end_at_their_citation() -> None:
    assert sentences_of("One 1.5 EUR. Still one [E1]. Two [E2]. rest") == [
        "One 1.5 EUR. Still one [E1].",
        "Two [E2].",
        "rest",
    ]
