"""The similar cases' view model and words, without threads or display."""

import pytest
from PySide6.QtCore import QLocale

from desktop.screens.case.similar_view_model import SimilarViewModel, details, line_of
from desktop.screens.case.view_model import CaseViewModel
from desktop.support.formats import Formats
from domain.errors import WhyflagError
from tests.fakes import FakeServices, InlineTasks
from tests.likeness import similar_to

FORMATS = Formats(QLocale("en_GB"))


@pytest.fixture
def similar(services: FakeServices, tasks: InlineTasks, case: CaseViewModel) -> SimilarViewModel:
    return SimilarViewModel(services, tasks, case)


def looked(services: FakeServices) -> list[object]:
    return [call[1] for call in services.calls if call[0] == "similar"]


def test_they_are_looked_for_when_asked_and_once(
    case: CaseViewModel, similar: SimilarViewModel, services: FakeServices
) -> None:
    similar.look()
    case.open("A-T-1000")
    assert looked(services) == []
    similar.look()
    similar.look()
    assert looked(services) == ["A-T-1000"]
    assert [one.alert_id for one in similar.cases] == ["A-T-1001", "A-T-1002", "A-T-1003"]


def test_what_comes_after_another_case_was_opened_is_dropped(
    case: CaseViewModel, similar: SimilarViewModel, tasks: InlineTasks
) -> None:
    case.open("A-T-1000")
    found: list[object] = []
    similar.found.connect(found.append)
    tasks.later = True
    similar.look()
    case.open("A-T-1001")
    tasks.run_later()
    assert found == []
    assert similar.cases == ()


def test_one_is_opened(case: CaseViewModel, similar: SimilarViewModel) -> None:
    case.open("A-T-1000")
    similar.look()
    similar.open(1)
    assert case.alert_id == "A-T-1002"
    assert similar.cases == ()
    similar.open(1)
    assert case.alert_id == "A-T-1002", "nothing is left to open"


def test_a_failure_is_told_and_may_be_tried_again(
    case: CaseViewModel, similar: SimilarViewModel, services: FakeServices
) -> None:
    told: list[Exception] = []
    similar.failed.connect(told.append)
    services.fail["similar"] = WhyflagError("Not now.")
    case.open("A-T-1000")
    similar.look()
    assert told == [services.fail.pop("similar")]
    similar.look()
    assert len(similar.cases) == 3


def test_a_case_is_told_in_words() -> None:
    decided, _, still_open = similar_to("A-T-1000", [f"A-T-{number}" for number in range(1000, 1010)])
    line = line_of(decided, FORMATS)
    assert (line.alert_id, line.alike, line.state) == ("A-T-1001", "95.0 %", "Confirmed fraud")
    assert line_of(still_open, FORMATS).state == "Open"
    assert details(decided, FORMATS) == (
        "480.00 EUR at 20/02/2026 04:05:06, score 90.0 %",
        "Note: the card was stolen",
        "Differs: here 25 times the customer's mean (+2.31); there no such reason (+0.40)",
        "Both: the customer's first payment at this merchant",
    )
