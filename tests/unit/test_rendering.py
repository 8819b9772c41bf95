"""HTML, spreadsheet, CSV and JSON: the whole content, and nothing in the data acts."""

import csv
import io
import json
import re
import unicodedata
import zipfile
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.documents import explanation_from_document
from domain.rendering import render
from domain.rendering.csv import COLUMNS, inert
from domain.rendering.text import cut, printable
from domain.reporting import FORMATS, Format
from tests.reports import a_report
from tests.texts import HOSTILE
from tests.unit.test_rendering_pdf import with_text

hostile = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
SHOWN = (
    "A-T-1042", "A-T-2044", "T-3", "508.50 EUR", "C-0077", "25 times", "card-not-present fraud",
    "Confirmed fraud", "The customer denies the order.", "c" * 64, "a" * 64,
)  # fmt: skip


class Page(HTMLParser):
    """Collects tags, attributes and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def cells(book: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        return parts.read("xl/sharedStrings.xml").decode()


@pytest.mark.parametrize("format", FORMATS)
def test_same_report_gives_same_bytes(format: Format) -> None:
    assert render(a_report(), format) == render(a_report(), format)


def test_each_format_shows_the_cases() -> None:
    texts = {
        "html": Page(render(a_report(), "html").decode()).text,
        "xlsx": cells(render(a_report(), "xlsx")),
        "csv": render(a_report(), "csv").decode(),
    }
    for format, text in texts.items():
        missing = [shown for shown in SHOWN if shown not in text]
        assert not missing, (format, missing)


def test_json_holds_each_explanation_after_the_contract() -> None:
    report = a_report()
    document = json.loads(render(report, "json"))
    assert document["format_version"] == 2
    assert "Confidential" in document["confidentiality"]
    assert document["scope"] == {"filters": {"state": "open"}, "limit": 20, "available": 431}
    assert document["audit"] == {"head": "d" * 64, "entries": 1932}
    assert document["classifier"]["metrics"]["auc_roc"] == 0.9312
    read = tuple(explanation_from_document(case["explanation"]) for case in document["cases"])
    assert read == tuple(case.explanation for case in report.cases)
    first = document["cases"][0]
    assert first["transaction"]["occurred_at"] == "2026-02-27T03:14:09"
    assert first["decisions"][0]["actor"] == "m.ferreira"
    assert first["disposition"] == "confirmed_fraud"
    assert document["cases"][2]["alert"] is None


@hostile
def test_json_holds_hostile_text_as_it_is(text: str) -> None:
    document = json.loads(render(with_text(text), "json"))
    assert document["cases"][0]["transaction"]["memo"] == text
    assert document["store"] == text


@hostile
def test_html_runs_and_loads_nothing(text: str) -> None:
    html = render(with_text(text), "html").decode()
    plain, attacked = Page(render(with_text("plain"), "html").decode()), Page(html)
    assert attacked.tags == plain.tags
    assert attacked.attributes <= plain.attributes
    assert not attacked.tags & {"script", "img", "iframe", "object", "link", "form"}
    assert not {name for name in attacked.attributes if name.startswith("on")}
    assert "default-src 'none'" in html
    assert not re.search(r"url\(|@import", html.split("</style>")[0])


def test_html_marks_this_payment_among_the_customers() -> None:
    html = render(a_report(), "html").decode()
    assert html.count('class="this"') == len([case for case in a_report().cases if case.history])


@hostile
def test_workbook_holds_no_formula_and_no_link(text: str) -> None:
    with zipfile.ZipFile(io.BytesIO(render(with_text(text), "xlsx"))) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(sheets) == 8
        assert not [sheet for sheet in sheets if "<f>" in sheet or "hyperlink" in sheet]
        assert not [name for name in parts.namelist() if "externalLink" in name or "_rels/sheet" in name]


@hostile
def test_csv_keeps_its_shape_and_starts_no_formula(text: str) -> None:
    lines = list(csv.reader(io.StringIO(render(with_text(text), "csv").decode("utf-8-sig"), newline="")))
    assert [len(line) for line in lines] == [len(COLUMNS)] * 2
    assert not [cell for cell in lines[1] if cell.lstrip().startswith(("=", "+", "-", "@"))]


@given(st.text(alphabet="=+-@ \t\r\n'\"a"))
def test_no_cell_of_any_text_starts_a_formula(text: str) -> None:
    (cell,) = inert((printable(text),))
    assert cell.lstrip()[:1] not in tuple("=+-@")


@given(st.text())
def test_printable_text_is_one_line_without_controls(text: str) -> None:
    shown = printable(text)
    assert not [one for one in shown if unicodedata.category(one) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")]
    assert len(shown.splitlines()) <= 1
    assert printable(shown) == shown


def test_cut_text_says_how_much_is_missing() -> None:
    assert cut("abc", 3) == "abc"
    assert cut("abcd", 3) == "abc… (1 more characters in the JSON report)"
