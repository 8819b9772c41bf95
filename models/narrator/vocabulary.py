"""The words that a sentence may be made of: its style's, those that can say its line, and what stands in the line.

So no name comes from another line, no word that says what a number is (a median, a limit) from another kind of
evidence, no verb of the other direction, and no rank but the line's own.
"""

import re
from functools import cache

import torch

from domain.narrative import Style
from models.narrator import frames
from models.narrator.prompt import Line
from models.narrator.tokens import Tokens
from models.narrator.wordings import clauses_for

SLOT = re.compile(r"\{\w*\}?")
WORD = re.compile(r"[A-Za-z]+(?:'s)?")
SIGNS = re.compile(r"(?!(.)\1)[ ,;:.%\[\]/-]{1,2}|\d")  # those that sentences have; others come with names
ID_LETTER = "E"
OF_ONE = ("payment", "outcome", "day", "counterparty", "was", "has")  # where a clause for many meets one
STRONGEST = ("strongest", "main", "leading", "most", "any")  # of the first reason only


class Vocabulary:
    """Of one tokenizer: the tokens of each word, and those that are part of no word."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._wordless = [
            id_ for id_ in range(tokens.count) if id_ in tokens.special or SIGNS.fullmatch(tokens.text([id_]))
        ]
        self._spelled = cache(self._tokens_of)

    def never(self, line: Line, style: Style) -> torch.Tensor:
        """Whether each token (vocabulary) can be no part of a sentence about `line`."""
        around = frames.wordings(style, line.direction)
        words = {word for word in _words(around) if word not in STRONGEST or line.rank == 1} | {ID_LETTER}
        if line.direction:
            words |= {*_words(clauses_for(line.text)), *OF_ONE}
        if line.rank is not None and line.rank <= len(frames.ORDINALS):
            words.add(frames.ORDINALS[line.rank - 1])
        never = torch.ones(self._tokens.count, dtype=torch.bool)
        given = map(self._tokens_of, (line.text, *WORD.findall(line.text)))  # not kept: it is data
        for ids in (self._wordless, *given, *map(self._spelled, words)):
            never[ids] = False
        return never

    def _tokens_of(self, text: str) -> list[int]:
        """At the beginning of a sentence and within it, behind a space and behind a sign."""
        forms = (f" {text}", text, f" {frames.capital(text)}", frames.capital(text))
        return [id_ for form in forms for id_ in self._tokens.ids(form)]


@cache
def _words(wordings: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for wording in wordings for word in WORD.findall(SLOT.sub(" ", wording)))
