"""The prompt: evidence as numbered, quoted lines. Its text stands in resources/prompts and is part of the bundle."""

import hashlib
import re
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import cast

from domain.evidence import Direction
from domain.narrative import NarrationRequest, Style
from models.narrator.decoding import USUAL


@cache
def instruction() -> str:
    """The words that stand above the evidence."""
    return (files("resources") / "prompts" / "explain.txt").read_text(encoding="utf-8").strip()


def prompt_hash() -> str:
    """sha256 of the instruction, the layout of lines and the settings of decoding: each change shows in the bundle."""
    parts = instruction() + LINE + PATTERN_LINE + FRAME + repr(replace(USUAL, guesses=0))
    return hashlib.sha256(parts.encode()).hexdigest()


LINE = "{id} rank {rank} {direction}: {statement}"
PATTERN_LINE = "pattern {name}: {evidence}"
END = "<|im_end|>"
FRAME = "<|im_start|>user\n{instruction} Style: {style}.\n{lines}<|im_end|>\n<|im_start|>assistant\n"


EVIDENCE_LINE = re.compile(r"^(?P<id>E\d+) rank (?P<rank>\d+) (?P<way>raises|lowers): (?P<text>.*)$", re.MULTILINE)
PATTERN = re.compile(r"^pattern (?P<text>.*): (?P<ids>E\d+(?: E\d+)*)$", re.MULTILINE)


STYLE = re.compile(r" Style: (?P<style>full|brief|sar)\.$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Line:
    """What one sentence is to tell, as the model is given it, and the ids to cite with it.

    A pattern has neither direction nor rank.
    """

    text: str
    ids: tuple[str, ...]
    direction: Direction | None = None
    rank: int | None = None


def lines_of(prompt: str) -> tuple[Line, ...]:
    """What a prompt was built from, read back in the order of telling: by rank, then the pattern."""
    given = prompt.partition(END)[0]
    ranked = sorted(EVIDENCE_LINE.finditer(given), key=lambda match: int(match["rank"]))
    lines = [
        Line(match["text"], (match["id"],), "raises" if match["way"] == "raises" else "lowers", int(match["rank"]))
        for match in ranked
    ]
    return (*lines, *(Line(match["text"], tuple(match["ids"].split())) for match in PATTERN.finditer(given)))


def style_of(prompt: str) -> Style:
    """What style a prompt asks for; full where it names none."""
    found = STYLE.search(prompt.partition(END)[0])
    return cast(Style, found["style"]) if found else "full"


def opening(style: Style) -> str:
    """What every prompt of a style begins with."""
    return FRAME.partition("{lines}")[0].format(instruction=instruction(), style=style)


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
