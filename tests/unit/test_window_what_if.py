"""The what-if's view model and words, without threads or display."""

from datetime import datetime

import pytest
from PySide6.QtCore import QLocale

from desktop.screens.case.view_model import CaseViewModel
from desktop.screens.case.what_if_view_model import (
    FIELD_WORDS,
    WhatIfViewModel,
    change_words,
    fields_of,
    move_lines,
    none_found_words,
    plain,
    score_words,
    typed,
)
from desktop.support.formats import Formats
from domain.errors import InvalidChange, WhyflagError
from domain.what_if import CHANGEABLE, parse_change
from tests.fakes import FakeServices, InlineTasks
from tests.likeness import a_what_if, no_counterfactual
from tests.reports import a_transaction, an_alert

FORMATS = Formats(QLocale("en_GB"))


@pytest.fixture
def what_if(services: FakeServices, tasks: InlineTasks, case: CaseViewModel) -> WhatIfViewModel:
    return WhatIfViewModel(services, tasks, case, FORMATS)


def texts(case: CaseViewModel, **changes: str) -> dict[str, str]:
    return {field.name: field.text for field in fields_of(case.case.transaction, FORMATS)} | changes


def test_every_field_that_can_be_changed_has_a_name() -> None:
    assert set(FIELD_WORDS) == {column.name for column in CHANGEABLE}


@pytest.mark.parametrize("language", ["en_GB", "de_DE"])
def test_a_field_left_as_it_is_reads_back_the_same(language: str) -> None:
    formats = Formats(QLocale(language))
    payment = a_transaction(
        occurred_at=datetime(2026, 2, 27, 3, 14, 9), amount=123456789012.55, latitude=-33.123456, approved=False
    )
    fields = fields_of(payment, formats)
    for field in fields:
        assert parse_change(field.name, plain(field.name, field.text, formats)) == (
            field.name,
            getattr(payment, field.name),
        )
    assert [field.text for field in fields][-4:] == [""] * 4, "what it lacks comes last"
    assert typed(None, formats) == ""


@pytest.mark.parametrize(
    ("language", "field", "text", "read"),
    [
        ("de_DE", "amount", "0,86", "0.86"),
        ("de_DE", "amount", "1.250,00", "1250"),
        ("de_DE", "amount", "0.86", "0.86"),
        ("de_DE", "latitude", "48.137", "48.137"),
        ("de_DE", "longitude", "-12,046", "-12.046"),
        ("en_GB", "amount", "1,250.5", "1250.5"),
        ("en_GB", "amount", "0,86", "0,86"),
        ("en_GB", "approved", "yes", "yes"),
        ("en_GB", "approved", "No", "no"),
        ("en_GB", "merchant_id", "12,5", "12,5"),
    ],
)
def test_numbers_are_read_as_they_are_written_here(language: str, field: str, text: str, read: str) -> None:
    assert plain(field, text, Formats(QLocale(language))) == read


def test_only_what_was_changed_is_asked_about(
    case: CaseViewModel, what_if: WhatIfViewModel, services: FakeServices
) -> None:
    case.open("A-T-1000")
    what_if.attempt(texts(case, amount="12", country=""))
    assert services.calls[-1] == ("what_if", "A-T-1000", {"amount": "12", "country": ""})


def test_without_a_change_nothing_is_asked(
    case: CaseViewModel, what_if: WhatIfViewModel, services: FakeServices
) -> None:
    refused: list[Exception] = []
    what_if.refused.connect(refused.append)
    case.open("A-T-1000")
    what_if.attempt(texts(case))
    assert isinstance(refused[0], InvalidChange)
    assert not any(call[0] == "what_if" for call in services.calls)


def test_an_unreadable_value_is_refused_and_another_error_told(
    case: CaseViewModel, what_if: WhatIfViewModel, services: FakeServices
) -> None:
    refused: list[Exception] = []
    failed: list[Exception] = []
    what_if.refused.connect(refused.append)
    what_if.failed.connect(failed.append)
    case.open("A-T-1000")
    services.fail["what_if"] = InvalidChange("amount cannot be 'much'.", "Give a number.")
    what_if.attempt(texts(case, amount="much"))
    services.fail["counterfactual"] = WhyflagError("Damaged.")
    what_if.search()
    assert (refused, failed) == ([services.fail["what_if"]], [services.fail["counterfactual"]])


def test_an_answer_about_the_former_case_is_dropped(
    case: CaseViewModel, what_if: WhatIfViewModel, tasks: InlineTasks
) -> None:
    answers: list[object] = []
    what_if.answered.connect(answers.append)
    what_if.searched.connect(answers.append)
    case.open("A-T-1000")
    tasks.later = True
    what_if.attempt(texts(case, amount="12"))
    what_if.search()
    case.open("A-T-1001")
    tasks.run_later()
    assert answers == []


def test_the_answer_is_told_in_words() -> None:
    alert = an_alert()
    result = a_what_if(alert, {"amount": "20.34", "device_id": "D-1"})
    assert score_words(result, FORMATS) == "91.4 % → 9.1 %: under the threshold of 31.0 %, low"
    assert change_words(result, FORMATS) == "Amount 508.5 → 20.34; Device absent → D-1"
    moved, untold = move_lines(result, FORMATS)
    assert (moved.was, moved.would_be, moved.reason) == ("+2.31", "−0.40", "the customer's mean")
    assert "25 times" in moved.told
    assert untold.reason == "hour share"
    assert none_found_words(no_counterfactual(alert)).endswith("an amount nearer to the mean; the usual hour.")
