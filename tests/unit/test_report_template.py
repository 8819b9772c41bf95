"""A bank's own template: its marks are shown, its mistakes are told, and a logo does nothing but stand there."""

from pathlib import Path
from shutil import copytree

import pytest

from domain.errors import TemplateInvalid
from domain.rendering import render
from domain.rendering.template import load_template, shipped_templates
from tests.reports import a_report

STANDARD = Path(__file__).parents[2] / "resources/report/standard"
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="10"><rect width="40" height="10"/></svg>'
MARKS = """institution = "First Bank"
title = "Weekly alerts"
confidential = "Bank secret"
note = "For the board."
logo = "logo.svg"
logo_alt = "First Bank's mark"
accent = "#225533"
sections = ["summary", "audit"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copytree(STANDARD, tmp_path / "own")
    (tmp_path / "own/brand.toml").write_text(MARKS)
    (tmp_path / "own/logo.svg").write_text(LOGO)
    return tmp_path / "own"


def test_the_banks_marks_stand_in_the_page_and_left_out_sections_do_not(folder: Path) -> None:
    page = render(a_report(), "html", load_template(str(folder))).decode()
    for shown in ("Weekly alerts", "Bank secret", "For the board.", "#225533", 'alt="First Bank&#x27;s mark"'):
        assert shown in page
    assert "data:image/svg+xml;base64," in page
    assert "Management summary" in page and "Case 1" not in page


def test_the_pdf_takes_the_template_with_and_without_a_logo(folder: Path) -> None:
    branded = render(a_report(), "pdf", load_template(str(folder)))
    assert branded.startswith(b"%PDF") and branded != render(a_report(), "pdf")


def test_the_shipped_template_is_found_by_name() -> None:
    assert shipped_templates() == ("standard",)
    assert load_template("standard").brand.logo == ""


@pytest.mark.parametrize(
    ("brand", "told"),
    [
        ("accent = 'red'", "no colour"),
        ("colour = '#112233'", "unknown entry 'colour'"),
        ("title = 7", "title is no text"),
        ("sections = ['cases', 'cases']", "sections"),
        ("sections = ['annex']", "sections"),
        ("logo = '../secret.png'", "not in the folder"),
        ("logo = 'none.png'", "cannot be read"),
        ("logo = 'report.css'", "no logo"),
        ("title = ", "no TOML"),
    ],
)
def test_a_mistake_in_the_marks_is_told_with_its_file(folder: Path, brand: str, told: str) -> None:
    (folder / "brand.toml").write_text(brand)
    with pytest.raises(TemplateInvalid) as refused:
        load_template(str(folder))
    assert told in refused.value.message
    assert str(folder) in refused.value.message


def test_a_folder_that_is_none_is_told_with_what_there_is() -> None:
    with pytest.raises(TemplateInvalid) as refused:
        load_template("/no/such/folder")
    assert "standard" in refused.value.hint
