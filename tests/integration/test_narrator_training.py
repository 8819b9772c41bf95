"""Quantizing and QLoRA on a tiny model: any Hugging Face folder works, a stopped run goes on, artifacts are sealed."""

import json
from pathlib import Path

import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file

from domain.errors import ModelRefused
from domain.progress import finish
from models.narrator import checkpoint
from models.narrator.artifacts import NarratorFolders, narrator_version, sign_model, verified_hash
from models.narrator.base_model import build_base
from models.narrator.corpus import examples
from models.narrator.generation import Generator
from models.narrator.loading import load_engine
from models.narrator.specialising import specialise
from models.narrator.tokens import Tokens
from models.narrator.training import Stopping, TrainingPlan, adapter_steps
from models.narrator.trust import Trust, TrustedKey, new_key
from models.narrator.writing import Asked
from tests.tiny_model import save_tiny_model


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    return finish(build_base(save_tiny_model(folder / "plain"), folder / "base"))


def test_a_base_is_quantized_sealed_and_built_once(base: Path) -> None:
    settings = json.loads((base / "config.json").read_text())["quantization_config"]
    assert settings["bnb_4bit_quant_type"] == "nf4"
    assert verified_hash(base)
    before = (base / "model.safetensors").stat().st_mtime_ns
    assert finish(build_base(base.parent / "plain", base)) == base
    assert (base / "model.safetensors").stat().st_mtime_ns == before
    assert not list(base.parent.glob("*.part"))


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="No model stands at"):
        finish(build_base(tmp_path / "nothing.whl", tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_an_adapter_is_trained_sealed_and_writes(base: Path, tmp_path: Path) -> None:
    out = finish(specialise(base, tmp_path / "adapter", 60, 1))
    signer = new_key(tmp_path / "key")
    sign_model(out, signer)
    trust = Trust((TrustedKey("test", signer.public_key),))
    version = narrator_version(NarratorFolders(base, out), with_adapter=True, trust=trust)
    assert len(version.adapter) == len(version.base_model) == 64
    losses = [json.loads(line)["loss"] for line in (out / "training.log").read_text().splitlines() if "loss" in line]
    assert losses[-1] < losses[0]
    assert "60 prompts" in (out / "README.md").read_text()
    assert not (out / "checkpoint").exists()
    pieces: list[str] = []
    generator = Generator(load_engine(base, out), Tokens(base))
    written = generator.stream(Asked("<|im_start|>user\nhello<|im_end|>\n"), 12, pieces.append)
    assert 0 < written.tokens <= 12
    batch = dict(generator.batch([Asked("a"), Asked("a longer prompt"), Asked("b")], 4))
    assert sorted(batch) == [0, 1, 2]


def test_early_stopping_keeps_the_best_and_ends_when_nothing_improves_or_enough_is_reached() -> None:
    stopping = Stopping(TrainingPlan(patience=2, enough=0.99))
    assert [stopping.is_best(fidelity) for fidelity in (0.5, 0.7, 0.6)] == [True, True, False]
    assert not stopping.is_over
    assert not stopping.is_best(0.7)
    assert stopping.is_over
    enough = Stopping(TrainingPlan(patience=9, enough=0.99))
    assert enough.is_best(0.995)
    assert not enough.is_over
    enough.is_best(0.991)
    assert enough.is_over


def test_the_adapter_written_is_the_one_measured_best(base: Path, tmp_path: Path) -> None:
    plan = TrainingPlan(examples=40, seed=1, batch_tokens=12_000, measure_every=1, patience=99)
    best: list[torch.Tensor] = []

    def fidelity(model: PeftModel, _: object) -> float:
        best.append(
            min((name, value) for name, value in model.named_parameters() if "lora_B" in name)[1].detach().clone()
        )
        return 1.0 / len(best)  # the first is the best

    finish(adapter_steps(base, list(examples(40, 1)), plan, tmp_path, fidelity))
    assert len(best) > 1
    written = load_file(tmp_path / "adapter_model.safetensors")
    first = written[min(name for name in written if "lora_B" in name)]
    assert torch.equal(first, best[0].to(torch.bfloat16))


def test_a_stopped_training_goes_on_from_its_checkpoint(base: Path, tmp_path: Path) -> None:
    plan = TrainingPlan(examples=60, seed=1, checkpoint_every=2)
    corpus = list(examples(60, 1))
    work = adapter_steps(base, corpus, plan, tmp_path, lambda *_: 0.5)
    for _ in range(5):
        next(work)
    work.close()
    finish(adapter_steps(base, corpus, plan, tmp_path, lambda *_: 0.5))
    starts = [json.loads(line) for line in (tmp_path / "training.log").read_text().splitlines() if "resumed_at" in line]
    assert [start["resumed_at"] for start in starts] == [0, 4]
    assert (tmp_path / "adapter_model.safetensors").is_file()


def test_an_optimizer_goes_on_exactly_where_it_stood(tmp_path: Path) -> None:
    def taken(steps: int, weights: torch.nn.Linear, optimizer: torch.optim.Optimizer) -> None:
        for step in range(steps):
            weights(torch.full((1, 3), 1.0 + step)).square().sum().backward()
            optimizer.step()
            optimizer.zero_grad()

    torch.manual_seed(1)
    whole, stopped = torch.nn.Linear(3, 2), torch.nn.Linear(3, 2)
    stopped.load_state_dict(whole.state_dict())
    first, second = torch.optim.AdamW(whole.parameters()), torch.optim.AdamW(stopped.parameters())
    taken(3, whole, first)
    taken(3, stopped, second)
    checkpoint.save(second, 3, [0.5, 0.75], tmp_path)
    resumed = torch.optim.AdamW(stopped.parameters())
    assert checkpoint.load(resumed, tmp_path) == checkpoint.Standing(3, (0.5, 0.75))
    taken(3, whole, first)
    taken(3, stopped, resumed)
    assert all(torch.equal(one, other) for one, other in zip(whole.parameters(), stopped.parameters(), strict=True))
    assert [file.name for file in tmp_path.iterdir()] == [checkpoint.NAME]


def test_changed_weights_are_refused(base: Path, tmp_path: Path) -> None:
    out = finish(specialise(base, tmp_path / "adapter", 20, 1))
    weights = out / "adapter_model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ModelRefused, match="not those of its manifest"):
        narrator_version(NarratorFolders(base, out), with_adapter=True, trust=Trust(()))
    with pytest.raises(ModelRefused, match="No language model stands"):
        narrator_version(NarratorFolders(tmp_path / "none", out), with_adapter=True, trust=Trust(()))
