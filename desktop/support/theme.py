"""A theme's colours by role, read from resources/themes, and what its style sheet is made of them."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import resources

FOLDER = Path(resources.__file__).parent
THEMES = ("light", "dark", "contrast")


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours as #rrggbb. `..._soft` is the background that the colour of the same name is read on."""

    name: str
    dark: bool
    background: str
    surface: str
    raised: str
    border: str
    outline: str
    text: str
    muted: str
    accent: str
    accent_strong: str
    on_accent: str
    selection: str
    hover: str
    rail: str
    rail_text: str
    rail_selected: str
    rail_selected_text: str
    critical: str
    critical_soft: str
    high: str
    high_soft: str
    medium: str
    medium_soft: str
    low: str
    low_soft: str
    good: str
    good_soft: str
    notice: str
    notice_soft: str
    neutral: str
    neutral_soft: str
    raises: str
    lowers: str

    def colour(self, role: str) -> str:
        value: str = getattr(self, role)
        return value


TONES = ("critical", "high", "medium", "low", "good", "notice", "neutral")


def text_pairs() -> Iterator[tuple[str, str]]:
    """Every (text, background) the window puts together; a test holds each to 4.5."""
    for background in ("background", "surface", "raised", "selection", "hover"):
        yield from ((role, background) for role in ("text", "muted", "accent", "raises", "lowers"))
        yield from ((tone, background) for tone in TONES)
    yield from ((tone, f"{tone}_soft") for tone in TONES)
    yield from (("text", f"{tone}_soft") for tone in TONES)
    yield from (("on_accent", "accent"), ("on_accent", "accent_strong"))
    yield from (("rail_text", "rail"), ("rail_text", "rail_selected"), ("rail_selected_text", "rail_selected"))


def shape_pairs() -> Iterator[tuple[str, str]]:
    """Lines, rings and marks against what they stand on; a test holds each to 3."""
    for background in ("background", "surface", "raised"):
        yield from ((role, background) for role in ("outline", "accent", "raises", "lowers"))


@cache
def load_theme(name: str) -> Theme:
    """Raises KeyError or TypeError where the file and the roles differ: that is a bug, found by the tests."""
    values = tomllib.loads((FOLDER / "themes" / f"{name}.toml").read_text(encoding="utf-8"))
    return Theme(name=name, **values)


def style_sheet(theme: Theme, text_percent: int = 100) -> str:
    """Letters, and the heights that hold them, grow with `text_percent`; rings and gaps stay."""
    template = (FOLDER / "themes" / "style.qss").read_text(encoding="utf-8")
    values = {field.name: str(getattr(theme, field.name)) for field in fields(theme)}
    values["icons"] = (FOLDER / "icons").as_posix()
    values["check"] = "dark" if theme.dark else "light"
    coloured = re.sub(r"@([a-z_]+)", lambda match: values[match[1]], template)
    return re.sub(
        r"(font-size|icon-size|min-height|[^-]width|[^-]height): (\d+)px",
        lambda match: f"{match[1]}: {round(int(match[2]) * text_percent / 100)}px",
        coloured,
    )


def contrast(first: str, second: str) -> float:
    """WCAG 2 contrast of two #rrggbb colours, 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
