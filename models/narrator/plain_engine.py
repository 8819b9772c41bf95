"""Runs any causal model as transformers does, behind the same few calls as engine.py: for models that it cannot run."""

from collections.abc import Sequence

import torch
from transformers import DynamicCache, PreTrainedModel


class PlainCache:
    """Keys and values of several texts; the first `pads[row]` tokens of a row are padding."""

    def __init__(self, model: PreTrainedModel, pads: Sequence[int]) -> None:
        self.past = DynamicCache(config=model.config)
        self.pads = torch.tensor(pads)
        self.length = 0

    @property
    def rows(self) -> int:
        return len(self.pads)

    def cut(self, length: int) -> None:
        if length < self.length:
            self.past.crop(length - self.length)
        self.length = length

    def keep(self, rows: Sequence[int]) -> None:
        chosen = torch.tensor(rows)
        self.past.batch_select_indices(chosen)
        self.pads = self.pads.index_select(0, chosen)


class PlainEngine:
    """A loaded model with or without an adapter."""

    def __init__(self, model: PreTrainedModel) -> None:
        self._model = model

    def cache(self, pads: Sequence[int], slots: int) -> PlainCache:
        return PlainCache(self._model, pads)

    def forward(self, ids: torch.Tensor, cache: PlainCache, last: int = 1) -> torch.Tensor:
        """Logits (rows, `last`, vocabulary) after the last tokens of `ids` (rows, tokens), which go into the cache."""
        end = cache.length + ids.shape[1]
        slots = torch.arange(end)
        seen = (slots[None] >= cache.pads[:, None]).long()
        places = (slots[None, cache.length :] - cache.pads[:, None]).clamp(min=0)
        device = self._model.device
        logits = self._model(
            input_ids=ids.to(device),
            attention_mask=seen.to(device),
            position_ids=places.to(device),
            past_key_values=cache.past,
            use_cache=True,
            logits_to_keep=last,
        ).logits
        cache.length = end
        return logits.cpu()
