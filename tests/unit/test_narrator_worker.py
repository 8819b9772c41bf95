"""The narrator's process ends with its parent, whatever it does at that moment."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUSY = """
import sys, threading
from models.narrator.worker import Requests
Requests(sys.stdin.buffer)
threading.Event().wait()
"""


def test_a_worker_that_still_loads_ends_when_its_parent_is_gone() -> None:
    done = subprocess.run([sys.executable, "-c", BUSY], cwd=ROOT, stdin=subprocess.DEVNULL, timeout=60, check=False)
    assert done.returncode == 0
