"""The model card written beside an adapter: what it is, what it learned from, what it must not be used for."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from models.narrator.corpus import Example
from models.narrator.training import TrainingPlan

LINE = re.compile(r"^E\d+ rank (\d+) (raises|lowers): ", re.MULTILINE)
STYLE = re.compile(r"Style: (\w+)\.")
CURRENCY = re.compile(r"\d (EUR|USD|GBP|CHF|PLN|JPY|SEK|BRL|RON|INR)\b")
CARD = """---
base_model: SmolLM2-135M-Instruct
library_name: peft
license: apache-2.0
language: en
---

# Adapter: explain a flagged transaction from numbered evidence

A LoRA adapter (rank {rank}, all seven projections) for the base model quantized to NF4. Given up to ten lines of
evidence with rank and direction, it writes one cited sentence for each, by rank. It is part of whyflag, which checks
every sentence against the evidence before it is shown.

## Data

{examples:,} prompts with {lines:,} lines of evidence, built by `models/narrator/corpus.py` (seed {seed}); a tenth of
all evidence sets, chosen by hash, is held out and never trained on. The statements are the product's own
(`domain/statements.py`); which ones stand together, their ranks and their directions are drawn apart from what they
say, so that the text must follow the prompt: {raises:.1%} of the lines raise the score. {shuffled:.0%} of the prompts
list the evidence out of rank order. Answers are worded by a grammar (`wordings.py`, `frames.py`), not by templates. No
text of a person or a bank is in it.

| | Counts |
|---|---|
| Lines a prompt | {sizes} |
| Styles | {styles} |
| With a pattern | {patterns:,} prompts |
| Currencies | {currencies} |
| Openings of sentences | {openings:,} different first three words |

Where stores were given to the training, half of the prompts are built from their evidence and the rest from drawn
values. One drawn name in seven is hostile text, which the answer leaves where it is.

## Training

{parent}QLoRA on the 4-bit base, loss on the answer's tokens only, AdamW, learning rate {rate:g}, one pass, at most
{batch:,} tokens a step. The adapter kept is the one whose drafts on held-out evidence were most faithful, not the one
of the least loss. training.log holds each run, with device, loss and fidelity.

## Limits

English only. It repeats evidence in other words; it knows nothing else and must not be asked anything else. Its drafts
can still take one line's number for another's: they are not to be shown unverified. It does not score, decide, or
recognise patterns.
"""


def write_card(folder: Path, corpus: Sequence[Example], plan: TrainingPlan, parent: str = "") -> None:
    """Writes README.md into the adapter's folder, with counts taken from `corpus` now.

    `parent` is the sha256 of the weights of the adapter that training went on from, if any.
    """
    found = [LINE.findall(example.prompt) for example in corpus]
    directions = Counter(direction for lines in found for _, direction in lines)
    sizes = Counter(len(lines) for lines in found)
    in_order = sum([int(rank) for rank, _ in lines] == list(range(1, len(lines) + 1)) for lines in found)
    total = sum(directions.values())
    styles = Counter(STYLE.findall(" ".join(example.prompt for example in corpus)))
    currencies = Counter(code for example in corpus for code in set(CURRENCY.findall(example.prompt)))
    openings = {
        " ".join(sentence.split()[:3])
        for example in corpus
        for sentence in example.answer.replace("].", "].\n").split("\n")
    }
    card = CARD.format(
        rank=plan.rank,
        examples=len(corpus),
        lines=total,
        seed=plan.seed,
        raises=directions["raises"] / total,
        shuffled=1 - in_order / len(corpus),
        sizes=", ".join(f"{size}: {count:,}" for size, count in sorted(sizes.items())),
        styles=", ".join(f"{style}: {number:,}" for style, number in sorted(styles.items())),
        patterns=sum("\npattern " in example.prompt for example in corpus),
        currencies=", ".join(f"{code} {number:,}" for code, number in currencies.most_common()),
        openings=len(openings),
        parent=f"Went on from the adapter {parent[:12]}, which saw other prompts.\n\n" if parent else "",
        rate=plan.learning_rate,
        batch=plan.batch_tokens,
    )
    (folder / "README.md").write_text(card, encoding="utf-8")
