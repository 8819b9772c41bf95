"""Keeps the narrator's process small: what it never runs is not loaded, what it no longer needs is given back."""

import ctypes
import gc
import sys
from collections.abc import Callable
from typing import Any


def import_bitsandbytes() -> None:
    """Imports it without the compilers behind torch.compile, which it marks a function for: 117 MB, never run here."""
    import torch

    compiling = torch.compile
    torch.compile = _as_it_is  # type: ignore[assignment]
    try:
        import bitsandbytes  # noqa: F401
    finally:
        torch.compile = compiling


def _as_it_is(function: Callable[..., Any] | None = None, **_: object) -> Callable[..., Any]:
    return function if function is not None else _as_it_is


def give_back() -> None:
    """Hands freed memory back to the system (glibc keeps it otherwise)."""
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)
