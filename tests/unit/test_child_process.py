"""Children are started by name, from the source tree and from the frozen program, and only those of the list."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.bootstrap import worker_command
from desktop.frozen import give_search_path_back, keep_scratch_in_place
from domain import child_process
from domain.rendering.pdf import TYPESETTER
from domain.store.reading import READER_COMMAND
from models.narrator.artifacts import NarratorFolders

ROOT = Path(__file__).parents[2]
FROZEN = "import sys; sys.frozen = True; import runpy; runpy.run_module('desktop.frozen', run_name='__main__')"


@pytest.mark.parametrize("module", sorted(child_process.CHILDREN))
def test_in_a_python_environment_a_child_is_a_module_of_this_code(module) -> None:
    assert child_process.command(module) == (sys.executable, "-P", "-m", module)
    assert (ROOT / module.replace(".", "/")).with_suffix(".py").is_file()


@pytest.mark.parametrize("module", sorted(child_process.CHILDREN))
def test_the_frozen_program_starts_itself_as_the_child(module, monkeypatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert child_process.command(module) == (sys.executable, "--child", module)


def test_what_starts_children_asks_for_their_command(monkeypatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    folders = NarratorFolders(Path("base"), Path("adapter"))
    assert worker_command(folders, "base")[:3] == child_process.command("models.narrator.worker")
    assert TYPESETTER[-1] in child_process.CHILDREN
    assert READER_COMMAND[-1] in child_process.CHILDREN


@pytest.mark.parametrize("module", ["", "os", "domain.store", "desktop.cli", "domain.store.reader "])
def test_no_other_module_is_a_child(module, monkeypatch) -> None:
    with pytest.raises(ValueError):
        child_process.command(module)
    monkeypatch.setattr(sys, "argv", ["whyflag", "--child", module])
    with pytest.raises(ValueError):
        child_process.run_if_child()


def test_the_switch_alone_starts_nothing(monkeypatch) -> None:
    monkeypatch.setattr(sys, "argv", ["whyflag", "--child"])
    with pytest.raises(ValueError):
        child_process.run_if_child()


def test_other_arguments_are_left_to_the_command(monkeypatch) -> None:
    monkeypatch.setattr(sys, "argv", ["whyflag", "explain", "--child"])
    child_process.run_if_child()
    assert sys.argv == ["whyflag", "explain", "--child"]


def test_a_child_of_the_frozen_program_loads_nothing_of_the_window() -> None:
    code = f"import atexit; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); {FROZEN}"
    command = [sys.executable, "-P", "-c", code, "--child", "domain.store.reader"]
    environment = {"PYTHONPATH": child_process.search_path(), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, input=b"{}\n", capture_output=True, env=environment, timeout=60)
    loaded = {name.partition(".")[0] for name in done.stderr.decode().split()}
    assert b"SourceUnreadable" in done.stdout
    assert "duckdb" in loaded
    assert not loaded & {"PySide6", "desktop.cli", "typer", "torch", "models"}


@pytest.mark.parametrize("before", [None, "/opt/bank/lib"])
def test_programs_that_the_window_opens_find_their_own_libraries(before, monkeypatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/whyflag/lib")
    monkeypatch.delenv("LD_LIBRARY_PATH_ORIG", raising=False)
    if before:
        monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", before)
    give_search_path_back()
    assert os.environ.get("LD_LIBRARY_PATH") == before
    assert "LD_LIBRARY_PATH_ORIG" not in os.environ


def test_matplotlib_keeps_its_list_with_the_user_s_caches(monkeypatch) -> None:
    monkeypatch.setattr(os, "environ", {"XDG_CACHE_HOME": "/home/ann/.cache"})
    keep_scratch_in_place()
    assert os.environ["MPLCONFIGDIR"] == "/home/ann/.cache/whyflag/matplotlib"


def test_the_loader_of_a_child_s_child_looks_for_its_own_libraries(monkeypatch) -> None:
    monkeypatch.setattr(os, "environ", {})
    give_search_path_back()
    assert os.environ["PYINSTALLER_RESET_ENVIRONMENT"] == "1"


def test_a_process_may_ask_to_end_with_its_parent() -> None:
    child = "from domain.child_process import end_with_parent; end_with_parent(); print('here', flush=True); input()"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    environment = {**os.environ, "PYTHONPATH": child_process.search_path()}
    waiting, kept_open = os.pipe()
    command = [sys.executable, "-c", parent]
    with subprocess.Popen(command, stdin=waiting, stdout=subprocess.PIPE, env=environment) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == b"here\n"
        started.kill()
        started.communicate(timeout=60)  # the pipe's end: the child, which holds it too and reads on, is gone
    os.close(waiting)
    os.close(kept_open)
