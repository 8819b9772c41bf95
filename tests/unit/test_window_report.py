"""What is typed for a report, without threads or display."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QLocale

from desktop.screens.report.view_model import Fields, selection_of
from desktop.support.formats import Formats
from domain.errors import WhyflagError

FIELDS = Fields("reports", ("pdf",), "", "", None, None, "", "", "none", "standard")


@pytest.mark.parametrize(
    ("language", "typed", "limit"),
    [
        ("en_GB", "100", 100),
        ("en_GB", " 1,000 ", 1000),
        ("de_DE", "1.000", 1000),
        ("de_DE", "1000", 1000),
        ("en_GB", "", None),
        ("en_GB", "  ", None),
    ],
)
def test_the_limit_is_read_as_the_persons_language_writes_it(language: str, typed: str, limit: int | None) -> None:
    assert selection_of(replace(FIELDS, limit=typed), Formats(QLocale(language))).limit == limit


@pytest.mark.parametrize("typed", ["+", "-", "0", "-5", "2.5", "many", "nan", "inf", "1e300"])
def test_a_limit_that_is_no_number_of_alerts_is_refused_by_what_was_typed(typed: str) -> None:
    with pytest.raises(WhyflagError, match="is no number of alerts") as refused:
        selection_of(replace(FIELDS, limit=typed), Formats(QLocale("en_GB")))
    assert repr(typed) in str(refused.value)
