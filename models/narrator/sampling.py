"""Chooses the next token: at random among the likely ones, but always the same for the same seed and place.

The noise of a token depends on nothing but seed, place and token (Gumbel-max with hashed uniforms): a token guessed
ahead either is what would be chosen or is not, and what stands in a batch beside a text does not matter to it.
"""

import numpy as np
import torch

from models.narrator.decoding import Decoding

CANDIDATES = 24
GOLDEN, MIX_1, MIX_2 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def choose(logits: torch.Tensor, decoding: Decoding, seed: int, place: int) -> int:
    """The token at `place` of the text of `seed`, from the logits (vocabulary) there."""
    if decoding.temperature == 0:
        return int(logits.argmax())
    values, ids = logits.float().topk(CANDIDATES)
    scores, tokens = values.numpy(), ids.numpy()
    scores = (scores - scores[0]) / decoding.temperature
    likely = scores >= np.log(max(decoding.least, 1e-12))
    noise = -np.log(-np.log(uniform(seed, place, tokens)))
    return int(tokens[np.argmax(np.where(likely, scores + noise, -np.inf))])


def uniform(seed: int, place: int, tokens: np.ndarray) -> np.ndarray:
    """Numbers in (0, 1), hashed (splitmix64) from seed, place and token."""
    with np.errstate(over="ignore"):
        state = np.uint64(seed & 0xFFFFFFFFFFFFFFFF) + GOLDEN * np.uint64(place + 1)
        mixed = _mix(_mix(np.full(len(tokens), state)) + GOLDEN * tokens.astype(np.uint64))
    return (mixed >> np.uint64(11)).astype(np.float64) / 2.0**53 + 2.0**-54


def _mix(x: np.ndarray) -> np.ndarray:
    x = (x ^ (x >> np.uint64(30))) * MIX_1
    x = (x ^ (x >> np.uint64(27))) * MIX_2
    return x ^ (x >> np.uint64(31))
