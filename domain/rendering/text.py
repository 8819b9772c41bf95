"""Text from data made safe to show: nothing in it may act, hide, or reorder what stands around it."""

import math
import unicodedata
from datetime import datetime

TEXT_MOST = 600
ID_MOST = 80

# Controls that reorder or hide text (bidi embeddings, overrides and isolates, zero-width marks, tags) and those that
# act in a terminal or a file format. Letters of right-to-left scripts are no controls and stay.
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def printable(text: str) -> str:
    """One line of visible characters: white space becomes a space, every control shows as [U+202E]."""
    return "".join(_visible(character) for character in text)


def cut(text: str, most: int) -> str:
    """At most about `most` characters, saying how many are missing."""
    if len(text) <= most:
        return text
    return f"{text[:most]}… ({len(text) - most:,} more characters in the JSON report)"


def named(character: str) -> str:
    return f"[U+{ord(character):04X}]"


def _visible(character: str) -> str:
    if character in "\t\n\r":
        return " "
    return named(character) if unicodedata.category(character) in _HIDDEN else character


def short(text: str) -> str:
    """An id or other text that stands in a line."""
    return cut(printable(text), ID_MOST)


def shown(text: str) -> str:
    """A text that stands in a paragraph."""
    return cut(printable(text), TEXT_MOST)


def moment(time: datetime) -> str:
    """'2026-03-01 09:30:00 UTC'; without a zone for a time that is local to the account."""
    return f"{time:%Y-%m-%d %H:%M:%S}" + (" UTC" if time.tzinfo else "")


def probability(value: float | None) -> str:
    """'0.914'; small ones keep two digits: '0.00037'; 'none' where no score can reach it."""
    if value is None or not math.isfinite(value):
        return "none"
    return f"{value:.3f}" if value >= 0.01 or value == 0 else f"{value:.2g}"
