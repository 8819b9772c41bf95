"""What installer/build puts together: nothing that is needed is left out, and the model's package holds one model."""

import ast
import json
import runpy
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.errors import ModelRefused
from models.narrator.artifacts import is_built, sha256_of, write_manifest

ROOT = Path(__file__).parents[2]
LEFT_OUT = runpy.run_path(str(ROOT / "installer" / "freeze" / "left_out.py"))
MODEL_PACK = runpy.run_path(str(ROOT / "installer" / "release" / "model_pack.py"))
MADE = datetime(2026, 11, 29, 5, 6, 7, tzinfo=UTC)


def imports(file: Path) -> set[str]:
    """Names of modules, with those above them."""
    named = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            named |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name.rsplit(".", depth)[0] for name in named for depth in range(name.count(".") + 1)}


def test_nothing_that_the_program_imports_is_left_out() -> None:
    code = [file for part in ("desktop", "domain", "models") for file in (ROOT / part).rglob("*.py")]
    needed = set().union(*map(imports, code))
    assert {"torch", "PySide6.QtNetwork", "lime.lime_tabular"} <= needed
    assert not needed & LEFT_OUT["MODULES"].keys()


def test_whatever_is_left_out_has_a_reason() -> None:
    assert all({**LEFT_OUT["MODULES"], **LEFT_OUT["FILES"]}.values())


@pytest.fixture
def base(tmp_path) -> Path:
    folder = tmp_path / "base-nf4"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"weights")
    (folder / "config.json").write_text("{}", encoding="utf-8")
    write_manifest(folder, "model.safetensors", source="somewhere")
    (folder / "whyflag.json.sig").write_text("of this machine", encoding="utf-8")
    return folder


def adapter_on(base_sha256: str, folder: Path) -> Path:
    folder.mkdir()
    (folder / "adapter_model.safetensors").write_bytes(b"adapter")
    write_manifest(folder, "adapter_model.safetensors", base_weights_sha256=base_sha256)
    (folder / "whyflag.json.sig").write_text("of the release", encoding="utf-8")
    return folder


def test_a_model_package_holds_base_and_adapter_and_no_key_of_the_machine(base, tmp_path) -> None:
    adapter = adapter_on(sha256_of(base / "model.safetensors"), tmp_path / "explain")
    MODEL_PACK["pack"](base, adapter, tmp_path / "out", MADE)
    assert is_built(tmp_path / "out" / "base-nf4")
    assert not (tmp_path / "out" / "base-nf4" / "whyflag.json.sig").exists()
    assert (tmp_path / "out" / "explain" / "whyflag.json.sig").read_text(encoding="utf-8") == "of the release"


def test_a_model_package_does_not_tell_when_its_base_was_quantized(base, tmp_path) -> None:
    adapter = adapter_on(sha256_of(base / "model.safetensors"), tmp_path / "explain")
    MODEL_PACK["pack"](base, adapter, tmp_path / "out", MADE)
    manifest = json.loads((tmp_path / "out" / "base-nf4" / "whyflag.json").read_text(encoding="utf-8"))
    assert manifest["version"] == "20261129050607"
    assert manifest["source"] == "somewhere"


def test_a_base_that_the_adapter_was_not_trained_on_is_not_packed(base, tmp_path) -> None:
    adapter = adapter_on("another", tmp_path / "explain")
    with pytest.raises(ValueError, match="another"):
        MODEL_PACK["pack"](base, adapter, tmp_path / "out", MADE)


def test_a_base_that_was_changed_is_not_packed(base, tmp_path) -> None:
    adapter = adapter_on(sha256_of(base / "model.safetensors"), tmp_path / "explain")
    (base / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(ModelRefused):
        MODEL_PACK["pack"](base, adapter, tmp_path / "out", MADE)
