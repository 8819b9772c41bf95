"""How fluent texts are to the base model, by perplexity: a measure beside fidelity, never instead of it."""

import math
from collections.abc import Sequence
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy
from transformers import AutoTokenizer

from models.narrator.base_model import load_base


@torch.inference_mode()
def perplexity(base: Path, texts: Sequence[str]) -> float:
    """exp of the mean negative log-likelihood of a token, each text alone, without its prompt."""
    tokenizer = AutoTokenizer.from_pretrained(base)
    model = load_base(base, torch.device("cpu")).eval()
    total, tokens = 0.0, 0
    for text in texts:
        ids = tokenizer(text, return_tensors="pt", add_special_tokens=False)["input_ids"]
        if ids.shape[1] < 2:
            continue
        logits = model(input_ids=ids).logits[0, :-1].float()
        total += float(cross_entropy(logits, ids[0, 1:], reduction="sum"))
        tokens += ids.shape[1] - 1
    return math.exp(total / tokens) if tokens else math.nan
