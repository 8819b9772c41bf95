"""The model and its tokenizer in memory, ready to write."""

import json
import subprocess
from pathlib import Path

import torch

from domain import child_process
from models.narrator.engine import Engine
from models.narrator.parts import read_parts, read_shape
from models.narrator.plain_engine import PlainEngine, load_plain


def load_engine(base: Path, adapter: Path | None) -> Engine | PlainEngine:
    """A plain Llama in its fast form, any other model as transformers runs it. Raises RuntimeError where it fails."""
    if not runs_fast(base):
        return load_plain(base, adapter)
    command = [*child_process.command("models.narrator.unpacking"), "--base", str(base)]
    if adapter is not None:
        command += ["--adapter", str(adapter)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            shape = read_shape(process.stdout)
            return Engine(shape, read_parts(process.stdout, shape))
        except EOFError as error:
            raise RuntimeError(f"the model in {base} could not be unpacked; the log says why") from error


def runs_fast(base: Path) -> bool:
    """Whether engine.py can run the model: a plain Llama on a processor that oneDNN knows."""
    config = json.loads((base / "config.json").read_text(encoding="utf-8"))
    return (
        config.get("model_type") == "llama"
        and config.get("hidden_act") == "silu"
        and not (config.get("attention_bias") or config.get("mlp_bias"))
        and torch.backends.mkldnn.is_available()
    )
