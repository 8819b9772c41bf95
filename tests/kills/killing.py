"""Starts a process and kills it with all its children at a moment."""

import select
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.kills.works import ACKNOWLEDGED

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Killed:
    """The last line before the kill, and how much had been acknowledged by then and is kept afterwards."""

    moment: str
    acknowledged: int
    kept: int


def run_and_kill(work: str, store: Path, what: str, line: int, wait: float) -> list[str]:
    """Kills the work `wait` seconds after its `line`-th line, or at its next line, or at its end; returns all lines."""
    command = [sys.executable, "-m", "tests.kills.works", work, str(store), what]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        process = psutil.Process(child.pid)
        head = b""
        while head.count(b"\n") < line and (piece := child.stdout.read1()):
            head += piece
        select.select([child.stdout], [], [], wait)
        helpers = process.children(recursive=True) if process.is_running() else []
        child.kill()
        rest = child.stdout.read()
    _, alive = psutil.wait_procs(helpers, timeout=20)
    assert not alive, f"left behind: {alive}"
    lines = (head + rest).decode().splitlines()
    assert not lines[-1].startswith("failed"), f"no kill, and yet {lines[-1]}"
    return lines


def acknowledged(lines: list[str]) -> list[str]:
    return [line.removeprefix(ACKNOWLEDGED) for line in lines if line.startswith(ACKNOWLEDGED)]
