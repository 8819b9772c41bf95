"""How whyflag starts its own child processes, from a Python environment and from the frozen program alike.

A frozen program has no `python -m`: it starts itself, and `run_if_child` turns the new process into the child before
anything of the parent's is imported. Which modules that may be is fixed here, and nobody else's arguments choose one.
"""

import ctypes
import importlib
import os
import signal
import sys
from pathlib import Path

CHILDREN = frozenset(
    (
        "domain.rendering.typesetting",
        "domain.store.reader",
        "models.narrator.unpacking",
        "models.narrator.worker",
    )
)
SWITCH = "--child"
PR_SET_PDEATHSIG = 1  # of Linux's prctl
CODE = str(Path(__file__).parents[1])  # where a process started anywhere finds `domain` and `models`


def command(module: str) -> tuple[str, ...]:
    """The start of a command line that runs `module`. Raises ValueError where it is no child of whyflag's."""
    _require(module)
    if getattr(sys, "frozen", False):
        return (sys.executable, SWITCH, module)
    return (sys.executable, "-P", "-m", module)


def search_path() -> str:
    """PYTHONPATH for a child of the source tree; the frozen program takes no notice of it."""
    return os.pathsep.join([CODE, *filter(None, [os.environ.get("PYTHONPATH")])])


def run_if_child() -> None:
    """Where this process was started as a child, be it, and end with it. Raises ValueError for a module not listed."""
    if sys.argv[1:2] != [SWITCH]:
        return
    module, *arguments = sys.argv[2:] or [""]
    _require(module)
    sys.argv = [module, *arguments]
    sys.exit(importlib.import_module(module).main())


def end_with_parent() -> None:
    """From now on this process is killed when the thread that started it ends: for work nobody would wait for then."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _require(module: str) -> None:
    if module not in CHILDREN:
        raise ValueError(f"{module or 'nothing'} is no child process of whyflag")
