"""Text from data is shown as it is: nothing is rendered, reordered or hidden."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.support.text import DIRECTION_CONTROLS, button_text, tooltip, visible


def test_direction_overrides_become_visible() -> None:
    assert visible("pay\u202eEUR 00.05\u202c") == "pay‹U+202E›EUR 00.05‹U+202C›"


def test_control_characters_and_lines_become_one_line() -> None:
    assert visible("a\x00b\x1bc\nd\te") == "a‹U+0000›b‹U+001B›c d e"


def test_long_text_is_cut_with_a_mark() -> None:
    shown = visible("x" * 10_000)
    assert len(shown) == 400
    assert shown.endswith("…")


def test_right_to_left_letters_stay() -> None:
    assert visible("שלום") == "שלום"


@pytest.mark.parametrize("text", ["<b>bold</b>", "<img src='file:///etc/passwd'>", "a & b"])
def test_tool_tips_hold_no_markup_from_data(text: str) -> None:
    tip = tooltip(text)
    inside = tip.removeprefix("<p style='white-space: pre-wrap'>").removesuffix("</p>")
    assert "<" not in inside
    assert inside != text


def test_an_ampersand_in_a_button_is_no_mark() -> None:
    assert button_text("Smith & Sons") == "Smith && Sons"


@given(st.text(max_size=200))
def test_what_is_visible_holds_no_control(text: str) -> None:
    shown = visible(text)
    assert not any(ord(character) < 32 or character in DIRECTION_CONTROLS for character in shown)
