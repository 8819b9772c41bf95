"""What domain and models say is found again by what stands still in it, and said in the window's language."""

from collections.abc import Iterator

import pytest

from desktop.support.failures import describe
from desktop.support.spoken import LIST, PLACE, spoken
from desktop.support.translation import ENGLISH, speak, tr
from domain.ageing import Deadlines
from domain.errors import InvalidDeadline, WhyflagError
from domain.queue_query import parse_filter
from installer.translations import FOLDER, listed_phrases

PHRASES = listed_phrases()


@pytest.fixture(autouse=True)
def german() -> Iterator[None]:
    speak("de")
    yield
    speak(ENGLISH)


def test_the_list_is_that_of_the_code() -> None:
    """Else: python -m installer.translations"""
    assert (FOLDER / LIST).read_text(encoding="utf-8").splitlines() == PHRASES
    assert len(PHRASES) > 200


def test_each_phrase_is_known_again_whatever_is_set_into_it() -> None:
    for values in (["T-1", "/tmp/a b.csv", "3,000", "x"], ["{0}", "a. b", "€ 5", "1"]):
        wrong = []
        for phrase in PHRASES:
            given = values[: len(PLACE.findall(phrase))]
            if spoken(phrase.format(*given)) != tr(phrase).format(*given):
                wrong.append((phrase, spoken(phrase.format(*given))))
        assert wrong == []


def test_values_are_data_and_stay_as_they_are() -> None:
    hostile = "<b>{evil.__class__}</b>\n\u202e%s"
    assert spoken(f"No alert has the id {hostile}.") == f"Kein Alarm hat die Kennung {hostile}."


def test_what_no_phrase_fits_stays_english() -> None:
    assert spoken("Something a library said.") == "Something a library said."
    assert spoken("") == ""


def test_in_english_nothing_is_changed() -> None:
    speak(ENGLISH)
    assert spoken("scoring") == "scoring"


def test_an_error_speaks_german_with_its_way_out() -> None:
    with pytest.raises(InvalidDeadline) as refused:
        Deadlines(critical=0.0)
    assert describe(refused.value).text == "Die Frist der Stufe critical beträgt 0 Stunden. " + tr(
        "Give 1 hour to a year."
    )
    with pytest.raises(WhyflagError) as refused:
        parse_filter("amount>=many")
    assert describe(refused.value).message == "amount: many ist keine Zahl."
