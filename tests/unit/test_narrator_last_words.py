"""The narrator's child process leaves no data in its log, and its log does not grow for ever."""

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


def test_log_is_private_and_the_older_one_is_kept_once(tmp_path: Path) -> None:
    log = tmp_path / "narrator.log"
    log.write_bytes(b"x" * (LARGEST_LOG + 1))
    child = Child([sys.executable, "-c", "import sys; print('new', file=sys.stderr)"], log, Limits(start=20))
    child._process.wait()
    child.end()
    assert log.read_text() == "new\n"
    assert (tmp_path / "narrator.log.1").stat().st_size == LARGEST_LOG + 1
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
