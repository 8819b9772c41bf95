"""Which way a phrase points, for grounded decoding: a line that raises the score cannot be said to lower it.

The phrases are those of the training frames. What a phrase needs before it counts ('against' before 'fraud') stands
before the stroke.
"""

from collections.abc import Callable
from dataclasses import dataclass

from domain.evidence import Direction

PHRASES: dict[Direction, str] = {
    "raises": "raises raising lifts lifting increases increasing heightens heightening strengthens strengthening feeds"
    " feeding deepens deepening boosts boosting sharpens sharpening pushes pushing drives driving supports supporting"
    " likelier fraud|more up for|fraud towards to|fraud adds|to adding|to",
    "lowers": "lowers lowering eases easing decreases decreasing reduces reducing weakens weakening softens softening"
    " lessens lessening dampens dampening trims trimming pulls pulling brings bringing fraud|less down against|fraud"
    " points|away pointing|away tilts|away tilting|away takes|from taking|from",
}
SHORTEST = 3  # letters of a first token that still says which word it begins


@dataclass(frozen=True, slots=True)
class Bans:
    """Tokens that must not come: always, or right behind another token."""

    always: frozenset[int]
    behind: dict[int, frozenset[int]]


def bans(ids: Callable[[str], list[int]], text: Callable[[list[int]], str]) -> dict[Direction, Bans]:
    """For the evidence of each direction, what says the other. `ids` and `text` are the tokenizer's."""
    return {
        "raises": _bans(PHRASES["lowers"].split(), ids, text),
        "lowers": _bans(PHRASES["raises"].split(), ids, text),
    }


def _bans(phrases: list[str], ids: Callable[[str], list[int]], text: Callable[[list[int]], str]) -> Bans:
    always: set[int] = set()
    behind: dict[int, set[int]] = {}
    for phrase in phrases:
        before, _, word = phrase.rpartition("|")
        for spelled in (f" {word}",) if before else _spelled(word):
            first = ids(spelled)[0]
            if len(text([first]).strip()) < min(SHORTEST, len(word)):
                continue
            if not before:
                always.add(first)
            for start in _spelled(before) if before else ():
                if len(ids(start)) == 1:
                    behind.setdefault(ids(start)[0], set()).add(first)
    return Bans(frozenset(always), {token: frozenset(after) for token, after in behind.items()})


def _spelled(word: str) -> tuple[str, ...]:
    """Within a sentence, at the beginning of a text, and of a later sentence."""
    return f" {word}", word.capitalize(), f" {word.capitalize()}"
