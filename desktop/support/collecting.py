"""When Python's collector of cycles looks at the whole heap.

It stops every thread while it looks, the window's too: 600 ms of some hundred thousand objects, nearly all of them
modules that stay. So what is there once a store is open is left out, until the window is closed.
"""

import gc


def leave_alone() -> None:
    """What exists now is not looked at again."""
    gc.freeze()


def look_again() -> None:
    """What was left alone is looked at, now: when nobody waits. Frees what a closed window knew."""
    gc.unfreeze()
    gc.collect()
