"""Work off the window's thread: in order, cancellable, told on the window's thread, never left behind."""

import threading

import pytest

from desktop.tasks import LongWork, Tasks
from domain.errors import Cancelled, StoreDamaged
from domain.progress import Progress, Work


@pytest.fixture
def tasks(qapp):
    made = Tasks()
    yield made
    made.close()


def fail(error: Exception) -> None:
    raise error


def test_results_are_told_on_the_windows_thread(tasks: Tasks, qtbot) -> None:
    told: list[tuple[int, bool]] = []
    main = threading.main_thread()
    tasks.read(
        lambda: int(threading.current_thread() is main),
        lambda where: told.append((where, threading.current_thread() is main)),
        fail,
    )
    qtbot.waitUntil(lambda: bool(told))
    assert told == [(0, True)]


def test_the_database_is_asked_in_order(tasks: Tasks, qtbot) -> None:
    done: list[int] = []
    for number in range(20):
        tasks.read(lambda number=number: number, done.append, fail)
    qtbot.waitUntil(lambda: len(done) == 20)
    assert done == list(range(20))


def test_a_failure_is_told(tasks: Tasks, qtbot) -> None:
    told: list[Exception] = []
    error = StoreDamaged("The store is damaged.")
    tasks.read(lambda: fail(error), lambda _: None, told.append)
    qtbot.waitUntil(lambda: told == [error])


def test_what_is_discarded_is_not_told(tasks: Tasks, qtbot) -> None:
    go_on = threading.Event()
    told: list[str] = []
    tasks.read(go_on.wait, lambda _: told.append("first"), fail).discard()
    tasks.read(lambda: None, lambda _: told.append("second"), fail)
    go_on.set()
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["second"]


def test_closing_carries_out_writes_and_skips_reads(qapp) -> None:
    tasks = Tasks()
    go_on = threading.Event()
    done: list[str] = []
    tasks.read(go_on.wait, lambda _: None, fail)
    tasks.read(lambda: done.append("read"), lambda _: None, fail)
    tasks.write(lambda: done.append("write"), lambda _: None, fail)
    threading.Timer(0.05, go_on.set).start()
    tasks.close()
    assert done == ["write"]


def endless(closed: threading.Event) -> Work[None]:
    try:
        while True:
            yield Progress("waiting", 1, 2)
    finally:
        closed.set()


def test_cancelled_work_is_closed_and_says_so(tasks: Tasks, qtbot) -> None:
    closed = threading.Event()
    told: list[Exception] = []
    steps: list[Progress] = []
    task = tasks.work(lambda: endless(closed), steps.append, lambda _: None, told.append)
    qtbot.waitUntil(lambda: bool(steps))
    task.cancel()
    qtbot.waitUntil(lambda: bool(told))
    assert isinstance(told[0], Cancelled)
    assert closed.is_set()


def test_closing_stops_work_under_way(qapp) -> None:
    tasks = Tasks()
    closed = threading.Event()
    tasks.work(lambda: endless(closed), lambda _: None, lambda _: None, fail)
    tasks.close()
    assert not any(thread.name.startswith("whyflag") for thread in threading.enumerate())


def test_only_one_long_work_at_a_time(tasks: Tasks, qtbot) -> None:
    long_work = LongWork(tasks, patience_ms=0)
    closed = threading.Event()
    with qtbot.waitSignal(long_work.slow):
        assert long_work.start("First", lambda: endless(closed), lambda _: None, lambda _: None)
    assert not long_work.start("Second", lambda: endless(closed), lambda _: None, lambda _: None)
    with qtbot.waitSignal(long_work.ended):
        long_work.cancel()
    assert not long_work.busy


class PartOfTheWindow:
    """Tells where its last holder let it go."""

    def __init__(self, gone: list[threading.Thread]) -> None:
        self._gone = gone

    def __del__(self) -> None:
        self._gone.append(threading.current_thread())


def test_what_a_task_knows_is_let_go_on_the_windows_thread(tasks: Tasks, qtbot) -> None:
    gone: list[threading.Thread] = []

    def ask(part: PartOfTheWindow) -> None:
        tasks.read(lambda: id(part), lambda _: None, lambda _: None)

    for _ in range(300):
        ask(PartOfTheWindow(gone))
    qtbot.waitUntil(lambda: len(gone) == 300)
    assert {thread.name for thread in gone} == {threading.main_thread().name}
