"""QLoRA: a LoRA adapter trained on the NF4 base, loss on the answer's tokens only. Resumable and seeded."""

import json
import math
import random
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from peft.utils import CONFIG_NAME, SAFETENSORS_WEIGHTS_NAME
from safetensors.torch import load_file, save_file
from torch.nn.functional import cross_entropy
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from domain.progress import Progress, Work
from models.narrator import checkpoint as standing
from models.narrator.base_model import load_base
from models.narrator.corpus import Example

PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What a training run does; written into the adapter's log."""

    examples: int = 3000
    seed: int = 7
    batch_tokens: int = 2400  # padded tokens in one step: bounds memory whatever the lengths
    learning_rate: float = 1e-3
    warmup_steps: int = 30
    rank: int = 16
    alpha: int = 32
    checkpoint_every: int = 50
    measure_every: int = 100  # steps between two measurements of draft fidelity, by which the best adapter is kept
    patience: int = 3  # measurements without a better one, after which training stops
    enough: float = 0.998  # fidelity at which, met twice in a row, training stops


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


@dataclass(slots=True)
class Stopping:
    """Early stopping on draft fidelity: which measurement was the best, and whether to go on."""

    plan: TrainingPlan
    measured: list[float] = field(default_factory=list)

    def is_best(self, fidelity: float) -> bool:
        """Takes one more measurement; whether it is better than all before."""
        best = not self.measured or fidelity > max(self.measured)
        self.measured.append(fidelity)
        return best

    @property
    def is_over(self) -> bool:
        since_best = len(self.measured) - 1 - self.measured.index(max(self.measured)) if self.measured else 0
        return since_best >= self.plan.patience or (
            len(self.measured) >= 2 and min(self.measured[-2:]) >= self.plan.enough
        )


def adapter_steps(
    base: Path,
    examples: Sequence[Example],
    plan: TrainingPlan,
    out: Path,
    fidelity: Callable[[PeftModel, PreTrainedTokenizerBase], float],
    start: Path | None = None,
) -> Work[None]:
    """Trains on the base in folder `base` and writes the adapter (peft's format, bfloat16) and training.log into `out`.

    Of the adapters measured on the way by `fidelity` (0..1, on held-out evidence) the best is written. `start` is an
    adapter to go on from. Stopped at any moment and called again with the same arguments, it goes on from
    `out`/checkpoint.
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
    resumed = standing.stands(checkpoint)
    begun = checkpoint if resumed else start
    model = PeftModel.from_pretrained(model, begun, is_trainable=True) if begun else get_peft_model(model, config)
    weights = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=plan.learning_rate, betas=(0.9, 0.99), weight_decay=0.0)
    order = batches([encode(tokenizer, example) for example in examples], plan.batch_tokens, plan.seed)
    first, stopping = 0, Stopping(plan)
    if resumed:
        stood = standing.load(optimizer, checkpoint)
        first, stopping.measured = stood.step, list(stood.measured)
    out.mkdir(parents=True, exist_ok=True)
    model.train()
    with (out / "training.log").open("a", encoding="utf-8") as log:
        begun_with = "checkpoint" if resumed else start.name if start else "nothing"
        about = {"plan": asdict(plan), "device": str(device), "begun_with": begun_with, "resumed_at": first}
        log.write(json.dumps(about) + "\n")
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
            last = step + 1 == len(order)
            if (step + 1) % plan.measure_every == 0 or last:
                model.eval()
                measured = fidelity(model, tokenizer)
                model.train()
                log.write(json.dumps({"step": step + 1, "fidelity": round(measured, 5)}) + "\n")
                log.flush()
                if stopping.is_best(measured):
                    model.save_pretrained(out / "best")
                if stopping.is_over:
                    break
            if (step + 1) % plan.checkpoint_every == 0 and not last:
                _save_checkpoint(model, optimizer, step + 1, stopping.measured, checkpoint)
    _write_narrow(out / "best", out)


def _write_narrow(source: Path, out: Path) -> None:
    """The adapter in `source`, rounded to bfloat16: as it will run, at half the size."""
    shutil.copy2(source / CONFIG_NAME, out)
    tensors = load_file(source / SAFETENSORS_WEIGHTS_NAME)
    save_file({name: tensor.to(torch.bfloat16) for name, tensor in tensors.items()}, out / SAFETENSORS_WEIGHTS_NAME)


def _save_checkpoint(
    model: PeftModel, optimizer: torch.optim.Optimizer, step: int, measured: Sequence[float], folder: Path
) -> None:
    """The state file comes last and by rename, so a checkpoint either counts whole or not at all."""
    standing.forget(folder)
    model.save_pretrained(folder)
    standing.save(optimizer, step, measured, folder)
