"""The frozen bundle, proven: an explanation is written again by what is installed now, and compared with the kept one.

The same bundle on the same machine writes the same text, byte for byte. Where a hash differs, the replay names it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from domain.documents import explanation_from_document
from domain.errors import BundleUnknown, StoreDamaged
from domain.explainer import Explainer
from domain.narrative import Explanation

PARTS = ("classifier", "base_model", "adapter", "prompt", "features", "seed", "style")
AGAIN = "Save one with `whyflag explain ALERT --json > FILE`."


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of the bundle (or the evidence or score itself) that is not what it was."""

    part: str
    then: str
    now: str


@dataclass(frozen=True, slots=True)
class Replay:
    """The kept explanation, the one written now, and what differs between their bundles, evidence and scores."""

    kept: Explanation
    now: Explanation
    differences: tuple[Difference, ...]

    @property
    def same_text(self) -> bool:
        """Whether draft and shown text are equal to the byte."""
        return _text(self.kept) == _text(self.now)


def replay(explainer: Explainer, kept: Explanation) -> Replay:
    """Writes `kept` again, from the transaction on. Raises UnknownAlert, NarratorUnavailable."""
    now = explainer.explain_anew(kept.alert_id or kept.transaction_id)
    return Replay(kept, now, _differences(kept, now))


def read_explanations(file: Path) -> tuple[Explanation, ...]:
    """Those of a file that `whyflag explain --json` printed. Raises BundleUnknown naming the file."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BundleUnknown(f"{file} holds no explanation: {error}.", AGAIN) from error
    documents = document if isinstance(document, list) else [document]
    if not documents or not all(isinstance(one, dict) for one in documents):
        raise BundleUnknown(f"{file} holds no explanation.", AGAIN)
    try:
        return tuple(explanation_from_document(one) for one in documents)
    except StoreDamaged as damaged:
        raise BundleUnknown(f"{file} holds no explanation: {damaged.message}", AGAIN) from damaged


def writer_of(explanation: Explanation) -> str:
    """Who wrote it: 'lora', 'base' or 'template'."""
    bundle = explanation.bundle
    return "lora" if bundle.adapter else "base" if bundle.base_model else "template"


def _differences(kept: Explanation, now: Explanation) -> tuple[Difference, ...]:
    then = [(part, getattr(kept.bundle, part), getattr(now.bundle, part)) for part in PARTS]
    found = [Difference(part, str(before), str(after)) for part, before, after in then if before != after]
    if kept.score != now.score:
        found.append(Difference("score", f"{kept.score:.6f}", f"{now.score:.6f}"))
    if kept.evidence != now.evidence or kept.typology != now.typology:
        found.append(Difference("evidence", _evidence(kept), _evidence(now)))
    return tuple(found)


def _evidence(explanation: Explanation) -> str:
    """The ids of the evidence, with the pattern: the statements stand in the explanations themselves."""
    ids: Sequence[str] = [item.id for item in explanation.evidence]
    return f"{', '.join(ids)}{f'; {explanation.typology.name}' if explanation.typology else ''}"


def _text(explanation: Explanation) -> tuple[str, str]:
    return explanation.narrative.draft, explanation.narrative.text
