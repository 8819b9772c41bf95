"""Text from data, made harmless: it is shown as it is, never rendered, and cannot reorder or hide its neighbours."""

import html
import unicodedata

LONGEST_LINE = 400
LONGEST_TIP = 2000
# Marks, embeddings, overrides and isolates that change the direction of what stands around them.
DIRECTION_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def visible(text: str, longest: int = LONGEST_LINE) -> str:
    """One line of `text`: control and direction characters become visible pictures, the rest is cut at `longest`."""
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    if cut.isprintable():  # nothing of what is looked for below is
        return cut
    return "".join(_visible_character(character) for character in cut)


def _visible_character(character: str) -> str:
    if character in "\n\r\t\u2028\u2029":
        return " "
    if character in DIRECTION_CONTROLS or unicodedata.category(character) in ("Cc", "Cs", "Cf"):
        return f"‹U+{ord(character):04X}›"
    return character


def tooltip(text: str) -> str:
    """A tool tip that shows `text` literally: Qt guesses its format, so it is declared rich and escaped."""
    return f"<p style='white-space: pre-wrap'>{html.escape(visible(text, LONGEST_TIP))}</p>"


def button_text(text: str) -> str:
    """For buttons, tabs and menus, where one & would be taken for a shortcut's mark."""
    return visible(text).replace("&", "&&")
