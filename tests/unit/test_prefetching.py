"""Explanations written ahead: which, in what order, and what stops them. No threads, no display."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QLocale

from desktop.prefetching import AHEAD, CasesAhead, Prefetcher
from desktop.screens.case.view_model import CaseViewModel
from desktop.screens.queue.view_model import QueueViewModel
from desktop.screens.undoable import Undoable
from desktop.screens.walk import ReviewWalk
from desktop.support.formats import Formats
from desktop.tasks import LongWork, Task
from domain.errors import NarratorUnavailable
from tests.fakes import FakeServices, InlineTasks


class SteppedTasks(InlineTasks):
    """Reads at once; narration waits in `waiting` until it is stepped, oldest first."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[tuple[Task, Callable[[], None]]] = []

    def read(self, job: Callable[[], object], done: Callable[..., None], failed: Callable[..., None]) -> Task:
        return super().background(lambda task: job(), done, failed)

    write = read

    def known(self, answer: object, done: Callable[..., None]) -> Task:
        return super().background(lambda task: answer, done, lambda _: None)

    def background(self, job: Callable[[Task], object], done: Callable[..., None], failed: Callable[..., None]) -> Task:
        task = Task(lambda call: call())

        def run() -> None:
            try:
                task.tell(done, job(task))
            except NarratorUnavailable as error:
                task.tell(failed, error)

        self.waiting.append((task, run))
        return task

    def step(self) -> None:
        """Runs the oldest that is still wanted."""
        while self.waiting:
            task, run = self.waiting.pop(0)
            if not task.discarded:
                run()
                return

    def work(self, *_: object) -> Task:
        return Task(lambda call: call())


@dataclass
class Desk:
    services: FakeServices
    tasks: SteppedTasks
    queue: QueueViewModel
    case: CaseViewModel
    walk: ReviewWalk
    long_work: LongWork
    prefetcher: Prefetcher

    def narrated(self) -> list[str]:
        return [str(call[1])[-4:] for call in self.services.calls if call[0] == "narrate"]

    def read(self) -> list[str]:
        return [str(call[1])[-4:] for call in self.services.calls if call[0] == "case"]

    def step(self, times: int = 1) -> None:
        for _ in range(times):
            self.tasks.step()


@pytest.fixture
def desk(qapp: object) -> Desk:
    services, tasks = FakeServices(), SteppedTasks()
    queue = QueueViewModel(services, tasks, Formats(QLocale("en_GB")))  # type: ignore[arg-type]
    case = CaseViewModel(services, tasks, Undoable())  # type: ignore[arg-type]
    walk, long_work = ReviewWalk(queue, case), LongWork(tasks)  # type: ignore[arg-type]
    prefetcher = Prefetcher(services, tasks, queue, case, walk, long_work)  # type: ignore[arg-type]
    queue.refresh()
    return Desk(services, tasks, queue, case, walk, long_work, prefetcher)


@pytest.fixture
def ahead(desk: Desk) -> CasesAhead:
    """Reads cases ahead beside the desk's explanations, from now on."""
    made = CasesAhead(desk.services, desk.tasks, desk.queue, desk.case, desk.walk, desk.long_work)  # type: ignore[arg-type]
    desk.queue.refresh()
    return made


def test_the_first_alerts_are_written_one_at_a_time_and_no_more_than_a_few(desk: Desk) -> None:
    assert len(desk.tasks.waiting) == 1
    desk.step(AHEAD + 3)
    assert desk.narrated() == ["1000", "1001", "1002", "1003", "1004"]
    assert not desk.prefetcher.writing


def test_an_opened_case_goes_first_and_what_is_written_ahead_stops(desk: Desk) -> None:
    ahead, _ = desk.tasks.waiting[0]
    desk.walk.open_line(3)
    assert ahead.cancelled()
    assert not desk.prefetcher.writing, "nothing is written ahead while the case is"
    desk.step()
    assert desk.narrated() == ["1003"], "the opened case is the first that is written"
    desk.step(AHEAD + 2)
    assert desk.narrated() == ["1003", "1004", "1005", "1006", "1007", "1008"]


def test_writing_a_case_again_stops_it_too(desk: Desk) -> None:
    desk.walk.open_line(0)
    desk.step()
    assert desk.prefetcher.writing
    desk.case.narrate()
    assert not desk.prefetcher.writing
    desk.step()
    assert desk.narrated() == ["1000", "1000"]
    assert desk.prefetcher.writing


def test_decided_alerts_are_passed_over(desk: Desk) -> None:
    for number in (1001, 1002):
        desk.queue.mark(f"A-T-{number}", "decided", "false_positive")
    desk.step(3)
    assert desk.narrated() == ["1000", "1003", "1004"]


def test_long_work_stops_it_and_its_end_lets_it_go_on(desk: Desk) -> None:
    desk.long_work.start("Scoring", lambda: iter(()), lambda _: None, lambda _: None)  # type: ignore[arg-type,return-value]
    assert not desk.prefetcher.writing
    desk.queue.table.page_read.emit(0)
    assert not desk.prefetcher.writing
    desk.long_work._end()
    assert desk.prefetcher.writing


def test_a_new_queue_starts_over(desk: Desk) -> None:
    desk.step(2)
    old, _ = desk.tasks.waiting[-1]
    desk.queue.sort_by("amount")
    assert old.cancelled()
    first = desk.queue.table.row(0)
    desk.step()
    assert first is not None
    assert desk.narrated()[-1] == first.alert_id[-4:]


def test_without_a_model_it_does_not_try_alert_after_alert(desk: Desk) -> None:
    desk.services.fail["narrate"] = NarratorUnavailable("No model.")
    desk.step(3)
    assert desk.narrated() == ["1000"]
    del desk.services.fail["narrate"]
    desk.walk.open_line(0)
    desk.step(2)
    assert desk.narrated() == ["1000", "1000", "1001"]


def test_a_window_that_closes_writes_nothing_more(desk: Desk) -> None:
    desk.prefetcher.stop()
    desk.queue.refresh()
    assert not desk.prefetcher.writing


def test_the_next_cases_stand_ready_and_opening_one_asks_for_nothing(desk: Desk, ahead: CasesAhead) -> None:
    assert desk.read() == ["1000", "1001", "1002", "1003", "1004"]
    desk.walk.next()
    desk.walk.next()
    assert desk.case.case is not None
    assert desk.case.case.alert.alert_id == "A-T-1001"
    assert desk.read() == ["1000", "1001", "1002", "1003", "1004", "1005", "1006"]


def test_a_case_that_was_opened_is_read_anew_when_it_is_opened_again(desk: Desk, ahead: CasesAhead) -> None:
    desk.walk.open_line(0)
    desk.case.decide("false_positive", "")
    assert desk.case.alert_id == "A-T-1001", "it went on to the next"
    desk.case.undo()
    assert desk.case.alert_id == "A-T-1000"
    assert desk.read().count("1000") == 2
    assert desk.case.case is not None
    assert len(desk.case.case.decisions) == 2


def test_a_new_queue_and_long_work_let_nothing_stand_that_was_read(desk: Desk, ahead: CasesAhead) -> None:
    desk.queue.refresh()
    assert desk.read() == ["1000", "1001", "1002", "1003", "1004"] * 2
    desk.long_work.start("Scoring", lambda: iter(()), lambda _: None, lambda _: None)  # type: ignore[arg-type,return-value]
    assert not desk.case.is_ready("A-T-1000")
    desk.queue.table.page_read.emit(0)
    assert not desk.case.is_ready("A-T-1000")
    desk.long_work._end()
    assert desk.case.is_ready("A-T-1000")
