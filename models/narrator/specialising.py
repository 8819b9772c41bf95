"""`whyflag narrator train`: from evidence to an adapter folder with its log, model card and manifest."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import torch
from peft import PeftModel
from transformers import PreTrainedTokenizerBase

from domain.evidence import Evidence
from domain.progress import Progress, Work
from models.narrator.artifacts import WEIGHTS, expected_hash, verified_hash, write_manifest
from models.narrator.corpus import Example, held_out_requests
from models.narrator.corpus import examples as build_examples
from models.narrator.evaluation import score_draft
from models.narrator.model_card import write_card
from models.narrator.prompt import END, build_prompt
from models.narrator.training import TrainingPlan, adapter_steps

MEASURED = 16  # prompts, of eight pieces of evidence each
GOING_ON_RATE = 3e-4  # learning rate from an adapter that already writes well: a third of the first one's


def specialise(
    base: Path,
    out: Path,
    examples: int,
    seed: int,
    real: Sequence[tuple[Evidence, ...]] = (),
    start: Path | None = None,
) -> Work[Path]:
    """Trains on `examples` prompts (half of them from `real`, where given) and seals the adapter in `out`.

    `start` is an adapter to go on from. Until the new one is sealed, another adapter stays in use. Raises ModelRefused
    where there is no base model.
    """
    base_hash = expected_hash(base)
    parent = verified_hash(start) if start else ""
    plan = TrainingPlan(examples=examples, seed=seed)
    if start:
        plan = replace(plan, learning_rate=GOING_ON_RATE)
    yield Progress("building the training set", 0, examples)
    corpus = list(build_examples(examples, seed, real))
    yield from adapter_steps(base, corpus, plan, out, draft_fidelity, start)
    for scratch in ("checkpoint", "best"):
        shutil.rmtree(out / scratch, ignore_errors=True)
    seal(out, corpus, plan, base_hash, parent)
    return out


def draft_fidelity(model: PeftModel, tokenizer: PreTrainedTokenizerBase) -> float:
    """The mean of rank, sign and value agreement and coverage of greedy drafts on a few held-out sets of evidence."""
    requests = list(islice(held_out_requests(seed=0), MEASURED))
    tokenizer.padding_side = "left"
    prompts = tokenizer(
        [build_prompt(request) for request in requests], return_tensors="pt", padding=True, add_special_tokens=False
    ).to(model.device)
    end = tokenizer.convert_tokens_to_ids(END)
    with torch.inference_mode():
        written = model.generate(
            **prompts, max_new_tokens=700, do_sample=False, use_cache=True, eos_token_id=end, pad_token_id=end
        )
    texts = tokenizer.batch_decode(written[:, prompts["input_ids"].shape[1] :], skip_special_tokens=True)
    scores = [score_draft(text, request.evidence) for text, request in zip(texts, requests, strict=True)]
    evidence = sum(len(request.evidence) for request in requests)
    agreements = [
        sum(part[0] for part in parts) / max(1, sum(part[1] for part in parts))
        for parts in ([s.rank for s in scores], [s.sign for s in scores], [s.value for s in scores])
    ]
    return (sum(agreements) + sum(score.covered for score in scores) / evidence) / 4


def seal(out: Path, corpus: Sequence[Example], plan: TrainingPlan, base_hash: str, parent: str = "") -> None:
    """Adds card and manifest, and takes this machine's folder out of peft's file. The manifest makes it count."""
    settings = json.loads((out / "adapter_config.json").read_text(encoding="utf-8"))
    settings["base_model_name_or_path"] = f"nf4 weights {base_hash}"
    (out / "adapter_config.json").write_text(json.dumps(settings, indent=2, sort_keys=True), encoding="utf-8")
    write_card(out, corpus, plan, parent)
    write_manifest(
        out,
        WEIGHTS["adapter"],
        base_weights_sha256=base_hash,
        parent_sha256=parent,
        examples=str(len(corpus)),
        seed=str(plan.seed),
    )
