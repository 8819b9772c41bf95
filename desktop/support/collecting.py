"""When Python's collector of cycles looks at the whole heap.

It stops every thread while it looks, the window's too: 600 ms of some hundred thousand objects, nearly all of them
modules that stay. So while a store is open it never does so by itself, only when nobody waits, and what it has once
looked at is left out until the window is closed. What is young is looked at as always: that takes a millisecond.
"""

import ctypes
import gc
import sys

NEVER = 2**30
YOUNG, MIDDLE, FULL = gc.get_threshold()


def hold_off() -> None:
    """Nothing is looked at before `leave_alone`: what a start loads stays."""
    gc.disable()


def leave_alone() -> None:
    """What exists now is not looked at again, and what comes is looked at only by `tidy`."""
    gc.enable()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, NEVER)


def tidy() -> None:
    """Frees what came since, gives it back to the system, and leaves the rest alone. For when nobody waits."""
    gc.collect()
    gc.freeze()
    if sys.platform == "linux":  # glibc keeps what lies between pieces in use: 60 MB after a hundred cases
        ctypes.CDLL(None).malloc_trim(0)


def look_again() -> None:
    """What was left alone is looked at, now: when nobody waits. Frees what a closed window knew."""
    gc.set_threshold(YOUNG, MIDDLE, FULL)
    gc.unfreeze()
    gc.collect()
