"""Text from the quantized model with its adapter: one stream, several tokens a step, or many prompts at once."""

import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch

from domain.narrative import Style
from models.narrator.corpus import examples
from models.narrator.decoding import USUAL, Decoding
from models.narrator.engine import Cache, Engine
from models.narrator.grounding import Grounding, Symbols
from models.narrator.lookahead import Lookahead, Phrasebook
from models.narrator.plain_engine import PlainCache, PlainEngine
from models.narrator.prompt import END, lines_of, opening
from models.narrator.sampling import choose
from models.narrator.tokens import Tokens

STYLES: tuple[Style, ...] = ("full", "brief", "sar")
SENTENCE_END = "]."
MOST_SLOTS = 10_000  # of bfloat16, of which a slot's keys and values take 23 KB; a text is about as long as its prompt
PHRASES = 200  # texts of the training wordings that guesses are looked up in


@dataclass(frozen=True, slots=True)
class Generated:
    """The text of one prompt and how many tokens it took."""

    text: str
    tokens: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt and the seed of its wording: the same two give the same text on the same machine."""

    prompt: str
    seed: int = 0

    @property
    def noise(self) -> int:
        return int.from_bytes(hashlib.sha256(f"{self.seed}\n{self.prompt}".encode()).digest()[:8], "big")


class Generator:
    """The model in memory."""

    def __init__(self, engine: Engine | PlainEngine, tokens: Tokens, decoding: Decoding = USUAL) -> None:
        self._engine, self._tokens, self._decoding = engine, tokens, decoding
        with torch.inference_mode():
            self._openings = [self._opened(style) for style in STYLES] if isinstance(engine, Engine) else []
        self._end = tokens.id_of(END)
        self._symbols = Symbols.of(tokens)
        self._digits = sorted(self._symbols.digits.values())
        texts = [tokens.ids(f"{example.answer}{END}") for example in examples(PHRASES, seed=0)]
        random.Random(0).shuffle(texts)
        self._phrases = Phrasebook(texts)
        self._stop = tokens.ids(SENTENCE_END)[-1]

    @torch.inference_mode()
    def stream(
        self, asked: Asked, most: int, on_text: Callable[[str], None], cancelled: Callable[[], bool] = lambda: False
    ) -> Generated:
        """Writes until the end token, `most` tokens, or `cancelled()`; pieces go to `on_text` as they are whole."""
        prompt = self._tokens.ids(asked.prompt)
        engine = self._engine
        cache = engine.cache(1, len(prompt) + most + self._decoding.guesses)
        following = self._read(prompt, cache)[0]
        grounding, lookahead = self._grounding(asked), self._lookahead(asked)
        noise, written, shown, guessed = asked.noise, [], "", []
        while not cancelled():
            for place, row in enumerate(following):
                token = self._choose(row, written, grounding, noise)
                if token == self._end or len(written) == most:
                    return Generated(self._tokens.text(written), len(written))
                written.append(token)
                whole = self._tokens.text(written)
                unfinished = whole.endswith("\ufffd")  # a multi-byte character waits for its rest: only a sign of life
                on_text("" if unfinished else whole[len(shown) :])
                shown = shown if unfinished else whole
                if place < len(guessed) and guessed[place] != token:
                    break
            cache.cut(len(prompt) + len(written) - 1)
            guessed = lookahead.guess(written, min(self._decoding.guesses, most - len(written)))
            step = torch.tensor([[written[-1], *guessed]])
            following = engine.forward(step, cache, last=step.shape[1])[0]
        return Generated(self._tokens.text(written), len(written))

    def batch(
        self,
        asked: Sequence[Asked],
        most: int,
        size: int = 16,
        on_step: Callable[[], None] = lambda: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[tuple[int, Generated]]:
        """(index, text) of each prompt; batches of like length, so the order is that of length, not of the prompts.

        A text is the same, to the byte, as alone. `on_step` is called after each prompt read and each token of the
        batch; nothing more comes once `cancelled()`.
        """
        lengths = [len(self._tokens.ids(one.prompt)) for one in asked]
        order = sorted(range(len(asked)), key=lambda index: lengths[index])
        while order:
            fitting, slots = self._room(size)
            while fitting > 1 and 2 * fitting * lengths[order[:fitting][-1]] > slots:
                fitting -= 1
            chosen, order = order[:fitting], order[fitting:]
            together = [asked[index] for index in chosen]
            rows = (
                self._write_together(self._engine, together, most, on_step, cancelled)
                if isinstance(self._engine, Engine)
                else [self.stream(together[0], most, lambda _: on_step(), cancelled)]
            )
            if cancelled():
                return
            yield from zip(chosen, rows, strict=True)

    def _room(self, size: int) -> tuple[int, int]:
        """How many texts at once, and how many slots of keys and values they may take together."""
        if not isinstance(self._engine, Engine):
            return 1, MOST_SLOTS
        return size, MOST_SLOTS * torch.bfloat16.itemsize // self._engine.precision.itemsize

    @torch.inference_mode()
    def _write_together(
        self,
        engine: Engine,
        asked: Sequence[Asked],
        most: int,
        on_step: Callable[[], None],
        cancelled: Callable[[], bool],
    ) -> list[Generated]:
        """The texts of a batch, each as it would be alone; one that has ended is left out of the steps that follow."""
        prompts = [self._tokens.ids(one.prompt) for one in asked]
        cache = engine.cache(len(asked), max(len(prompt) for prompt in prompts) + most)
        read = []
        for row, prompt in enumerate(prompts):
            read.append(self._read(prompt, cache.row(row)))
            on_step()
        logits = torch.cat(read)
        written: list[list[int]] = [[] for _ in asked]
        groundings, noises = [self._grounding(one) for one in asked], [one.noise for one in asked]
        rows = list(range(len(asked)))
        for _ in range(most):
            going = []
            for place, row in enumerate(rows):
                token = self._choose(logits[place, -1], written[row], groundings[row], noises[row])
                if token != self._end:
                    written[row].append(token)
                    going.append(place)
            on_step()
            if not going or cancelled():
                break
            if len(going) < len(rows):
                cache.keep(going)
                rows = [rows[place] for place in going]
            logits = engine.forward(torch.tensor([[written[row][-1]] for row in rows]), cache)
        return [Generated(self._tokens.text(row), len(row)) for row in written]

    def _read(self, prompt: list[int], cache: Cache | PlainCache) -> torch.Tensor:
        """Reads a prompt into the cache of one text, but for an opening read before; the logits at its end."""
        done = 0
        for ids, opened in self._openings:
            if isinstance(cache, Cache) and prompt[: len(ids)] == ids:
                cache.put(opened)
                done = len(ids)
        return self._engine.forward(torch.tensor([prompt[done:]]), cache)

    def _opened(self, style: Style) -> tuple[list[int], Cache]:
        ids = self._tokens.ids(opening(style))
        cache = self._engine.cache(1, len(ids))
        self._engine.forward(torch.tensor([ids]), cache)
        return ids, cache

    def _choose(self, logits: torch.Tensor, written: list[int], grounding: Grounding | None, noise: int) -> int:
        decoding = self._decoding
        if grounding is not None:
            whole = self._tokens.text(written)  # a tokenizer may cut the end in two, and "." alone ends no sentence
            told, sentence = whole.count(SENTENCE_END), whole.rpartition(SENTENCE_END)[2]
            last = written[-1] if written else -1
            logits = grounding.restrict(logits, sentence, told, last)
            if decoding.temperature and grounding.has_told(sentence, told):
                decoding = decoding.freed
        chosen = choose(logits, decoding, noise, len(written))
        # Words are drawn. Which number is told is not: wherever one is, it is the likeliest.
        return self._digits[int(logits[self._digits].argmax())] if chosen in self._digits else chosen

    def _grounding(self, asked: Asked) -> Grounding | None:
        return Grounding(self._symbols, asked.prompt) if self._decoding.grounded else None

    def _lookahead(self, asked: Asked) -> Lookahead:
        lines = [self._tokens.ids(f" {line.text}") for line in lines_of(asked.prompt)]
        return Lookahead(lines, self._phrases, frozenset(self._digits), self._stop)
