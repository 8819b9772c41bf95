"""The queue's filter as it is typed."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.ageing import Deadlines, age_of
from domain.errors import InvalidDeadline, InvalidFilter
from domain.queue_query import Term, parse_filter


def test_words_and_terms_are_told_apart() -> None:
    assert parse_filter('gift "two words" -memo:rent amount>=12.50 band:critical,high customer=C-1') == (
        Term("", "contains", ("gift",)),
        Term("", "contains", ("two words",)),
        Term("memo", "contains", ("rent",), negated=True),
        Term("amount", ">=", (12.5,)),
        Term("band", "=", ("critical", "high")),
        Term("customer", "=", ("C-1",)),
    )


def test_values_with_spaces_are_quoted_and_a_score_is_in_percent() -> None:
    assert parse_filter('merchant:"Corner Shop" score>90 time<2026-03-01') == (
        Term("merchant", "contains", ("Corner Shop",)),
        Term("score", ">", (0.9,)),
        Term("time", "<", (datetime(2026, 3, 1),)),
    )


def test_a_comma_in_quotes_parts_no_values() -> None:
    assert parse_filter('memo:"Miller, John",Smith') == (Term("memo", "contains", ("Miller, John", "Smith")),)


def test_an_id_with_a_colon_is_a_word() -> None:
    assert parse_filter("urn:17") == (Term("", "contains", ("urn:17",)),)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("amount>much", "much"),
        ("amount>nan", "nan"),
        ("time:yesterday", "yesterday"),
        ("band:red", "red"),
        ("customer>C-1", "customer"),
        ("colour>3", "colour"),
        ("amount>", "amount>"),
        ("amount>=1,000", "amount>=1,000"),
        ("score<12,5", "score<12,5"),
        ("x" * 1001, "1,001"),
    ],
)
def test_what_cannot_be_understood_is_named(text: str, named: str) -> None:
    with pytest.raises(InvalidFilter, match=named) as error:
        parse_filter(text)
    assert error.value.hint


def test_an_alert_ages_by_its_band() -> None:
    deadlines, raised = Deadlines(), datetime(2026, 3, 1, 8, tzinfo=UTC)
    due = deadlines.due(raised, "high")
    assert due - raised == timedelta(hours=24)
    ages = [age_of(raised, due, raised + timedelta(hours=hours)) for hours in (0, 17, 18, 24, 25)]
    assert ages == ["later", "later", "soon", "soon", "overdue"]
    with pytest.raises(InvalidDeadline, match="critical"):
        Deadlines(critical=0)
