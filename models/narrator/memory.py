"""Gives freed memory back to the system, which glibc keeps otherwise."""

import ctypes
import gc
import sys


def give_back() -> None:
    """After loading, and after each batch: hundreds of megabytes were in use for a moment."""
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)
