"""The queue's table and view model, without threads or display."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QLocale, Qt

from desktop.screens.queue.view_model import QueueViewModel
from desktop.support.formats import Formats
from desktop.tables.queue_model import COLUMNS, PAGE_ROWS, QueueModel
from domain.errors import StoreDamaged
from domain.queue_query import QueueQuery, SavedView
from domain.review import QueueRow
from tests.fakes import FakeServices, FakeSnapshot, InlineTasks

MILLIONS = 2_000_000
FIELDS = [column.field for column in COLUMNS]
ALERT, STATE = FIELDS.index("alert_id"), FIELDS.index("state")


class EndlessServices(FakeServices):
    """A queue of two million rows that makes only the page it is asked for."""

    def queue(self, query: QueueQuery) -> FakeSnapshot:
        return FakeSnapshot(MILLIONS, ())

    def page(self, snapshot: FakeSnapshot, start: int, count: int) -> tuple[QueueRow, ...]:
        self._called("page", start, count)
        return tuple(replace(self.rows[0], alert_id=f"A-{line}") for line in range(start, min(start + count, MILLIONS)))


@pytest.fixture
def tasks() -> InlineTasks:
    return InlineTasks()


@pytest.fixture
def formats() -> Formats:
    return Formats(QLocale("en_GB"))


def table(services: FakeServices, tasks: InlineTasks, formats: Formats) -> QueueModel:
    model = QueueModel(services, tasks, formats)
    model.show_snapshot(services.queue(QueueQuery(state=None)), "score", True)
    return model


def cell(model: QueueModel, line: int, column: int) -> object:
    return model.data(model.index(line, column), Qt.ItemDataRole.DisplayRole)


def pages_read(services: FakeServices) -> list[int]:
    return [call[1] for call in services.calls if call[0] == "page"]


def test_only_the_page_in_sight_is_read(tasks: InlineTasks, formats: Formats) -> None:
    services = EndlessServices()
    model = table(services, tasks, formats)
    assert model.rowCount() == MILLIONS
    assert cell(model, 1_234_567, ALERT) == "…"
    assert cell(model, 1_234_567, ALERT) == "A-1234567"
    assert pages_read(services) == [1_234_400]


def test_pages_left_behind_by_fast_scrolling_are_not_read(tasks: InlineTasks, formats: Formats) -> None:
    services = EndlessServices()
    model = table(services, tasks, formats)
    tasks.later = True
    for page in range(10):
        cell(model, page * PAGE_ROWS, 0)
    tasks.run_later()
    assert pages_read(services) == [page * PAGE_ROWS for page in (6, 7, 8, 9)]


def test_a_page_that_fails_is_told_once(tasks: InlineTasks, formats: Formats) -> None:
    services = FakeServices(alerts=10)
    model = table(services, tasks, formats)
    services.fail["page"] = StoreDamaged("The store is damaged.")
    told: list[Exception] = []
    model.failed.connect(told.append)
    for _ in range(3):
        cell(model, 0, 0)
    assert told == [services.fail["page"]]


def test_a_decision_shows_without_a_new_snapshot(tasks: InlineTasks, formats: Formats) -> None:
    model = table(FakeServices(alerts=10), tasks, formats)
    cell(model, 0, 0)
    model.mark("A-T-1003", "decided", "escalated")
    assert cell(model, 3, STATE) == "Escalated"
    model.mark("A-T-1003", "open")
    assert cell(model, 3, STATE) == "Open"


def test_the_next_open_alert_is_found_beyond_the_pages_read(tasks: InlineTasks, formats: Formats) -> None:
    services = FakeServices(alerts=3 * PAGE_ROWS)
    queue = QueueViewModel(services, tasks, formats)
    queue.refresh()
    for line in range(1, 2 * PAGE_ROWS + 5):
        queue.mark(f"A-T-{1000 + line}", "decided", "false_positive")
    found: list[int] = []
    queue.find_open(0, lambda line, row: found.append(line), lambda: found.append(-1))
    assert found == [2 * PAGE_ROWS + 5]


def test_what_waits_is_passed_over_but_by_whoever_looks_at_what_waits(tasks: InlineTasks, formats: Formats) -> None:
    queue = QueueViewModel(FakeServices(alerts=5), tasks, formats)
    queue.refresh()
    queue.mark("A-T-1001", "waiting")
    found: list[int] = []
    queue.find_open(0, lambda line, row: found.append(line), lambda: found.append(-1))
    queue.state = "waiting"
    queue.find_open(0, lambda line, row: found.append(line), lambda: found.append(-1))
    queue.state = "open"
    queue.search("state:waiting")
    queue.mark("A-T-1001", "waiting")
    queue.find_open(0, lambda line, row: found.append(line), lambda: found.append(-1))
    assert found == [2, 1, 1]


def test_no_open_alert_is_left(tasks: InlineTasks, formats: Formats) -> None:
    queue = QueueViewModel(FakeServices(alerts=3), tasks, formats)
    queue.refresh()
    queue.mark("A-T-1002", "decided", "false_positive")
    told: list[str] = []
    queue.find_open(1, lambda line, row: told.append("found"), lambda: told.append("none"))
    assert told == ["none"]


def test_an_empty_filter_is_told_from_an_empty_store(tasks: InlineTasks, formats: Formats) -> None:
    services = FakeServices(alerts=1)
    services.decide("A-T-1000", "false_positive", "")
    queue = QueueViewModel(services, tasks, formats)
    queue.refresh()
    assert (queue.count, queue.no_alerts) == (0, False)
    empty = QueueViewModel(FakeServices(alerts=0), tasks, formats)
    empty.refresh()
    assert (empty.count, empty.no_alerts) == (0, True)


def test_what_is_due_is_told_in_words(tasks: InlineTasks, formats: Formats) -> None:
    now = datetime(2026, 3, 2, 10, tzinfo=UTC)
    services = FakeServices(alerts=4)
    for line, hours in enumerate((-5, 2, 70)):
        due = now + timedelta(hours=hours)
        services.rows[line] = replace(services.rows[line], created_at=due - timedelta(hours=24), due_at=due)
    model = QueueModel(services, tasks, formats, now=lambda: now)
    model.show_snapshot(services.queue(QueueQuery(state=None)), "score", True)
    cell(model, 0, 0)
    shown = [cell(model, line, FIELDS.index("due_at")) for line in range(4)]
    assert shown == ["Overdue 5 h", "In 2 h", "In 3 d", "—"]
    assert [model.age(model.row(line)) for line in range(4)] == ["overdue", "soon", "later", None]


def test_a_view_brings_back_order_state_and_filter(tasks: InlineTasks, formats: Formats) -> None:
    services = FakeServices(alerts=12)
    queue = QueueViewModel(services, tasks, formats)
    queue.refresh()
    queue.sort_by("amount")
    queue.filter(None)
    queue.search("A-T-1003")
    queue.save_view(" mine ")
    (view,) = services.views()
    queue.show_view(SavedView("", "", "score", True, "open"))
    assert queue.count == 12
    queue.show_view(view)
    assert (view.name, queue.count, queue.query.sort, queue.query.state) == ("mine", 1, "amount", None)


def test_an_id_made_of_digits_is_found_before_a_row_s_number(tasks: InlineTasks, formats: Formats, monkeypatch) -> None:
    services = FakeServices(alerts=30)
    queue = QueueViewModel(services, tasks, formats)
    queue.refresh()
    found: list[int] = []
    queue.jump("12", found.append)
    monkeypatch.setattr(services, "line_of", lambda snapshot, id_: 20 if id_ == "12" else None)
    queue.jump("12", found.append)
    assert found == [11, 20]


def test_who_sleeps_for_an_hour_is_told_when(tasks: InlineTasks, formats: Formats) -> None:
    now = datetime.now(UTC)
    services = FakeServices(alerts=2)
    queue = QueueViewModel(services, tasks, formats)
    queue.refresh()
    row = services.rows[0]
    shown = [
        queue.table._state(replace(row, snoozed_until=now + later))
        for later in (timedelta(minutes=1), timedelta(days=3))
    ]
    assert re.fullmatch(r"Until (\d\d:\d\d|\d\d/\d\d/\d{4})", shown[0])  # the date, a minute before midnight
    assert re.fullmatch(r"Until \d\d/\d\d/\d{4}", shown[1])
