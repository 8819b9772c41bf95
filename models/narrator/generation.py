"""Greedy text from the quantized model with its adapter, one stream token by token or several prompts at once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from peft import PeftModel
from transformers import AutoTokenizer, DynamicCache

from models.narrator.base_model import load_base
from models.narrator.prompt import END


@dataclass(frozen=True, slots=True)
class Generated:
    """The text of one prompt and how many tokens it took."""

    text: str
    tokens: int


class Generator:
    """The model in memory. Greedy, so the same prompt gives the same text on the same machine."""

    def __init__(self, base: Path, adapter: Path | None) -> None:
        self._tokenizer = AutoTokenizer.from_pretrained(base)
        self._tokenizer.padding_side = "left"
        model = load_base(base, torch.device("cpu"))
        if adapter is not None:
            # bfloat16 adapters: peft would widen them to float32 for training, at a third of the speed
            model = PeftModel.from_pretrained(model, adapter, autocast_adapter_dtype=False, torch_device="cpu")
        self._model = model.eval()
        self._end = self._tokenizer.convert_tokens_to_ids(END)

    @torch.inference_mode()
    def stream(
        self, prompt: str, most: int, on_text: Callable[[str], None], cancelled: Callable[[], bool] = lambda: False
    ) -> Generated:
        """Writes until the end token, `most` tokens, or `cancelled()`; pieces go to `on_text` as they are whole."""
        ids = self._tokenizer(prompt, return_tensors="pt", add_special_tokens=False)["input_ids"]
        cache = DynamicCache(config=self._model.config)
        written: list[int] = []
        text = ""
        while len(written) < most and not cancelled():
            logits = self._model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1).logits
            token = int(logits[0, -1].argmax())
            if token == self._end:
                break
            written.append(token)
            ids = torch.tensor([[token]])
            whole = self._tokenizer.decode(written)
            if not whole.endswith("�"):  # an unfinished multi-byte character waits for its rest
                on_text(whole[len(text) :])
                text = whole
        return Generated(self._tokenizer.decode(written), len(written))

    def batch(
        self,
        prompts: Sequence[str],
        most: int,
        size: int = 16,
        on_step: Callable[[], None] = lambda: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[tuple[int, Generated]]:
        """(index, text) of each prompt; batches of like length, so the order is that of length, not of the prompts.

        `on_step` is called after each token of the batch; nothing more comes once `cancelled()`.
        """
        lengths = [len(self._tokenizer(prompt, add_special_tokens=False)["input_ids"]) for prompt in prompts]
        order = sorted(range(len(prompts)), key=lambda index: lengths[index])
        for at in range(0, len(order), size):
            chosen = order[at : at + size]
            inputs = self._tokenizer(
                [prompts[index] for index in chosen], return_tensors="pt", padding=True, add_special_tokens=False
            )
            rows = self._write_together(inputs["input_ids"], inputs["attention_mask"], most, on_step, cancelled)
            if cancelled():
                return
            yield from zip(chosen, (Generated(self._tokenizer.decode(row), len(row)) for row in rows), strict=True)

    @torch.inference_mode()
    def _write_together(
        self,
        ids: torch.Tensor,
        mask: torch.Tensor,
        most: int,
        on_step: Callable[[], None],
        cancelled: Callable[[], bool],
    ) -> list[list[int]]:
        """Token ids of each row; prompts are padded on the left, so that all rows write at the same place."""
        cache = DynamicCache(config=self._model.config)
        rows: list[list[int]] = [[] for _ in range(len(ids))]
        open_rows = set(range(len(ids)))
        step = ids
        for _ in range(most):
            position_ids = (mask.cumsum(-1) - 1).clamp(min=0)[:, -step.shape[1] :]
            logits = self._model(
                input_ids=step,
                attention_mask=mask,
                position_ids=position_ids,
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=1,
            ).logits
            tokens = logits[:, -1].argmax(-1)
            for row in list(open_rows):
                token = int(tokens[row])
                if token == self._end:
                    open_rows.discard(row)
                else:
                    rows[row].append(token)
            on_step()
            if not open_rows or cancelled():
                break
            step = tokens[:, None]
            mask = torch.cat([mask, torch.ones(len(mask), 1, dtype=mask.dtype)], dim=1)
        return rows
