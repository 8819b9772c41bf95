"""QLoRA: a LoRA adapter trained on the NF4 base, loss on the answer's tokens only. Resumable and seeded."""

import json
import math
import random
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from torch.nn.functional import cross_entropy
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from domain.progress import Progress, Work
from models.narrator.base_model import load_base
from models.narrator.corpus import Example

PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What a training run does; written into the adapter's log."""

    examples: int = 4000
    seed: int = 7
    batch_tokens: int = 2400  # padded tokens in one step: bounds memory whatever the lengths
    learning_rate: float = 1e-3
    warmup_steps: int = 30
    rank: int = 16
    alpha: int = 32
    checkpoint_every: int = 100


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids of prompt and answer together; the answer starts at `start`."""

    ids: list[int]
    start: int


def encode(tokenizer: PreTrainedTokenizerBase, example: Example) -> Encoded:
    prompt = tokenizer(example.prompt, add_special_tokens=False)["input_ids"]
    answer = tokenizer(example.answer + "<|im_end|>", add_special_tokens=False)["input_ids"]
    return Encoded(prompt + answer, len(prompt))


def batches(encoded: Sequence[Encoded], tokens: int, seed: int) -> list[list[Encoded]]:
    """Batches of like length, at most `tokens` with their padding, in an order fixed by the seed."""
    rng = random.Random(seed)
    shuffled = list(encoded)
    rng.shuffle(shuffled)
    made: list[list[Encoded]] = []
    for at in range(0, len(shuffled), 256):
        batch: list[Encoded] = []
        for item in sorted(shuffled[at : at + 256], key=lambda item: len(item.ids)):
            if batch and len(item.ids) * (len(batch) + 1) > tokens:
                made.append(batch)
                batch = []
            batch.append(item)
        made.append(batch)
    rng.shuffle(made)
    return made


def answer_loss(model: PeftModel, batch: list[Encoded], device: torch.device) -> torch.Tensor:
    """Mean cross entropy over the answers' tokens; logits are computed only where an answer's token is predicted."""
    longest = max(len(item.ids) for item in batch)
    ids = torch.zeros(len(batch), longest, dtype=torch.long)
    seen = torch.zeros_like(ids)
    predicts = torch.zeros_like(ids, dtype=torch.bool)
    for row, item in enumerate(batch):
        ids[row, : len(item.ids)] = torch.tensor(item.ids)
        seen[row, : len(item.ids)] = 1
        predicts[row, item.start - 1 : len(item.ids) - 1] = True
    ids, seen, predicts = ids.to(device), seen.to(device), predicts.to(device)
    inner = model.get_base_model()
    hidden = inner.model(input_ids=ids, attention_mask=seen).last_hidden_state
    logits = inner.lm_head(hidden[predicts])
    return cross_entropy(logits.float(), ids[:, 1:][predicts[:, :-1]])


def rate(plan: TrainingPlan, step: int, steps: int) -> float:
    """Linear warm-up, then cosine down to a twentieth."""
    if step < plan.warmup_steps:
        return plan.learning_rate * (step + 1) / plan.warmup_steps
    way = (step - plan.warmup_steps) / max(1, steps - plan.warmup_steps)
    return plan.learning_rate * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * way)))


def adapter_steps(base: Path, examples: Sequence[Example], plan: TrainingPlan, out: Path) -> Work[None]:
    """Trains on the base in folder `base` and writes the adapter (peft's format, bfloat16) and training.log into `out`.

    Stopped at any moment and called again with the same arguments, it goes on from `out`/checkpoint.
    """
    torch.manual_seed(plan.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    tokenizer = AutoTokenizer.from_pretrained(base)
    model = load_base(base, device)
    model.config.use_cache = False
    config = LoraConfig(
        r=plan.rank, lora_alpha=plan.alpha, target_modules=PROJECTIONS, task_type="CAUSAL_LM", bias="none"
    )
    checkpoint = out / "checkpoint"
    resumed = (checkpoint / "state.pt").exists()
    model = (
        PeftModel.from_pretrained(model, checkpoint, is_trainable=True) if resumed else get_peft_model(model, config)
    )
    weights = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=plan.learning_rate, betas=(0.9, 0.99), weight_decay=0.0)
    order = batches([encode(tokenizer, example) for example in examples], plan.batch_tokens, plan.seed)
    first = 0
    if resumed:
        state = torch.load(checkpoint / "state.pt", weights_only=True)
        optimizer.load_state_dict(state["optimizer"])
        first = int(state["step"])
    out.mkdir(parents=True, exist_ok=True)
    model.train()
    with (out / "training.log").open("a", encoding="utf-8") as log:
        log.write(json.dumps({"plan": asdict(plan), "device": str(device), "resumed_at": first}) + "\n")
        started = time.monotonic()
        for step in range(first, len(order)):
            for group in optimizer.param_groups:
                group["lr"] = rate(plan, step, len(order))
            with torch.autocast(device.type, torch.bfloat16):
                loss = answer_loss(model, order[step], device)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            yield Progress(f"training (loss {loss.item():.3f})", step + 1, len(order))
            if (step + 1) % 10 == 0:
                seconds = round(time.monotonic() - started)
                log.write(json.dumps({"step": step + 1, "loss": round(loss.item(), 5), "seconds": seconds}) + "\n")
                log.flush()
            if (step + 1) % plan.checkpoint_every == 0 and step + 1 < len(order):
                _save_checkpoint(model, optimizer, step + 1, checkpoint)
    model.to(torch.bfloat16).save_pretrained(out)


def _save_checkpoint(model: PeftModel, optimizer: torch.optim.Optimizer, step: int, folder: Path) -> None:
    """The state file comes last and by rename, so a checkpoint either counts whole or not at all."""
    (folder / "state.pt").unlink(missing_ok=True)
    model.save_pretrained(folder)
    torch.save({"optimizer": optimizer.state_dict(), "step": step}, folder / "state.pt.part")
    (folder / "state.pt.part").rename(folder / "state.pt")
