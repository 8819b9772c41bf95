"""The window's words in the person's language. The English text is the key; what a catalogue lacks stays English.

Catalogues are gettext's: resources/translations/LANGUAGE.po is what translators edit, LANGUAGE.mo what is read here;
`python -m installer.translations` collects the keys and writes both. Statements and narratives are not translated:
they are verified as they stand.

The language is chosen once, at start (`speak`), before the first widget: so words are looked up when they are shown,
never while a module is imported. A constant's words are named with `mark` and looked up with `tr(constant)`.
"""

from __future__ import annotations

import gettext
from importlib.resources import files
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # the command line speaks English and does without Qt
    from PySide6.QtCore import QLocale, QTranslator

ENGLISH: Final = "en"
SYSTEM: Final = "system"
# Each language by its own name, so that a person finds theirs
LANGUAGES: Final = {ENGLISH: "English", "de": "Deutsch"}


class _Spoken:
    """The process has one window and one language, as it has one QApplication."""

    language: str = ENGLISH
    catalogue: gettext.NullTranslations = gettext.NullTranslations()
    of_qt: QTranslator | None = None


def tr(text: str, /, **values: object) -> str:
    """`text` in the chosen language, its {placeholders} filled. Without values, braces stay as they are."""
    words = _Spoken.catalogue.gettext(text) if text else text
    return words.format(**values) if values else words


def trn(one: str, many: str, number: int, /, **values: object) -> str:
    """The form for `number`; {count} is the number, unless given as text (with the locale's separators)."""
    return _Spoken.catalogue.ngettext(one, many, number).format(**{"count": number, **values})


def in_sentence(words: str) -> str:
    """The words of a heading inside a sentence: English begins them small, German nouns stay as they are."""
    return words.lower() if _Spoken.language == ENGLISH else words


def mark(text: str) -> str:
    """Names `text` for the catalogue and leaves it as it is: for constants, which `tr` looks up when they are shown."""
    return text


def speak(choice: str) -> None:
    """Chooses the language: one of LANGUAGES, or SYSTEM. Qt's own words (buttons, file dialog, days) follow it."""
    from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

    language = language_of(choice)
    _Spoken.language = language
    _Spoken.catalogue = _catalogue(language)
    QLocale.setDefault(locale_of(choice))
    app = QCoreApplication.instance()
    if app is None:
        return
    if _Spoken.of_qt is not None:
        app.removeTranslator(_Spoken.of_qt)
        _Spoken.of_qt = None
    translator = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if language != ENGLISH and translator.load(f"qtbase_{language}", folder):
        app.installTranslator(translator)
        _Spoken.of_qt = translator


def language() -> str:
    """The language chosen, a key of LANGUAGES."""
    return _Spoken.language


def language_of(choice: str) -> str:
    """The first of the system's languages that whyflag speaks, where the choice is the system's; else English."""
    from PySide6.QtCore import QLocale

    wanted = QLocale.system().uiLanguages() if choice == SYSTEM else [choice]
    spoken = (tag.replace("_", "-").split("-")[0].lower() for tag in wanted)
    return next((tag for tag in spoken if tag in LANGUAGES), ENGLISH)


def locale_of(choice: str) -> QLocale:
    """How numbers, dates and money are written: as the system does, unless another language was chosen.

    Where the system has none (C), days come before months and years are whole.
    """
    from PySide6.QtCore import QLocale

    system = QLocale.system()
    spoken = language_of(choice)
    if choice != SYSTEM and QLocale(spoken).language() != system.language():
        return QLocale("de_DE") if spoken == "de" else QLocale("en_GB")
    return QLocale("en_GB") if system.language() is QLocale.Language.C else system


def _catalogue(language: str) -> gettext.NullTranslations:
    if language == ENGLISH:
        return gettext.NullTranslations()
    file = files("resources") / "translations" / f"{language}.mo"
    if not file.is_file():
        return gettext.NullTranslations()
    with file.open("rb") as stream:
        return gettext.GNUTranslations(stream)
