"""One text under way: which token it takes at each place, and which ones it guesses to come next."""

import hashlib
import random
from dataclasses import dataclass

import torch

from models.narrator.corpus import examples
from models.narrator.decoding import Decoding
from models.narrator.grounding import Grounding, Symbols
from models.narrator.lookahead import Lookahead, Phrasebook
from models.narrator.prompt import END, lines_of
from models.narrator.sampling import choose
from models.narrator.tokens import Tokens

SENTENCE_END = "]."
PHRASES = 200  # texts of the training wordings that guesses are looked up in


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt and the seed of its wording: the same two give the same text on the same machine."""

    prompt: str
    seed: int = 0

    @property
    def noise(self) -> int:
        return int.from_bytes(hashlib.sha256(f"{self.seed}\n{self.prompt}".encode()).digest()[:8], "big")


@dataclass(frozen=True, slots=True)
class Generated:
    """The text of one prompt and how many tokens it took."""

    text: str
    tokens: int


class Shared:
    """What all texts of a model share."""

    def __init__(self, tokens: Tokens, decoding: Decoding) -> None:
        self.tokens, self.decoding = tokens, decoding
        self.end = tokens.id_of(END)
        self.stop = tokens.ids(SENTENCE_END)[-1]
        self.symbols = Symbols.of(tokens)
        self.digits = sorted(self.symbols.digits.values())
        texts = [tokens.ids(f"{example.answer}{END}") for example in examples(PHRASES, seed=0)]
        random.Random(0).shuffle(texts)
        self.phrases = Phrasebook(texts)


class Text:
    """Grows by `take` and `step` in turns until it has `ended`: by the end token, or at `most` tokens."""

    def __init__(self, shared: Shared, asked: Asked, most: int) -> None:
        self.prompt = shared.tokens.ids(asked.prompt)
        self.ended = False
        self.text = ""
        self._shared, self._most, self._noise = shared, most, asked.noise
        self._written: list[int] = []
        self._guessed: list[int] = []
        self._grounding = Grounding(shared.symbols, asked.prompt) if shared.decoding.grounded else None
        lines = [shared.tokens.ids(f" {line.text}") for line in lines_of(asked.prompt)]
        self._lookahead = Lookahead(lines, shared.phrases, frozenset(shared.digits), shared.stop)

    @property
    def read(self) -> int:
        """How many tokens the model has read that stay: all but the last, which the next step begins with."""
        return len(self.prompt) + len(self._written) - 1

    @property
    def generated(self) -> Generated:
        return Generated(self.text, len(self._written))

    def step(self, guesses: int) -> list[int]:
        """The last token and `guesses` guesses behind it; where nothing can be guessed, the end is."""
        guessed = self._lookahead.guess(self._written, guesses)
        self._guessed = [*guessed, *[self._shared.end] * (guesses - len(guessed))]
        return [self._written[-1], *self._guessed]

    def take(self, following: torch.Tensor) -> None:
        """Takes the tokens that follow, up to the first that was guessed wrongly.

        `following` (1 + guesses, vocabulary) are the logits behind each token of the last step.
        """
        for place, logits in enumerate(following):
            token = self._choose(logits)
            if token == self._shared.end or len(self._written) == self._most:
                self.ended = True
                return
            self._written.append(token)
            self.text = self._shared.tokens.text(self._written)
            if place < len(self._guessed) and self._guessed[place] != token:
                return

    def _choose(self, logits: torch.Tensor) -> int:
        decoding, digits = self._shared.decoding, self._shared.digits
        if self._grounding is not None:
            # By text and not by tokens: a tokenizer may cut the end in two, and "." alone ends no sentence
            told, sentence = self.text.count(SENTENCE_END), self.text.rpartition(SENTENCE_END)[2]
            last = self._written[-1] if self._written else -1
            logits = self._grounding.restrict(logits, sentence, told, last)
            if decoding.temperature and self._grounding.has_told(sentence, told):
                decoding = decoding.freed
        chosen = choose(logits, decoding, self._noise, len(self._written))
        # Words are drawn. Which number is told is not: wherever one is, it is the likeliest.
        return digits[int(logits[digits].argmax())] if chosen in digits else chosen
