"""What `whyflag` begins: the window, or a command; and what neither loads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.__main__ import window_asked
from tests.stores import PASSPHRASE, new_store


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


@pytest.mark.parametrize("content", [None, b"", b"\nsecret\n", b"\xff\xfe"])
def test_a_passphrase_file_without_a_passphrase_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "passphrase"
    if content is not None:
        file.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-m", "desktop", "--store", "s", "--passphrase-file", str(file)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert str(file) in done.stderr


WINDOW = """
import gc, sys, threading, weakref
from pathlib import Path
from desktop.support.plain_imports import load_qt
load_qt()
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from desktop import start

class Ring:
    def __init__(self):
        self.itself = self

freed_on = []
begin = start.Application.start
def watched(application, *given):
    begin(application, *given)
    application.looking = QTimer()
    application.looking.timeout.connect(lambda: look(application))
    application.looking.start(50)
def look(application):
    if application.window is None or not application.window.isVisible():
        return
    if not hasattr(application, "ring"):
        application.ring = Ring()
        weakref.finalize(application.ring, lambda: freed_on.append(threading.current_thread()))
        application.ring = None
    made = threading.Thread(target=lambda: [Ring() for _ in range(5000)])
    made.start()
    made.join()
    if freed_on:
        application.looking.stop()
        QApplication.quit()
start.Application.start = watched
code = start.open_window(Path(sys.argv[1]), Path(sys.argv[2]))
assert not gc.isenabled()
assert freed_on == [threading.main_thread()], freed_on
sys.exit(code)
"""


def test_the_windows_process_looks_for_cycles_on_its_own_thread_and_ends_well(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    passphrase = tmp_path / "passphrase"
    passphrase.write_text(PASSPHRASE + "\n", encoding="utf-8")
    own = {name: str(tmp_path / name) for name in ("HOME", "WHYFLAG_DATA", "XDG_CONFIG_HOME", "XDG_STATE_HOME")}
    done = subprocess.run(
        [sys.executable, "-c", WINDOW, str(tmp_path / "cases.whyflag"), str(passphrase)],
        capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, **own, "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    log = (tmp_path / "WHYFLAG_DATA" / "logs" / "whyflag.log").read_text(encoding="utf-8")
    assert '"role": "window"' in log and "ended" in log
