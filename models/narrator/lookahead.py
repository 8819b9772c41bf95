"""Guesses what comes next by looking it up: in the line being told, and in phrases of the training wordings.

A narrative copies numbers and names from its prompt and says them in phrases known beforehand, so a guess of several
tokens is often right; the model checks all of them in one pass. Wrong guesses cost nothing but their share of that
pass, and the text is the same as without.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from models.narrator.tokens import sentence_start

LONGEST = 3  # tokens of context a guess is looked up by


class Phrasebook:
    """What most often follows one to three tokens in a set of texts."""

    def __init__(self, texts: Sequence[Sequence[int]]) -> None:
        counts: dict[tuple[int, ...], dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for text in texts:
            for at in range(1, len(text)):
                for size in range(1, min(LONGEST, at) + 1):
                    counts[tuple(text[at - size : at])][text[at]] += 1
        self._next = {context: max(after, key=after.__getitem__) for context, after in counts.items()}

    def after(self, text: Sequence[int]) -> int | None:
        for size in range(min(LONGEST, len(text)), 0, -1):
            found = self._next.get(tuple(text[-size:]))
            if found is not None:
                return found
        return None


class Lookahead:
    """Guesses for one text as it grows.

    Sentence n tells line n of the prompt: a number is guessed to be that line's next, and one that was begun is gone on
    with as it stands there. Everything else is guessed from the phrases.
    """

    def __init__(self, lines: Sequence[Sequence[int]], phrases: Phrasebook, digits: frozenset[int], stop: int) -> None:
        self._lines = [list(line) for line in lines]
        self._phrases = phrases
        self._digits = digits
        self._stop = stop

    def guess(self, text: Sequence[int], most: int) -> list[int]:
        """Up to `most` tokens that may follow `text` (what is written so far, without the prompt)."""
        done = text.count(self._stop)
        line = self._lines[min(done, len(self._lines) - 1)] if self._lines else []
        begun = sentence_start(text, self._stop)
        grown = list(text[max(0, begun - 1) :])  # with the end before it, which phrases begin behind
        guessed: list[int] = []
        at = self._place(line, grown)
        while len(guessed) < most:
            if at is not None and at < len(line):
                token = line[at]
                at += 1
            else:
                following = self._phrases.after(grown)
                if following is None:
                    break
                token = following
                if token in self._digits and (number := self._next_number(line, grown)) is not None:
                    token, at = line[number], number + 1
            guessed.append(token)
            grown.append(token)
            if token == self._stop:
                break
            if at is None or at >= len(line):
                at = self._place(line, grown)
        return guessed

    def _place(self, line: Sequence[int], grown: Sequence[int]) -> int | None:
        """Where the line goes on after the last two tokens, within a number or a name of it."""
        if len(grown) < 2 or grown[-1] not in self._digits:
            return None
        pairs = pairwise(line)
        return next((at + 2 for at, pair in enumerate(pairs) if pair == (grown[-2], grown[-1])), None)

    def _next_number(self, line: Sequence[int], grown: Sequence[int]) -> int | None:
        """Where the line's first number stands that the sentence has not come to yet, by how many it has."""
        written, starts = self._numbers(grown), self._numbers(line)
        return starts[len(written)] if len(written) < len(starts) else None

    def _numbers(self, tokens: Sequence[int]) -> list[int]:
        """Where numbers begin: a digit that no digit stands within two tokens before ('12,508.50' is one number)."""
        return [
            at
            for at, token in enumerate(tokens)
            if token in self._digits and not any(before in self._digits for before in tokens[max(0, at - 2) : at])
        ]
