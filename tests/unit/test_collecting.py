"""What is left out of full collections is found again."""

import gc
import weakref

from desktop.support.collecting import leave_alone, look_again


class Ring:
    """Refers to itself: only the collector frees it."""

    def __init__(self) -> None:
        self.itself = self


def test_what_is_left_alone_stays_until_it_is_looked_at_again() -> None:
    ring = Ring()
    kept = weakref.ref(ring)
    leave_alone()
    del ring
    gc.collect()
    assert kept() is not None
    look_again()
    assert kept() is None
