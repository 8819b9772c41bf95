"""The locks hold every requirement of pyproject.toml, pinned and hashed, and the CPU lock pulls in no CUDA."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENTRY = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)


def locked(name: str) -> dict[str, str]:
    text = (ROOT / "installer" / "locks" / f"{name}.txt").read_text(encoding="utf-8")
    pinned = {match[1]: match[2] for match in ENTRY.finditer(text)}
    assert len(pinned) == len(re.findall(r"^[a-z0-9]", text, re.MULTILINE)), "an entry without a hash"
    return pinned


def required() -> dict[str, str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    return {re.sub(r"[._]", "-", name.lower()): version for name, version in (pin.split("==") for pin in pins)}


@pytest.mark.parametrize("lock", ["cpu", "cuda"])
def test_lock_pins_every_requirement_of_the_project(lock: str) -> None:
    pinned = {name: version.removesuffix("+cpu") for name, version in locked(lock).items()}
    assert {name: pinned.get(name) for name in required()} == required()


@pytest.mark.parametrize("lock", ["cpu", "cuda"])
def test_lock_holds_the_build_backend(lock: str) -> None:
    assert {"hatchling", "editables"} <= locked(lock).keys()


def test_the_program_runs_with_what_was_tested() -> None:
    """The installed program's packages are the CPU lock's, without what only tests need."""
    tested, installed = locked("cpu"), locked("app")
    assert installed.items() <= tested.items()
    assert not installed.keys() & {"pytest", "ruff", "mypy"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {pin.split("==")[0].lower().replace("_", "-") for pin in project["dependencies"]} <= installed.keys()


def test_what_freezes_is_locked() -> None:
    pins = re.findall(
        r"^([a-z-]+)==(\S+)", (ROOT / "installer" / "freeze.in").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert pins
    assert dict(pins).items() <= locked("build").items()


def test_only_the_cuda_lock_brings_nvidia_libraries() -> None:
    assert locked("cpu")["torch"].endswith("+cpu")
    assert not [name for name in locked("cpu") if name.startswith(("nvidia-", "cuda-", "triton"))]
    assert [name for name in locked("cuda") if name.startswith("nvidia-")]


def test_committed_set_up_files_name_no_other_index_than_the_public_one() -> None:
    for file in (ROOT / "installer").rglob("*"):
        if file.is_file() and file.resolve().suffix not in (".md", ".py", ".xml"):  # pages, names of formats
            hosts = re.findall(r"https?://[^\s\"')}]+", file.read_text(encoding="utf-8"))
            assert set(hosts) <= {"https://download.pytorch.org/whl/cpu"}, file
