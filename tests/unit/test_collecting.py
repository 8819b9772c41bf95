"""What is left out of full collections is found again."""

import gc
import threading
import weakref

from desktop.support.collecting import YOUNG, hold_off, leave_alone, look_again, look_at_the_young, tidy


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


def test_nothing_is_looked_at_in_full_before_it_is_asked_for() -> None:
    leave_alone()
    try:
        assert gc.isenabled()
        before = gc.get_stats()[2]["collections"]
        rings = [Ring() for _ in range(200_000)]
        assert gc.get_stats()[2]["collections"] == before
        kept = weakref.ref(rings[0])
        del rings
        tidy()
        assert kept() is None
    finally:
        look_again()
    assert gc.get_threshold() == (700, 10, 10)


def test_what_is_young_is_looked_at_by_the_thread_that_asks_and_by_no_other() -> None:
    """In a process that holds off, as the window's does; however much another thread makes."""
    freed_on: list[threading.Thread] = []
    hold_off()
    try:
        ring = Ring()
        weakref.finalize(ring, lambda: freed_on.append(threading.current_thread()))
        del ring
        elsewhere = threading.Thread(target=lambda: [Ring() for _ in range(20 * YOUNG)])
        elsewhere.start()
        elsewhere.join()
        assert freed_on == []
        look_at_the_young()
        assert freed_on == [threading.current_thread()]
    finally:
        gc.enable()
