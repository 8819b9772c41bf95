"""`whyflag narrator train`: from evidence to an adapter folder with its log, model card and manifest."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from domain.evidence import Evidence
from domain.progress import Progress, Work
from models.narrator.artifacts import WEIGHTS, expected_hash, write_manifest
from models.narrator.corpus import Example
from models.narrator.corpus import examples as build_examples
from models.narrator.model_card import write_card
from models.narrator.training import TrainingPlan, adapter_steps


def specialise(
    base: Path, out: Path, examples: int, seed: int, real: Sequence[tuple[Evidence, ...]] = ()
) -> Work[Path]:
    """Trains on `examples` prompts (half of them from `real`, where given) and seals the adapter in `out`.

    Until it is sealed, another adapter stays in use. Raises ModelRefused where there is no base model.
    """
    base_hash = expected_hash(base)
    plan = TrainingPlan(examples=examples, seed=seed)
    yield Progress("building the training set", 0, examples)
    corpus = list(build_examples(examples, seed, real))
    yield from adapter_steps(base, corpus, plan, out)
    shutil.rmtree(out / "checkpoint", ignore_errors=True)
    seal(out, corpus, plan, base_hash)
    return out


def seal(out: Path, corpus: Sequence[Example], plan: TrainingPlan, base_hash: str) -> None:
    """Adds card and manifest, and takes this machine's folder out of peft's file. The manifest makes it count."""
    settings = json.loads((out / "adapter_config.json").read_text(encoding="utf-8"))
    settings["base_model_name_or_path"] = f"nf4 weights {base_hash}"
    (out / "adapter_config.json").write_text(json.dumps(settings, indent=2, sort_keys=True), encoding="utf-8")
    write_card(out, corpus, plan)
    write_manifest(
        out,
        WEIGHTS["adapter"],
        base_weights_sha256=base_hash,
        examples=str(len(corpus)),
        seed=str(plan.seed),
    )
