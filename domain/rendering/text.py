"""Text from data made safe to show: nothing in it may act, hide, or reorder what stands around it."""

import unicodedata

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
