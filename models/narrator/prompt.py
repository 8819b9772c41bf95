"""The prompt: evidence as numbered, quoted lines. Its text stands in resources/prompts and is part of the bundle."""

import hashlib
from functools import cache
from importlib.resources import files

from domain.narrative import NarrationRequest


@cache
def instruction() -> str:
    """The words that stand above the evidence."""
    return (files("resources") / "prompts" / "explain.txt").read_text(encoding="utf-8").strip()


def prompt_hash() -> str:
    """sha256 of the instruction and of how lines are laid out (a sample), so that either change shows in the bundle."""
    return hashlib.sha256((instruction() + LINE + PATTERN_LINE + FRAME).encode()).hexdigest()


LINE = "{id} rank {rank} {direction}: {statement}"
PATTERN_LINE = "pattern {name}: {evidence}"
END = "<|im_end|>"
FRAME = "<|im_start|>user\n{instruction} Style: {style}.\n{lines}<|im_end|>\n<|im_start|>assistant\n"


def harmless(text: str) -> str:
    """Data stays data: one line, no control characters, and nothing that reads as a special token or a citation."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return printable.replace("<|", "< |").replace("[", "(").replace("]", ")")


def build_prompt(request: NarrationRequest) -> str:
    """The whole text given to the model; lines stand in the order of the request."""
    lines = [
        LINE.format(id=item.id, rank=item.rank, direction=item.direction, statement=harmless(item.statement))
        for item in request.evidence
    ]
    if request.typology:
        name, evidence = harmless(request.typology.name), " ".join(request.typology.evidence)
        lines.append(PATTERN_LINE.format(name=name, evidence=evidence))
    return FRAME.format(instruction=instruction(), style=request.style, lines="\n".join(lines))
