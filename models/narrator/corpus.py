"""The training set: prompts and answers built from evidence, split by evidence and not by row."""

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from domain.evidence import Evidence
from domain.narrative import NarrationRequest, Style
from models.narrator.frames import answer
from models.narrator.prompt import build_prompt
from models.narrator.synthetic import draw_evidence, draw_typology, evidence_of
from models.narrator.wordings import clause

SIZES = (1, 1, 2, 3, 4, 5, 5, 6, 7, 8, 8, 9, 10)  # how many pieces of evidence a prompt has: 1 for repairs
STYLES: tuple[Style, ...] = ("full", "full", "full", "full", "brief", "sar")


@dataclass(frozen=True, slots=True)
class Example:
    """One prompt and the answer to learn."""

    prompt: str
    answer: str


def held_out(statement_set: tuple[str, ...]) -> bool:
    """One in ten evidence sets, chosen by their own words, so that no set is on both sides of the split."""
    return hashlib.sha256("\n".join(sorted(statement_set)).encode()).digest()[0] < 26


def examples(
    count: int, seed: int, real: Sequence[tuple[Evidence, ...]] = (), real_share: float = 0.5
) -> Iterator[Example]:
    """`count` training examples; `real_share` of them from `real` evidence (of stores), the rest drawn.

    Real evidence keeps its statements; which of them are taken, their ranks and directions are drawn anew.
    """
    rng = random.Random(seed)
    seen: set[str] = set()
    while len(seen) < count:
        size = rng.choice(SIZES)
        if real and rng.random() < real_share:
            pool = [item for item in rng.choice(real) if _worded(item)]
            chosen = rng.sample(pool, min(size, len(pool)))
            evidence = evidence_of([(item.kind, item.statement) for item in chosen], rng)
        else:
            evidence = draw_evidence(rng, size)
        if not evidence or held_out(tuple(item.statement for item in evidence)):
            continue
        typology = draw_typology(evidence, rng)
        style = rng.choice(STYLES)
        prompt = build_prompt(NarrationRequest(evidence, typology, style=style))
        if prompt not in seen:
            seen.add(prompt)
            yield Example(prompt, answer(evidence, typology, rng, style))


def held_out_requests(seed: int, k: int = 8) -> Iterator[NarrationRequest]:
    """Requests of `k` pieces of drawn evidence that never train, numbered by rank as the product's are, without end."""
    rng = random.Random(seed)
    while True:
        evidence = draw_evidence(rng, k)
        if held_out(tuple(item.statement for item in evidence)):
            ranked = sorted(evidence, key=lambda item: item.rank)
            yield NarrationRequest(tuple(replace(item, id=f"E{item.rank}") for item in ranked))


def _worded(item: Evidence) -> bool:
    try:
        clause(item, random.Random(0))
    except ValueError:
        return False
    return True
