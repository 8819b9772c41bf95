"""What domain and models say to people, in the language of the window: they write English, into which values are set.

The phrases they use are known (`installer/phrases.py` lists them from the code), so the one that a text was made from
is found again by what stands still in it; its translation gets the same values. What matches none stays English.
"""

import re
from functools import cache
from importlib.resources import files

from desktop.support.translation import ENGLISH, language, tr

LIST = "phrases.txt"  # in resources/translations, one a line
PLACE = re.compile(r"\{\d+\}")


def spoken(text: str) -> str:
    if language() == ENGLISH or not text:
        return text
    whole = tr(text)
    if whole != text:
        return whole
    for pattern, phrase in _patterns():
        found = pattern.fullmatch(text)
        if found is not None:
            return tr(phrase).format(*found.groups())
    return text


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Those that say most come first, for what they leave open may hold anything."""
    listed = (files("resources") / "translations" / LIST).read_text(encoding="utf-8").splitlines()
    with_values = [phrase for phrase in listed if PLACE.search(phrase)]
    with_values.sort(key=lambda phrase: -len(PLACE.sub("", phrase)))
    return tuple((_pattern(phrase), phrase) for phrase in with_values)


def _pattern(phrase: str) -> re.Pattern[str]:
    return re.compile("(.*?)".join(map(re.escape, PLACE.split(phrase))), re.DOTALL)
