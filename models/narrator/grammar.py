"""A small notation for wordings: `(a|b|c)` is one of its parts, which may hold further parentheses or be empty.

Slots stand in braces and are filled last, so that nothing that comes from data is read as notation.
"""

import random
import re
from collections.abc import Mapping

CHOICE = re.compile(r"\(([^()]*)\)")
SLOT = re.compile(r"\{(\w+)\}")
SPACES = re.compile(r" {2,}")


def write(wording: str, rng: random.Random, slots: Mapping[str, str] | None = None) -> str:
    """One of the texts that `wording` stands for, its slots filled. Raises KeyError for a slot without a value."""
    while CHOICE.search(wording):
        wording = CHOICE.sub(lambda match: rng.choice(match[1].split("|")), wording)
    text = SPACES.sub(" ", wording).replace(" ,", ",").strip()
    values = slots or {}
    return SLOT.sub(lambda match: values[match[1]], text)
