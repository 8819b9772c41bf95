"""Reads claims out of a narrative for measuring it. Shares no code with what writes, verifies or repairs.

It works on strings: a number agrees when the same digits stand in the statement, followed by the same unit word.
"""

import re
from dataclasses import dataclass

from domain.evidence import Evidence

DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")
UNIT_AFTER = re.compile(r"\s*(%|km/h|km|times|[A-Z]{3}\b|(?:second|minute|hour|day)s?\b)|-(day)\b")
CITED = re.compile(r"E(\d+)")
BRACKETS = re.compile(r"\[([^\[\]]*)\]")
UP = ("raises the", "raise the", "raises it", "pushes", "increases", "for fraud", "adds to", "raised")
DOWN = (
    "lowers the",
    "lower the",
    "lowers it",
    "pulls",
    "decreases",
    "reduces",
    "against fraud",
    "takes from",
    "lowered",
)
RANK_WORDS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
REFERENCE = re.compile(r"(?:usual|typical|mean|largest|average)(?! place)")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one sentence says: cited ids, direction (None if it gives none, or both), number strings, rank if stated."""

    citations: tuple[str, ...]
    direction: str | None
    numbers: tuple[str, ...]
    rank: int | None
    is_pattern: bool


def sentences_of(text: str) -> list[str]:
    """Cuts behind each bracketed citation that ends a sentence; what is left over is one more."""
    pieces, start = [], 0
    for match in re.finditer(r"\]\s*\.", text):
        pieces.append(text[start : match.end()].strip())
        start = match.end()
    rest = text[start:].strip()
    return [*pieces, rest] if rest else pieces


def read(sentence: str) -> Reading:
    """Reads one sentence."""
    inside = " ".join(BRACKETS.findall(sentence))
    outside = BRACKETS.sub(" ", sentence)
    lower = outside.lower()
    up, down = any(word in lower for word in UP), any(word in lower for word in DOWN)
    rank = next((n for n, word in enumerate(RANK_WORDS, 1) if f"ranked {word}" in lower), None)
    if "strongest" in lower or "most of all" in lower or "more than any other reason" in lower:
        rank = 1
    return Reading(
        citations=tuple(f"E{n}" for n in CITED.findall(inside)),
        direction=None if up == down else "raises" if up else "lowers",
        numbers=tuple(numbers_of(outside)),
        rank=rank,
        is_pattern="pattern" in lower,
    )


def numbers_of(text: str) -> list[str]:
    """'12,508.50 EUR', '30 day', '03:12': the digits and the unit word right behind them, in the singular."""
    found = []
    for match in DIGITS.finditer(text):
        unit = UNIT_AFTER.match(text, match.end())
        word = (unit[1] or unit[2]).removesuffix("s") if unit else ""
        found.append(f"{match[0]} {word}".strip())
    return found


def values_agree(sentence: str, evidence: Evidence) -> tuple[int, int]:
    """(right, all) numbers of a sentence against one statement; a value given as its reference is wrong.

    Reference numbers (usual, typical, mean...) are those with such a word on their side of the sentence: compared
    between statement and sentence only where the statement has two numbers of one unit.
    """
    outside = BRACKETS.sub(" ", sentence)
    said, stated = numbers_of(outside), numbers_of(evidence.statement)
    right = sum(number in stated for number in said)
    units = [number.partition(" ")[2] for number in stated]
    if len(stated) >= 2 and len(set(units)) < len(units) and REFERENCE.search(evidence.statement):
        reference = _reference(evidence.statement)
        swapped = reference is not None and _reference(outside) not in (reference, None)
        right -= bool(swapped and right == len(said) and right > 0)
    return right, len(said)


def _reference(text: str) -> str | None:
    """The number nearest to the last reference word, behind it or (as in '1.9 is usual') just before it."""
    words = list(REFERENCE.finditer(text))
    if not words:
        return None
    word = words[-1]
    before = re.search(r"(\d[\d,.:]*\d|\d)(?: ?[A-Za-z%/]+)? (?:is|on) $", text[: word.start()])
    behind = DIGITS.search(text, word.end())
    if before:
        return before[1]
    return behind[0] if behind else None
