"""What `whyflag` begins: the window, or a command; and what neither loads."""

import subprocess
import sys
from pathlib import Path

import pytest

from desktop.__main__ import window_asked


@pytest.mark.parametrize(
    ("words", "store", "user"),
    [
        ([], None, None),
        (["--store", "s"], Path("s"), None),
        (["--store=s", "--user", "ann", "--passphrase-file", "p"], Path("s"), "ann"),
    ],
)
def test_its_options_alone_are_for_the_window(words: list[str], store: Path | None, user: str | None) -> None:
    given = window_asked(words)
    assert given is not None
    assert (given.store, given.user) == (store, user)


@pytest.mark.parametrize(
    "words",
    [["alerts"], ["--help"], ["--store", "s", "alerts"], ["alerts", "--store", "s"], ["--store"], ["--sto", "s"]],
)
def test_all_else_is_for_the_commands(words: list[str]) -> None:
    assert window_asked(words) is None


def loaded(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"import builtins, sys\nplain = builtins.__import__\n{code}\nprint(*sys.modules)"],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return set(done.stdout.split())


def test_a_command_loads_no_window() -> None:
    assert "PySide6" not in loaded("import desktop.cli")


def test_the_window_loads_no_commands_and_leaves_import_as_it_was() -> None:
    """PySide6 puts its own in place of it, which every later import pays for."""
    modules = loaded(
        "from desktop.support.plain_imports import load_qt\nload_qt()\nimport desktop.start\n"
        "assert builtins.__import__ is plain"
    )
    assert "PySide6.QtWidgets" in modules
    assert not modules & {"desktop.cli", "typer", "duckdb", "sklearn"}


def test_a_passphrase_file_without_a_passphrase_is_named(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "desktop", "--store", "s", "--passphrase-file", str(tmp_path / "none")],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert str(tmp_path / "none") in done.stderr
