"""Where a training run stands: the optimizer's state in safetensors, the rest as JSON in that file's header.

No pickle: whoever can write to the folder can spoil a training, and run nothing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

NAME = "optimizer.safetensors"


@dataclass(frozen=True, slots=True)
class Standing:
    """`step`: how many were taken; `measured`: the fidelities so far."""

    step: int
    measured: tuple[float, ...]


def stands(folder: Path) -> bool:
    """Whether a run can go on from `folder`."""
    return (folder / NAME).exists()


def forget(folder: Path) -> None:
    (folder / NAME).unlink(missing_ok=True)


def save(optimizer: torch.optim.Optimizer, step: int, measured: Sequence[float], folder: Path) -> None:
    """By rename: it stands whole or not at all."""
    states = optimizer.state_dict()["state"]
    tensors = {f"{number}.{name}": value for number, state in states.items() for name, value in state.items()}
    aside = folder / f"{NAME}.part"
    save_file(tensors, aside, {"standing": json.dumps({"step": step, "measured": list(measured)})})
    aside.rename(folder / NAME)


def load(optimizer: torch.optim.Optimizer, folder: Path) -> Standing:
    """Puts the state into an optimizer of the same parameters, in their order."""
    states: dict[int, dict[str, torch.Tensor]] = {}
    with safe_open(folder / NAME, "pt") as file:
        for key in file.keys():  # noqa: SIM118 - no mapping
            number, _, name = key.partition(".")
            states.setdefault(int(number), {})[name] = file.get_tensor(key)
        standing = json.loads(file.metadata()["standing"])
    optimizer.load_state_dict({"state": states, "param_groups": optimizer.state_dict()["param_groups"]})
    return Standing(int(standing["step"]), tuple(float(value) for value in standing["measured"]))
