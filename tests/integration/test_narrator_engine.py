"""The engine writes what transformers, peft and bitsandbytes would; guesses and batches do not change a text."""

import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoTokenizer, PreTrainedModel

from domain.progress import finish
from models.narrator.apart import parts, shape_of
from models.narrator.base_model import build_base, load_base
from models.narrator.decoding import USUAL, Decoding
from models.narrator.engine import TOGETHER, Engine, Shape, usual_precision
from models.narrator.generation import Generator
from models.narrator.loading import load_engine
from models.narrator.parts import read_shape
from models.narrator.plain_engine import load_plain
from models.narrator.tokens import Tokens
from models.narrator.training import PROJECTIONS
from models.narrator.writing import Asked
from tests.tiny_model import save_tiny_model

CPU = torch.device("cpu")
GREEDY = replace(USUAL, temperature=0.0, grounded=False)
PROMPT = "<|im_start|>user\nE1 rank 1 raises: 12,508.50 EUR; the typical payment is 20.34 EUR<|im_end|>\n"
LONGER = PROMPT.replace("E1 rank 1", "pattern card testing: E1\nE1 rank 1")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    return finish(build_base(save_tiny_model(folder / "plain"), folder / "base"))


def engine_of(model: PreTrainedModel | PeftModel, precision: torch.dtype | None = None) -> Engine:
    return Engine(shape_of(model), parts(model), precision)


@pytest.fixture(scope="module", params=[torch.bfloat16, torch.float32], ids=["bfloat16", "float32"])
def precision(request: pytest.FixtureRequest) -> torch.dtype:
    """Each that this processor multiplies: float32 is what one without AVX-512 writes with."""
    if request.param not in (torch.float32, usual_precision()):
        pytest.skip("this processor has no products of bfloat16")
    return request.param


@pytest.fixture(scope="module")
def write(base: Path, precision: torch.dtype) -> Callable[[Decoding], Generator]:
    """Makes generators that share one engine."""
    engine, tokens = engine_of(load_base(base, CPU), precision), Tokens(base)
    return lambda decoding: Generator(engine, tokens, decoding)


def adapted(base: Path) -> PeftModel:
    """The quantized model with an adapter whose product is not nothing."""
    torch.manual_seed(3)
    config = LoraConfig(r=4, lora_alpha=8, target_modules=PROJECTIONS, task_type="CAUSAL_LM")
    model = get_peft_model(load_base(base, CPU), config, autocast_adapter_dtype=False)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.05)
    return model.eval()


@pytest.mark.parametrize("make", [adapted, lambda base: load_base(base, CPU).eval()], ids=["adapter", "base alone"])
@torch.inference_mode()
def test_the_engine_gives_the_logits_of_the_reference(
    base: Path, make: Callable[[Path], PreTrainedModel], precision: torch.dtype
) -> None:
    ids = torch.randint(3, 250, (1, 40))
    reference = make(base)(input_ids=ids).logits[0].float()
    engine = engine_of(make(base), precision)
    cache = engine.cache(1, 64)
    first = engine.forward(ids[:, :25], cache, last=25)[0].float()
    rest = torch.cat([engine.forward(ids[:, at : at + 1], cache)[0].float() for at in range(25, 40)])
    ours = torch.cat([first, rest])
    assert torch.nn.functional.cosine_similarity(ours, reference, dim=-1).min() > 0.999
    assert (ours - reference).abs().max() < 0.05 * reference.abs().max()


@torch.inference_mode()
def test_neighbours_and_steps_do_not_reach_a_row(base: Path, precision: torch.dtype) -> None:
    engine = engine_of(load_base(base, CPU).eval(), precision)
    ids, neighbour = torch.randint(3, 250, (1, 20)), torch.randint(3, 250, (1, 33))
    step = torch.tensor([[7]])
    alone = engine.cache(1, 64)
    engine.forward(ids, alone)
    at_once = engine.forward(torch.tensor([[7, 8, 9]]), alone, last=3)
    alone.cut([20])
    together = engine.cache(3, 64)
    for row, text in enumerate((neighbour, ids, neighbour[:, :9])):
        engine.forward(text, together.row(row))
    batched = engine.forward(step.repeat(3, 1), together)
    assert torch.equal(batched[1], engine.forward(step, alone)[0])
    assert torch.equal(batched[1, 0], at_once[0, 0])
    together.keep([1])
    assert torch.equal(engine.forward(step, together), engine.forward(step, alone))


@pytest.fixture(scope="module")
def large(precision: torch.dtype) -> Engine:
    """As wide as the shipped model: some kernels are only chosen at its sizes."""
    torch.manual_seed(5)
    width, inner, vocabulary, places = 576, 1536, 300, 1024

    def part(**sizes: tuple[int, ...]) -> dict[str, torch.Tensor]:
        return {name: torch.randn(size) / math.sqrt(size[-1]) for name, size in sizes.items()}

    turns = torch.rand(places, 32) * 2 * torch.pi
    angles = {"cos": turns.cos().repeat(1, 2), "sin": turns.sin().repeat(1, 2)}
    outside = part(embedding=(vocabulary, width)) | angles | {"norm": torch.ones(width)}
    layer = part(
        into_attention=(960, width), out_of_attention=(width, 576), into_mlp=(2 * inner, width),
        out_of_mlp=(width, inner),
    )  # fmt: skip
    layer |= {"before_attention": torch.ones(width), "before_mlp": torch.ones(width)}
    return Engine(Shape(4, 9, 3, 64, 1e-5), iter([outside, *[layer] * 4]), precision)


