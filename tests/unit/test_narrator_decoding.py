"""What may be written next, what is guessed ahead, and how a token is drawn."""

import math
import random

import numpy as np
import torch

from models.narrator.decoding import Decoding
from models.narrator.directions import Bans, bans
from models.narrator.grammar import write
from models.narrator.grounding import FORBIDDEN, Grounding, Symbols
from models.narrator.lookahead import Lookahead, Phrasebook
from models.narrator.prompt import lines_of
from models.narrator.sampling import choose, uniform

# A vocabulary of single characters and a few codes: id by text.
TEXTS = [*"0123456789", *".,: abE[]%", "EUR", "USD", "7x"]
IDS = {text: id_ for id_, text in enumerate(TEXTS)}
SYMBOLS = Symbols(
    digits={digit: IDS[digit] for digit in "0123456789"},
    separators={sign: IDS[sign] for sign in ".,:"},
    never=lambda line, _: torch.tensor([text in ("EUR", "USD") and text not in line.text for text in TEXTS]),
    directions={
        "raises": Bans(frozenset({IDS["b"]}), {IDS["a"]: frozenset({IDS["%"]})}),
        "lowers": Bans(frozenset(), {}),
    },
    mixed=(IDS["7x"],),
)
PROMPT = (
    "<|im_start|>user\nSay it.\nE1 rank 1 raises: 12,508.50 EUR at 03:12; 25 times\n"
    "E10 rank 2 lowers: 7 payments\npattern card testing: E1 E10<|im_end|>\n<|im_start|>assistant\n"
)


def allowed(written: str, told: int = 0) -> set[str]:
    logits = Grounding(SYMBOLS, PROMPT).restrict(torch.zeros(len(TEXTS)), written, told)
    return {TEXTS[id_] for id_ in range(len(TEXTS)) if logits[id_] > FORBIDDEN}


def test_the_lines_of_a_prompt_are_read_back() -> None:
    turned = PROMPT.replace("rank 1", "rank 3")
    first, second = (("12,508.50 EUR at 03:12; 25 times", ("E1",)), ("7 payments", ("E10",)))
    pattern = ("card testing", ("E1", "E10"))
    assert [(line.text, line.ids) for line in lines_of(PROMPT)] == [first, second, pattern]
    assert [(line.text, line.ids) for line in lines_of(turned)] == [second, first, pattern]


def test_a_number_can_only_begin_as_one_of_the_evidence() -> None:
    assert allowed("paid ") & set("0123456789") == set("102")
    assert allowed("paid ", told=1) & set("0123456789") == {"7"}
    assert not allowed("paid ", told=2) & set("0123456789")


def test_a_number_goes_on_as_it_stands_there_and_cannot_end_early() -> None:
    assert allowed("paid 1") == {"2"}
    assert allowed("paid 12") == {","}
    assert allowed("paid 12,") == {"5"}
    assert allowed("at 03:1") == {"2"}


def test_a_whole_number_may_be_followed_by_anything_but_a_digit_that_makes_another() -> None:
    after = allowed("paid 25")
    assert {"%", " ", ".", ","} <= after
    assert not after & set("0123456789")
    assert "a" in allowed("it came 25 , ")


def test_a_number_that_was_told_is_not_told_again() -> None:
    assert allowed("it came 25 times, ") & set("0123456789") == set("10")
    assert allowed("it came 25 times, 03:12, 12,508.50 EUR [E1], ") & set("0123456789") == set()
    assert "3" in allowed("25 times, 0")
    twice = PROMPT.replace("25 times", "25 times 25")
    logits = Grounding(SYMBOLS, twice).restrict(torch.zeros(len(TEXTS)), "it came 25 times, ", 0)
    assert logits[IDS["2"]] > FORBIDDEN


def test_words_are_free_once_all_numbers_are_told() -> None:
    grounding = Grounding(SYMBOLS, PROMPT)
    assert not grounding.has_told("it came 25 times, 03:12, ", 0)
    assert not grounding.has_told("it came 25 times, 03:12, 12,508.50", 0)  # the number may still go on
    assert grounding.has_told("it came 25 times, 03:12, 12,508.50 EUR", 0)
    assert not grounding.has_told("", 2)  # the pattern has no numbers


