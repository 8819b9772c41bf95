"""Numbers, money and dates by locale."""

from datetime import datetime

import pytest
from PySide6.QtCore import QLocale

from desktop.support.formats import Formats

MOMENT = datetime(2026, 2, 7, 3, 4, 5)


@pytest.mark.parametrize(
    ("locale", "money", "time"),
    [
        ("en_GB", "12,508.50 EUR", "07/02/2026 03:04:05"),
        ("de_DE", "12.508,50 EUR", "07.02.2026 03:04:05"),
        ("en_US", "12,508.50 EUR", "2/7/2026 03:04:05"),
    ],
)
def test_by_locale(locale: str, money: str, time: str) -> None:
    formats = Formats(QLocale(locale))
    assert formats.money(12508.5, "EUR") == money
    assert formats.time(MOMENT) == time


@pytest.mark.parametrize(
    ("probability", "words"),
    [(0.914, "91.4 %"), (0.99999, ">99.9 %"), (1.0, "100.0 %"), (0.00001, "<0.1 %"), (0.0, "0.0 %")],
)
def test_a_share_is_never_rounded_into_certainty(probability: float, words: str) -> None:
    assert Formats(QLocale("en_GB")).share(probability) == words


def test_a_sign_is_always_written() -> None:
    formats = Formats(QLocale("en_GB"))
    assert (formats.signed(2.311), formats.signed(-0.22)) == ("+2.31", "−0.22")