@torch.inference_mode()
@pytest.mark.parametrize("count", [1, 2, 6])
def test_at_the_shipped_model_s_size_steps_and_neighbours_do_not_reach_a_row(large: Engine, count: int) -> None:
    prompts = [torch.randint(0, 300, (1, length)) for length in range(170, 500, 53)]
    text = torch.randint(0, 300, (1, 96))

    def written(prompts: list[torch.Tensor], count: int) -> torch.Tensor:
        cache = large.cache(len(prompts), 700)
        for row, prompt in enumerate(prompts):
            large.forward(prompt, cache.row(row))
        steps = text.repeat(len(prompts), 1).split(count, dim=1)
        return torch.cat([large.forward(step, cache, last=count) for step in steps], dim=1)

    at_once = torch.cat([written([prompt], TOGETHER) for prompt in prompts])
    assert torch.equal(written(prompts, count), at_once)
    assert torch.equal(written(prompts[:1], count), at_once[:1])


@torch.inference_mode()
def test_a_model_the_engine_cannot_run_writes_all_the_same(base: Path, write: Callable[[Decoding], Generator]) -> None:
    fast = write(GREEDY)
    plain = Generator(load_plain(base, None), Tokens(base), GREEDY)
    asked = [Asked(PROMPT), Asked("hello")]
    written = dict(plain.batch(asked, 3))
    assert written[1] == plain.stream(asked[1], 3, lambda _: None)
    assert written == dict(fast.batch(asked, 3))


def test_guesses_and_the_read_opening_do_not_change_a_text(write: Callable[[Decoding], Generator]) -> None:
    with_guesses = write(GREEDY).stream(Asked(PROMPT), 40, lambda _: None)
    without = write(replace(GREEDY, guesses=0)).stream(Asked(PROMPT), 40, lambda _: None)
    assert with_guesses == without


def test_a_batch_writes_what_a_stream_writes(write: Callable[[Decoding], Generator]) -> None:
    generator = write(GREEDY)
    asked = [Asked(PROMPT), Asked(LONGER), Asked("hello")]
    alone = [generator.stream(one, 3, lambda _: None).text for one in asked]
    together = dict(generator.batch(asked, 3))
    assert [together[index].text for index in range(3)] == alone


def test_the_same_seed_gives_the_same_words_and_another_others(write: Callable[[Decoding], Generator]) -> None:
    generator = write(replace(USUAL, grounded=False, least=0.0))

    def text(seed: int) -> str:
        return generator.stream(Asked(PROMPT, seed), 20, lambda _: None).text

    assert text(1) == text(1)
    assert len({text(seed) for seed in range(5)}) > 1


def test_grounded_text_holds_only_the_evidence_s_numbers_and_codes(write: Callable[[Decoding], Generator]) -> None:
    generator = write(replace(USUAL, temperature=3.0, least=0.0))
    for seed in range(8):
        written = generator.stream(Asked(PROMPT, seed), 60, lambda _: None).text
        for number in re.findall(r"\d+(?:[.,:]\d+)*", written)[:-1]:
            assert number in ("12,508.50", "20.34", "1")


def test_cancelling_stops_before_the_next_step(write: Callable[[Decoding], Generator]) -> None:
    pieces: list[str] = []
    generator = write(replace(GREEDY, guesses=0))
    written = generator.stream(Asked("hello"), 50, pieces.append, cancelled=lambda: len(pieces) >= 3)
    assert written.tokens <= 4


def test_the_unpacking_process_hands_over_the_same_model(base: Path) -> None:
    ids = torch.randint(3, 250, (1, 20))
    here, there = engine_of(load_base(base, CPU)), load_engine(base, None)
    assert isinstance(there, Engine)
    with torch.inference_mode():
        assert torch.equal(here.forward(ids, here.cache(1, 64)), there.forward(ids, there.cache(1, 64)))


def test_the_unpacking_process_leaves_nothing_in_tmp(base: Path, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    load_engine(base, None)
    assert not list((tmp_path / "tmp").iterdir())


def test_weights_that_end_early_are_told(tmp_path: Path) -> None:
    cut = tmp_path / "cut"
    cut.write_bytes((100).to_bytes(8, "little") + b"{")
    with cut.open("rb") as stream, pytest.raises(EOFError):
        read_shape(stream)


def test_a_model_that_cannot_be_unpacked_is_told(base: Path, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="could not be unpacked"):
        load_engine(base, tmp_path / "no adapter")


def test_the_tokenizer_s_file_reads_as_transformers_reads_it(base: Path) -> None:
    tokens, reference = Tokens(base), AutoTokenizer.from_pretrained(base)
    assert tokens.ids(PROMPT) == reference(PROMPT, add_special_tokens=False)["input_ids"]
    assert tokens.text(tokens.ids(PROMPT)) == reference.decode(tokens.ids(PROMPT)) == PROMPT
    assert tokens.count == len(reference)
    assert tokens.special >= frozenset(reference.all_special_ids)
