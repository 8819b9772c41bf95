"""Runs any causal model as transformers does, one text at a time: for models that engine.py cannot run."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:  # loaded only where this engine is needed: it costs 200 MB
    from transformers import DynamicCache, PreTrainedModel


def load_plain(base: Path, adapter: Path | None) -> "PlainEngine":
    """Loads the model with its adapter."""
    from models.narrator.apart import load_model

    return PlainEngine(load_model(base, adapter))


class PlainCache:
    """Keys and values of one text."""

    def __init__(self, past: "DynamicCache") -> None:
        self.past = past

    def cut(self, lengths: Sequence[int]) -> None:
        """Forgets what lies behind the one text's length."""
        [length] = lengths
        too_many = self.past.get_seq_length() - length
        if too_many > 0:
            self.past.crop(-too_many)


class PlainEngine:
    """A loaded model with or without an adapter."""

    def __init__(self, model: "PreTrainedModel") -> None:
        self._model = model

    def cache(self, rows: int, slots: int) -> PlainCache:
        """As engine.py's, for one row; it grows by itself."""
        from transformers import DynamicCache

        assert rows == 1
        return PlainCache(DynamicCache(config=self._model.config))

    def forward(self, ids: torch.Tensor, cache: PlainCache, last: int = 1) -> torch.Tensor:
        """Logits (1, `last`, vocabulary) after the last tokens of `ids` (1, tokens), which go into the cache."""
        logits = self._model(
            input_ids=ids.to(self._model.device), past_key_values=cache.past, use_cache=True, logits_to_keep=last
        ).logits
        return logits.cpu()
