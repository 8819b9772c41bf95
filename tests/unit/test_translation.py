"""The window's words: what a catalogue lacks stays English, plurals follow the language, values are never formats."""

import ast
from string import Formatter
from typing import ClassVar

import pytest
from babel.messages import Catalog
from babel.messages.mofile import read_mo
from PySide6.QtCore import QLocale

from desktop.support import translation
from desktop.support.translation import ENGLISH, LANGUAGES, language_of, locale_of, mark, speak, tr, trn
from desktop.widgets.date_axis import DateAxis
from installer.translations import FOLDER, is_translated, languages, read_catalogue, used_words


@pytest.fixture(autouse=True)
def english_again():
    yield
    speak(ENGLISH)


class Catalogue(translation.gettext.NullTranslations):
    words: ClassVar = {"Queue": "Warteschlange", "{count} alerts": "{count} Alarme", "Open {name}": "{name} öffnen"}

    def gettext(self, message: str) -> str:
        return self.words.get(message, message)

    def ngettext(self, one: str, many: str, number: int) -> str:
        return "{count} Alarm" if number == 1 else "{count} Alarme"


@pytest.fixture
def german(monkeypatch):
    monkeypatch.setattr(translation, "_catalogue", lambda language: Catalogue())
    speak("de")


def test_a_text_is_shown_in_the_chosen_language(german):
    assert tr("Queue") == "Warteschlange"
    assert tr("Open {name}", name="a") == "a öffnen"


def test_what_the_catalogue_lacks_stays_english(german):
    assert tr("No such entry {n}", n=1) == "No such entry 1"


def test_a_form_follows_the_number_and_shows_it_as_given(german):
    assert trn("{count} alert", "{count} alerts", 1) == "1 Alarm"
    assert trn("{count} alert", "{count} alerts", 2000, count="2.000") == "2.000 Alarme"


def test_in_english_plurals_follow_the_number_too():
    assert [trn("{count} alert", "{count} alerts", n) for n in (0, 1, 2)] == ["0 alerts", "1 alert", "2 alerts"]


def test_values_are_text_and_never_formats():
    assert tr("Open {name}", name="{evil.__class__}") == "Open {evil.__class__}"
    assert tr("a { brace") == "a { brace"


def test_an_empty_text_is_no_catalogue_header():
    speak("de")
    assert tr("") == ""


def test_a_marked_constant_is_the_english_key():
    assert mark("Queue") == "Queue"


@pytest.mark.parametrize(
    ("choice", "language"),
    [("de", "de"), ("de_AT", "de"), ("en", "en"), ("fr", "en"), ("", "en")],
)
def test_a_language_that_is_not_spoken_is_english(choice, language):
    assert language_of(choice) == language


def test_a_chosen_language_brings_its_numbers():
    assert locale_of("de").toString(1234.5, "f", 1) == "1.234,5"
    assert locale_of("en").toString(1234.5, "f", 1) == "1,234.5"


@pytest.fixture(scope="module")
def words() -> Catalog:
    return used_words()


def keys(entries: Catalog) -> set[object]:
    return {message.id if isinstance(message.id, str) else tuple(message.id) for message in entries if message.id}


@pytest.mark.parametrize("language", languages())
def test_every_word_of_the_window_has_a_translation_and_none_is_left_over(language: str, words: Catalog) -> None:
    entries = read_catalogue(language)
    assert keys(words) - keys(entries) == set(), "run python -m installer.translations and translate what is new"
    assert keys(entries) - keys(words) == set(), "no code uses these any more"
    assert [message.id for message in entries if message.id and not is_translated(message.string)] == []


@pytest.mark.parametrize("language", languages())
def test_placeholders_and_shortcuts_agree(language: str) -> None:
    wrong = []
    for message in read_catalogue(language):
        ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        wanted = {place for one in ids for place in placeholders(one)}
        wrong += [(message.id, string) for string in strings if message.id and placeholders(string) != wanted]
        if not isinstance(message.id, tuple | list) and ("&" in message.id) != ("&" in message.string):
            wrong.append((message.id, message.string))
    assert wrong == []


@pytest.mark.parametrize("language", languages())
def test_what_the_window_reads_is_what_was_translated(language: str) -> None:
    written = read_catalogue(language)
    with (FOLDER / f"{language}.mo").open("rb") as stream:
        read = read_mo(stream)
    told = {key: message_of(read, key) for key in keys(written)}
    assert told == {key: message_of(written, key) for key in keys(written)}, "run python -m installer.translations"
    assert keys(read) == keys(written)


def test_each_language_has_its_catalogue() -> None:
    assert set(languages()) == set(LANGUAGES) - {ENGLISH}


def test_words_are_not_looked_up_while_a_module_is_imported() -> None:
    """The language is not chosen yet then."""
    early = []
    for file in sorted((FOLDER.parents[1] / "desktop").rglob("*.py")):
        stack: list[ast.AST] = [ast.parse(file.read_text(encoding="utf-8"))]
        while stack:
            node = stack.pop()
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                continue
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("tr", "trn"):
                early.append(f"{file.name}:{node.lineno}")
            stack += ast.iter_child_nodes(node)
    assert early == []


def test_german_is_spoken() -> None:
    speak("de")
    assert tr("Queue") == "Warteschlange" and QLocale().dayName(1) == "Montag"
    assert trn("{count} column", "{count} columns", 1) == "1 Spalte"
    assert trn("{count} column", "{count} columns", 3) == "3 Spalten"


def test_an_axis_names_months_in_the_chosen_language(qapp) -> None:
    speak("de")
    axis = DateAxis()
    axis.zoomLevel = next(level for level in axis.zoomLevels.values() if level.tickSpecs[-1].format == "%b")
    spacing = next(spec.spacing for spec in axis.zoomLevel.tickSpecs if spec.format == "%b")
    assert axis.tickStrings([1_772_323_200.0], 1.0, spacing) == ["März"]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def message_of(entries: Catalog, key: object) -> object:
    message = entries.get(key[0] if isinstance(key, tuple) else key)
    assert message is not None
    return tuple(message.string) if isinstance(message.string, tuple | list) else message.string
