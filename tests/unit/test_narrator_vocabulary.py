"""Which words may come in a sentence: all that the grammar writes of its line, and none of another's."""

import re
from dataclasses import replace

import pytest

from domain.narrative import Style
from models.narrator.corpus import Example, examples
from models.narrator.extraction import sentences_of
from models.narrator.prompt import Line, lines_of, style_of
from models.narrator.vocabulary import Vocabulary

PIECE = re.compile(r" ?(?:[^\W\d_]+|\d|\S)| ")
COUNT = Line("10 payments by the customer in 7 days; usual is 3", ("E3",), "raises", 3)


class Pieces:
    """A tokenizer of whole words, with or without the space before them, digits and signs."""

    def __init__(self, *texts: str) -> None:
        self._texts = ["", *dict.fromkeys(piece for text in texts for piece in PIECE.findall(text))]
        self._ids = {text: id_ for id_, text in enumerate(self._texts)}
        self.count, self.special = len(self._texts), frozenset[int]()

    def ids(self, text: str) -> list[int]:
        return [self._ids.get(piece, 0) for piece in PIECE.findall(text)]

    def text(self, ids: list[int]) -> str:
        return "".join(self._texts[id_] for id_ in ids)


def may_come(words: str, line: Line = COUNT, style: Style = "full") -> list[bool]:
    tokens = Pieces(words)
    return (~Vocabulary(tokens).never(line, style)[tokens.ids(words)]).tolist()  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def written() -> list[Example]:
    return list(examples(60, seed=11))


def test_all_that_the_grammar_writes_may_come(written: list[Example]) -> None:
    told = [
        (line, f" {sentence}", style_of(example.prompt))
        for example in written
        for line, sentence in zip(lines_of(example.prompt), sentences_of(example.answer), strict=True)
    ]
    tokens = Pieces(*(text for line, sentence, _ in told for text in (sentence, f" {line.text}")))
    vocabulary = Vocabulary(tokens)  # type: ignore[arg-type]
    for line, sentence, style in told:
        never = vocabulary.never(line, style)
        assert [tokens.text([id_]) for id_ in tokens.ids(sentence) if never[id_]] == []
    assert {style for *_, style in told} == {"full", "brief", "sar"}


@pytest.mark.parametrize("words", [" median", " limit", " traffic", " terminal", " jewellery", "~", "\n"])
def test_what_says_another_kind_of_evidence_or_stands_in_another_line_does_not(words: str) -> None:
    assert may_come(words) == [False] * len(PIECE.findall(words))


def test_a_name_comes_where_it_stands() -> None:
    line = Line("category jewellery; 2% of the customer's payments are in this category", ("E3",), "raises", 3)
    assert all(may_come(" jewellery", line))


def test_only_the_line_s_own_rank_is_told() -> None:
    assert may_come(" third fourth strongest main") == [True, False, False, False]
    assert may_come(" third fourth strongest main", replace(COUNT, rank=1)) == [False, False, True, True]


def test_a_line_that_raises_has_no_verbs_that_lower() -> None:
    assert may_come(" takes lifts") == [False, True]
    assert may_come(" takes lifts", replace(COUNT, direction="lowers")) == [True, False]


def test_a_style_has_its_own_words() -> None:
    assert may_come(" supporting boosting") == [False, True]
    assert may_come(" supporting boosting", style="sar") == [True, False]
