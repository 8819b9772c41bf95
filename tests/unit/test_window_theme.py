"""Each theme's colours, by number."""

import pytest

from desktop.support.theme import THEMES, contrast, load_theme, shape_pairs, style_sheet, text_pairs


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#1b5cba", "#1b5cba") == pytest.approx(1.0)


@pytest.mark.parametrize("name", THEMES)
def test_text_stands_out_from_its_background(name: str) -> None:
    theme = load_theme(name)
    measured = {pair: contrast(theme.colour(pair[0]), theme.colour(pair[1])) for pair in text_pairs()}
    wanted = 7.0 if name == "contrast" else 4.5
    assert {pair: ratio for pair, ratio in measured.items() if ratio < wanted} == {}


@pytest.mark.parametrize("name", THEMES)
def test_lines_and_marks_stand_out(name: str) -> None:
    theme = load_theme(name)
    measured = {pair: contrast(theme.colour(pair[0]), theme.colour(pair[1])) for pair in shape_pairs()}
    assert {pair: ratio for pair, ratio in measured.items() if ratio < 3.0} == {}


@pytest.mark.parametrize("name", THEMES)
def test_the_style_sheet_names_only_known_colours(name: str) -> None:
    assert "@" not in style_sheet(load_theme(name))


def test_letters_and_what_holds_them_grow_and_rings_do_not() -> None:
    theme = load_theme("light")
    assert "font-size: 28px" in style_sheet(theme, 200)
    assert "min-height: 40px" in style_sheet(theme, 200)
    for sheet in (style_sheet(theme), style_sheet(theme, 200)):
        assert "border: 2px solid" in sheet
        assert "max-height: 1px" in sheet
