"""Prompt injections: strings of our own in families (strings.toml), put into every text field of a transaction.

`probe.py` measures what they change; `python -m tests.injections --store S` does so with the real language model.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Injection:
    """A hostile string and the family it belongs to."""

    family: str
    text: str


def injections() -> tuple[Injection, ...]:
    """All of them, in the file's order."""
    groups = tomllib.loads((Path(__file__).parent / "strings.toml").read_text(encoding="utf-8"))
    return tuple(
        Injection(family, text * group.get("times", 1)) for family, group in groups.items() for text in group["strings"]
    )