def test_only_cited_evidence_has_an_id() -> None:
    assert allowed("so [E") & set("0123456789") == {"1"}
    assert not allowed("so [E1") & set("0123456789")
    assert allowed("so [E1", told=1) == {"0"}
    assert "]" in allowed("so [E10", told=1)
    assert {"0", ",", "]"} <= allowed("so [E1", told=2)


def test_words_that_the_line_cannot_bear_and_mixed_tokens_never_come() -> None:
    assert "EUR" in allowed("paid 25 ")
    assert "USD" not in allowed("paid 25 ")
    assert "7x" not in allowed("paid ")


def test_a_line_that_raises_cannot_be_said_to_lower() -> None:
    assert "b" not in allowed("paid ")
    assert "b" in allowed("paid ", told=1)
    logits = Grounding(SYMBOLS, PROMPT).restrict(torch.zeros(len(TEXTS)), "paid a", 0, IDS["a"])
    assert logits[IDS["%"]] == FORBIDDEN
    assert "%" in allowed("paid ")


def test_the_phrases_of_one_direction_are_banned_where_evidence_has_the_other() -> None:
    words = {" lowers": [1], "Lowers": [2], " against": [3], "Against": [4], " fraud": [5]}

    def ids(text: str) -> list[int]:
        return words.setdefault(text, [100 + len(words)])

    def text(tokens: list[int]) -> str:
        return next(word for word, found in words.items() if found == tokens)

    wrong = bans(ids, text)["raises"]
    assert {1, 2} <= wrong.always
    assert wrong.behind[3] == wrong.behind[4] == {5}
    assert not {1, 2} & bans(ids, text)["lowers"].always


def test_the_likeliest_comes_at_temperature_nothing() -> None:
    assert choose(torch.tensor([0.0, 3.0, 2.9] + [-9.0] * 30), Decoding(temperature=0), 1, 0) == 1


def test_tokens_are_drawn_by_their_probability_and_the_unlikely_never() -> None:
    logits = torch.tensor([math.log(0.6), math.log(0.38), math.log(0.02)] + [-50.0] * 30)
    drawn = [choose(logits, Decoding(temperature=1.0, least=0.05), 7, place) for place in range(4000)]
    assert 0.58 < drawn.count(0) / 4000 < 0.64
    assert 0.36 < drawn.count(1) / 4000 < 0.42
    assert drawn.count(2) == 0


def test_noise_is_even_and_depends_on_seed_place_and_token() -> None:
    values = np.concatenate([uniform(5, place, np.arange(100)) for place in range(100)])
    assert 0.49 < values.mean() < 0.51
    assert values.min() > 0
    assert values.max() < 1
    assert not np.array_equal(uniform(5, 1, np.arange(9)), uniform(6, 1, np.arange(9)))
    assert not np.array_equal(uniform(5, 1, np.arange(9)), uniform(5, 2, np.arange(9)))


def test_a_number_is_guessed_from_the_line_being_told_and_phrases_from_the_book() -> None:
    book = Phrasebook([[10, 11, 12, 1, 13, 14, 99], [10, 11, 12, 2, 13, 14, 99]])
    digits = frozenset(range(10))
    ahead = Lookahead([[50, 7, 8, 60], [51, 3, 4, 61]], book, digits, stop=99)
    assert ahead.guess([10], 4) == [11, 12, 7, 8]
    assert ahead.guess([10, 11, 12, 7, 8, 13, 14, 99, 10, 11], 3) == [12, 3, 4]
    assert ahead.guess([77], 3) == []


def test_a_wording_is_written_with_one_choice_of_each() -> None:
    wording = "(the|this) {x} is (big|(very|quite) big|)"
    texts = {write(wording, random.Random(seed), {"x": "(sum)"}) for seed in range(200)}
    assert len(texts) == 8
    assert "the (sum) is" in texts
