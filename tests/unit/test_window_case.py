"""The case's view model, without threads or display."""

from PySide6.QtCore import QLocale

from desktop.screens.case.facts import facts
from desktop.screens.case.view_model import CaseViewModel
from desktop.services import Case
from desktop.support.formats import Formats
from domain.errors import InvalidDecision, NarratorUnavailable, StoreDamaged, StoreWriteFailed, UnknownAlert
from domain.narrative import NarrationRequest
from domain.template import template_text
from tests.fakes import FakeServices, InlineTasks


def test_a_case_that_comes_too_late_is_not_shown(case: CaseViewModel, tasks: InlineTasks) -> None:
    shown: list[Case] = []
    case.opened.connect(shown.append)
    tasks.later = True
    case.open("A-T-1000")
    case.open("A-T-1001")
    tasks.run_later()
    assert [one.alert.alert_id for one in shown] == ["A-T-1001"]


def test_a_second_key_press_decides_nothing(case: CaseViewModel, services: FakeServices, tasks: InlineTasks) -> None:
    case.open("A-T-1000")
    tasks.later = True
    case.decide("confirmed_fraud", "")
    case.decide("false_positive", "")
    tasks.run_later()
    assert [decision.disposition for decision in services.decisions["A-T-1000"]] == ["confirmed_fraud"]


def test_a_refused_decision_is_told_and_another_can_follow(case: CaseViewModel, services: FakeServices) -> None:
    case.open("A-T-1000")
    services.fail["decide"] = InvalidDecision("A note is needed.")
    told: list[Exception] = []
    case.failed.connect(told.append)
    case.decide("confirmed_fraud", "")
    assert told == [services.fail.pop("decide")]
    case.decide("confirmed_fraud", "  seen twice ")
    assert services.decisions["A-T-1000"][0].note == "seen twice"


def test_undo_takes_back_the_newest_first_and_only_what_was_decided(
    case: CaseViewModel, services: FakeServices
) -> None:
    for alert_id in ("A-T-1000", "A-T-1001"):
        case.open(alert_id)
        case.decide("inconclusive", "")
    case.undo()
    case.undo()
    case.undo()
    assert [call[1] for call in services.calls if call[0] == "reverse"] == ["A-T-1001", "A-T-1000"]


def test_an_undo_that_fails_can_be_tried_again(case: CaseViewModel, services: FakeServices) -> None:
    case.open("A-T-1000")
    case.decide("inconclusive", "")
    services.fail["reverse"] = StoreWriteFailed("No room.")
    case.undo()
    del services.fail["reverse"]
    case.undo()
    case.undo()
    assert [call[1] for call in services.calls if call[0] == "reverse"] == ["A-T-1000"] * 2


def test_what_cannot_be_taken_back_does_not_stand_in_the_way(case: CaseViewModel, services: FakeServices) -> None:
    """As where somebody else decided anew."""
    for alert_id in ("A-T-1000", "A-T-1001"):
        case.open(alert_id)
        case.decide("inconclusive", "")
    services.fail["reverse"] = InvalidDecision("Another decision is newer.")
    case.undo()
    del services.fail["reverse"]
    case.undo()
    assert [call[1] for call in services.calls if call[0] == "reverse"] == ["A-T-1001", "A-T-1000"]


def test_a_contested_decision_is_not_taken_back(case: CaseViewModel, services: FakeServices) -> None:
    case.open("A-T-1000")
    case.decide("inconclusive", "")
    case.open("A-T-1001")
    case.decide("inconclusive", "")
    case.open("A-T-1001")
    case.contest("the customer objects")
    case.undo()
    assert [call[1] for call in services.calls if call[0] == "reverse"] == ["A-T-1000"]


def test_of_a_case_that_cannot_be_read_nothing_is_open(case: CaseViewModel, services: FakeServices) -> None:
    closed: list[bool] = []
    case.closed.connect(lambda: closed.append(True))
    case.open("A-T-1000")
    services.fail["case"] = StoreDamaged("A page is damaged.")
    case.open("A-T-1001")
    assert (case.alert_id, case.case, closed) == (None, None, [True])


def test_without_the_model_the_template_speaks(case: CaseViewModel, services: FakeServices) -> None:
    services.fail["narrate"] = NarratorUnavailable("No model.")
    case.open("A-T-1000")
    request = NarrationRequest(case.case.evidence, case.case.typology)
    assert case.narrative.copied() == template_text(request)
    assert case.narrative.finished


def test_an_unknown_alert_is_told(case: CaseViewModel) -> None:
    told: list[Exception] = []
    case.failed.connect(told.append)
    case.open("A-none")
    assert isinstance(told[0], UnknownAlert)
    assert case.case is None


def test_facts_leave_out_what_the_file_lacked(services: FakeServices) -> None:
    shown = dict(facts(services.case("A-T-1000"), Formats(QLocale("en_GB"))))
    assert shown["Country"] == "PT (home DE)"
    assert shown["Time"] == "27/02/2026 03:14:09"
    assert "Device" not in shown
