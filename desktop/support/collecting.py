"""When Python's collector of cycles looks, and on whose thread.

It stops every thread while it looks, the window's too: 600 ms of some hundred thousand objects, nearly all of them
modules that stay. So while a store is open it never looks at the whole heap by itself, only when nobody waits, and what
it has once looked at is left out until the window is closed.

By itself it looks on whichever thread made the last object. A part of the window that it finds there, in a cycle with
what listens to it, is deleted there, which Qt does not survive where a timer runs in it. So in the window's process
it does nothing by itself: the window's thread looks at what is young.
"""

import ctypes
import gc
import sys

NEVER = 2**30
YOUNG, MIDDLE, FULL = gc.get_threshold()
YOUNG_EVERY_MS = 100
MANY = 200_000  # objects: more of them are left to `tidy`, for looking at them would be felt
_met = 0  # young ones since the middle generation was looked at


def hold_off() -> None:
    """From now on Python looks at nothing by itself."""
    gc.disable()


def leave_alone() -> None:
    """What exists now is not looked at again, and what comes is looked at in full only by `tidy`."""
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, NEVER)


def look_at_the_young() -> None:
    """What Python would do by itself, unless it does. Often, on the window's thread: 100,000 objects take it 4 ms."""
    global _met
    young, middle, _ = gc.get_count()
    if gc.isenabled() or young <= YOUNG:
        return
    _met = young if middle == 0 else _met + young  # none: whatever looks at it or freezes it counts from 0 again
    gc.collect(1 if middle > MIDDLE and _met < MANY else 0)


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
