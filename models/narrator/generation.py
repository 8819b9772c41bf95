"""Text from the quantized model with its adapter: one stream or many prompts at once, several tokens a step."""

from collections.abc import Callable, Iterator, Sequence

import torch

from domain.narrative import Style
from models.narrator.decoding import USUAL, Decoding
from models.narrator.engine import Cache, Engine
from models.narrator.plain_engine import PlainCache, PlainEngine
from models.narrator.prompt import opening
from models.narrator.tokens import Tokens
from models.narrator.writing import Asked, Generated, Shared, Text

STYLES: tuple[Style, ...] = ("full", "brief", "sar")
MOST_SLOTS = 10_000  # of bfloat16, of which a slot's keys and values take 23 KB; a text is about as long as its prompt
# Tokens of all texts of a batch in one step, guesses among them. Three times as many of bfloat16 cost about twice as
# much, and of two guesses one is right; of float32 each has its price.
AT_ONCE = {torch.bfloat16: 48, torch.float32: 16}


class Generator:
    """The model in memory."""

    def __init__(self, engine: Engine | PlainEngine, tokens: Tokens, decoding: Decoding = USUAL) -> None:
        self._engine, self._tokens, self._decoding = engine, tokens, decoding
        with torch.inference_mode():
            self._openings = [self._opened(style) for style in STYLES] if isinstance(engine, Engine) else []
        self._shared = Shared(tokens, decoding)

    @torch.inference_mode()
    def stream(
        self, asked: Asked, most: int, on_text: Callable[[str], None], cancelled: Callable[[], bool] = lambda: False
    ) -> Generated:
        """Writes until the end token, `most` tokens, or `cancelled()`; pieces go to `on_text` as they are whole."""
        guesses = self._decoding.guesses
        text = Text(self._shared, asked, most)
        cache = self._engine.cache(1, len(text.prompt) + most + guesses)
        following, shown = self._read(text.prompt, cache)[0], ""
        while not cancelled():
            text.take(following)
            unfinished = text.text.endswith("\ufffd")  # a multi-byte character waits for its rest: only a sign of life
            on_text("" if unfinished else text.text[len(shown) :])
            shown = shown if unfinished else text.text
            if text.ended:
                break
            cache.cut([text.read])
            following = self._engine.forward(torch.tensor([text.step(guesses)]), cache, last=1 + guesses)[0]
        return text.generated

    def batch(
        self,
        asked: Sequence[Asked],
        most: int,
        size: int = 16,
        on_step: Callable[[], None] = lambda: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[tuple[int, Generated]]:
        """(index, text) of each prompt; batches of like length, so the order is that of length, not of the prompts.

        A text is the same, to the byte, as alone. `on_step` is called after each prompt read and each step of the
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
        texts = [Text(self._shared, one, most) for one in asked]
        cache = engine.cache(len(texts), max(len(text.prompt) for text in texts) + most + self._decoding.guesses)
        read = []
        for row, text in enumerate(texts):
            read.append(self._read(text.prompt, cache.row(row)))
            on_step()
        following, going = torch.cat(read), texts
        while not cancelled():
            for text, logits in zip(going, following, strict=True):
                text.take(logits)
            on_step()
            kept = [row for row, text in enumerate(going) if not text.ended]
            if not kept:
                break
            if len(kept) < len(going):
                cache.keep(kept)
                going = [going[row] for row in kept]
            guesses = min(self._decoding.guesses, max(0, AT_ONCE[engine.precision] // len(going) - 1))
            cache.cut([text.read for text in going])
            following = engine.forward(torch.tensor([text.step(guesses) for text in going]), cache, last=1 + guesses)
        return [text.generated for text in texts]

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
