"""The words that a sentence may be made of: those of the wordings in its style, and what stands in the line it tells.

So no name comes from another line, and a word that says what a number is (the median, the limit, at the merchant) or
which place a reason has comes only where the line bears it.
"""

import re
from collections.abc import Iterator
from typing import get_args

import torch

from domain.narrative import Style
from models.narrator import frames
from models.narrator.prompt import Line
from models.narrator.tokens import Tokens
from models.narrator.wordings import clauses

SLOT = re.compile(r"\{\w*\}?")
WORD = re.compile(r"[A-Za-z]+(?:'s)?")
LETTER = re.compile(r"[^\W\d_]")
ID_LETTER = "E"
OF_ONE = ("payment", "outcome", "day", "counterparty", "was", "has")  # where a clause for many meets one

# What must stand in the line for a word to come; any other word of the wordings may come everywhere.
BORNE = {
    "mean": "mean", "average": "mean", "median": "median", "largest": "largest", "limit": "limit", "under": "under",
    "balance": "balance", "spreads": "spreads", "times": "times", "most": "most", "category": "category",
    "usual": "usual", "usually": "usual", "normal": "usual", "typical": "typical", "typically": "typical",
    "counterparty": "counterpart", "counterparties": "counterpart", "abroad": "abroad", "home": "home",
    "declined": "declined", "outcome": "outcome", "outcomes": "outcome", "distance": "km", "speed": "km/h",
    "first": "first", "second": "second",
}  # fmt: skip
STRONGEST = ("strongest", "main", "leading", "most", "any")  # of the first reason only


class Vocabulary:
    """Of one tokenizer: the tokens of each word, and those that are part of no word."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._wordless = [
            id_ for id_ in range(tokens.count) if id_ in tokens.special or not LETTER.search(tokens.text([id_]))
        ]
        self._words = {style: {word: self._spelled(word) for word in set(_words(style))} for style in get_args(Style)}

    def never(self, line: Line, style: Style) -> torch.Tensor:
        """Whether each token (vocabulary) can be no part of a sentence about `line`."""
        never = torch.ones(self._tokens.count, dtype=torch.bool)
        never[self._wordless] = False
        never[self._spelled(line.text)] = False
        never[[id_ for word, ids in self._words[style].items() if _may_come(word, line) for id_ in ids]] = False
        return never

    def _spelled(self, text: str) -> list[int]:
        """At the beginning of a sentence and within it, behind a space and behind a sign."""
        forms = (f" {text}", text, f" {frames.capital(text)}", frames.capital(text))
        return [id_ for form in forms for id_ in self._tokens.ids(form)]


def _may_come(word: str, line: Line) -> bool:
    if word in STRONGEST and line.rank == 1:
        return True
    if word in frames.ORDINALS and line.rank is not None and frames.ORDINALS.index(word) + 1 == line.rank:
        return True
    if word in BORNE:
        return BORNE[word] in line.text
    return word not in frames.ORDINALS and word not in STRONGEST


def _words(style: Style) -> Iterator[str]:
    for wording in (*frames.wordings(style), *clauses()):
        yield from WORD.findall(SLOT.sub(" ", wording))
    yield from (*frames.ORDINALS, *OF_ONE, ID_LETTER)
