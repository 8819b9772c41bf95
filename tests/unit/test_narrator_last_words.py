"""The narrator's child process leaves no data in its log, no process behind, and its log does not grow for ever."""

import os
import select
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from models.narrator.child import LARGEST_LOG, Child, Limits

ROOT = Path(__file__).parents[2]
SECRET = "Ana Novak DE89370400440532013000"


@pytest.mark.parametrize("where", ["fail()", "t = threading.Thread(target=fail); t.start(); t.join()"])
def test_error_nobody_caught_is_told_without_its_message(where: str) -> None:
    code = f"""
import sys, threading
from models.narrator.last_words import without_data
without_data()
def fail():
    raise RuntimeError(sys.argv[1]) from KeyError(sys.argv[1])
{where}
"""
    told = subprocess.run([sys.executable, "-c", code, SECRET], cwd=ROOT, capture_output=True, text=True).stderr
    assert "builtins.RuntimeError" in told and " fail\n" in told
    assert SECRET not in told


def test_what_the_process_started_ends_with_it(tmp_path: Path) -> None:
    fifo = tmp_path / "held open"
    os.mkfifo(fifo)
    started = f"import threading; held = open({str(fifo)!r}, 'w'); threading.Event().wait()"
    starting = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {started!r}])"
    child = Child([sys.executable, "-c", starting], tmp_path / "narrator.log", Limits(start=20))
    held = os.open(fifo, os.O_RDONLY)  # waits for the other end
    child.end()
    readable, _, _ = select.select([held], [], [], 20)
    assert readable and os.read(held, 1) == b""
    os.close(held)


def test_log_is_private_and_the_older_one_is_kept_once(tmp_path: Path) -> None:
    log = tmp_path / "narrator.log"
    log.write_bytes(b"x" * (LARGEST_LOG + 1))
    child = Child([sys.executable, "-c", "import sys; print('new', file=sys.stderr)"], log, Limits(start=20))
    child._process.wait()
    child.end()
    assert log.read_text() == "new\n"
    assert (tmp_path / "narrator.log.1").stat().st_size == LARGEST_LOG + 1
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
