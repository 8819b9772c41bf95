"""Grounded decoding: a number, an id, a citation, a code or a name can only be one of the line that the sentence tells.

Works on characters, so it does not matter how a tokenizer cuts numbers: what a text ends with decides which digits may
follow, and whether the number may end here. A number that was told is not told again in its sentence, unless the
evidence has it twice: so none takes the place of another that is still to come. Which words may come, vocabulary.py
knows. Verification stays what decides; this only makes it seldom fail.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from domain.evidence import Direction
from domain.narrative import Style
from models.narrator.directions import Bans, bans
from models.narrator.prompt import Line, lines_of, style_of
from models.narrator.tokens import Tokens
from models.narrator.vocabulary import Vocabulary

NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
TAIL = re.compile(r"(\bE)?(\d[\d.,:]*)$")
CITED = re.compile(r"\[[^\]]*\]?")
ID_BEGUN = re.compile(r"\bE$")
NOTHING = Line("", ())
FORBIDDEN = float("-inf")


@dataclass(frozen=True, slots=True)
class Symbols:
    """What of a tokenizer's vocabulary grounding has to know: ids of digits and separators, and what words cannot come.

    `never` says of each token whether it is no part of a sentence about a line in a style.
    """

    digits: dict[str, int]
    separators: dict[str, int]
    never: Callable[[Line, Style], torch.Tensor]
    directions: dict[Direction, Bans]
    mixed: tuple[int, ...]  # tokens that hold a digit among other characters, or no usual one: never allowed

    @classmethod
    def of(cls, tokens: Tokens) -> "Symbols":
        digits: dict[str, int] = {}
        separators: dict[str, int] = {}
        mixed = []
        for id_ in range(tokens.count):
            text = tokens.text([id_])
            if id_ in tokens.special:
                continue
            if re.fullmatch(r"\d", text):
                digits[text] = id_
            elif any(character.isnumeric() for character in text):  # "\u00b2" and "\u00bc" too
                mixed.append(id_)
            elif text in (".", ",", ":"):
                separators[text] = id_
        never = Vocabulary(tokens).never
        return cls(digits, separators, never, bans(tokens.ids, tokens.text), tuple(mixed))


@dataclass(frozen=True, slots=True)
class _Allowed:
    """Of one line: its numbers, the digits of its ids, and the tokens that can be no part of it, or not behind one."""

    numbers: Counter[str]
    ids: frozenset[str]
    never: torch.Tensor
    behind: dict[int, frozenset[int]]

    @classmethod
    def by(cls, line: Line, style: Style, symbols: Symbols) -> "_Allowed":
        wrong = symbols.directions[line.direction] if line.direction else Bans(frozenset(), {})
        never = symbols.never(line, style)
        never[[*symbols.mixed, *wrong.always]] = True
        return cls(
            Counter(NUMBER.findall(line.text)),
            frozenset(id_.removeprefix("E") for id_ in line.ids),
            never,
            wrong.behind,
        )

    def still_to_tell(self, written: str) -> frozenset[str]:
        """The numbers that a sentence which begins with `written` may tell next."""
        told = Counter(NUMBER.findall(CITED.sub(" ", written)))
        return frozenset(number for number, times in self.numbers.items() if times > told[number])


class Grounding:
    """What may follow in the text that answers one prompt.

    Sentence n tells line n: its numbers, ids, codes and direction are those of that line, and not merely of some line.
    """

    def __init__(self, symbols: Symbols, prompt: str) -> None:
        self._symbols = symbols
        style = style_of(prompt)
        self._lines = [_Allowed.by(line, style, symbols) for line in lines_of(prompt) or (NOTHING,)]

    def restrict(self, logits: torch.Tensor, written: str, told: int, last: int = -1) -> torch.Tensor:
        """`logits` (vocabulary) with what must not follow `written` forbidden; changed in place.

        `written` is the sentence so far, `told` how many sentences were ended before it, `last` its last token.
        """
        line = self._lines[min(told, len(self._lines) - 1)]
        logits.masked_fill_(line.never, FORBIDDEN)
        for id_ in line.behind.get(last, ()):
            logits[id_] = FORBIDDEN
        tail = TAIL.search(written)
        is_id = tail[1] if tail else ID_BEGUN.search(written)
        allowed = line.ids if is_id else line.still_to_tell(written[: tail.start()] if tail else written)
        number = tail[2] if tail else ""
        if number and number.rstrip(".,:") not in allowed:  # it cannot end here
            kept = {id_: logits[id_].clone() for id_ in self._continuing(number, allowed)}
            logits[:] = FORBIDDEN
            for id_, value in kept.items():
                logits[id_] = value
            return logits
        following = {digit for digit in self._symbols.digits if _begins(number + digit, allowed)}
        for digit, id_ in self._symbols.digits.items():
            if digit not in following:
                logits[id_] = FORBIDDEN
        return logits

    def has_told(self, written: str, told: int) -> bool:
        """Whether a sentence that begins with `written`, after `told` others, has told all numbers of its line."""
        line = self._lines[min(told, len(self._lines) - 1)]
        return bool(line.numbers) and not TAIL.search(written) and not line.still_to_tell(written)

    def _continuing(self, number: str, allowed: frozenset[str]) -> Sequence[int]:
        symbols = {**self._symbols.digits, **self._symbols.separators}
        return [id_ for sign, id_ in symbols.items() if _begins(number + sign, allowed)]


def _begins(text: str, numbers: frozenset[str]) -> bool:
    return any(number.startswith(text) for number in numbers)
