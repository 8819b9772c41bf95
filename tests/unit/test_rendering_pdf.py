"""The PDF: tagged, whole, the same each time, and deaf to anything written in the data."""

import dataclasses
import re
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest

from domain import reporting
from domain.errors import ReportFailed
from domain.rendering import render
from domain.rendering.template import load_template
from domain.reporting import Case, Report
from tests.reports import a_decision, a_report, a_transaction, an_alert, an_explanation
from tests.texts import HOSTILE

needs_pdftotext = pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext (poppler-utils) is not installed")


def text_of(pdf: bytes, folder: Path) -> str:
    """The text as a reader's copy would give it, white space folded."""
    (folder / "report.pdf").write_bytes(pdf)
    read = subprocess.run(["pdftotext", "-layout", folder / "report.pdf", "-"], capture_output=True, check=True)
    return " ".join(unicodedata.normalize("NFKC", read.stdout.decode()).replace("\u200b", "").split())


def with_text(text: str) -> Report:
    """A report that shows `text` wherever data can stand."""
    explanation = an_explanation()
    evidence = dataclasses.replace(explanation.evidence[0], statement=text, rows=(text,) * 5)
    sentence = dataclasses.replace(explanation.narrative.sentences[0], text=text)
    typology = dataclasses.replace(explanation.typology, name=text, rule=text)  # type: ignore[type-var]
    shown = dataclasses.replace(
        explanation,
        evidence=(evidence, *explanation.evidence[1:]),
        typology=typology,
        narrative=dataclasses.replace(explanation.narrative, sentences=(sentence,)),
        bundle=dataclasses.replace(explanation.bundle, features=text),
    )
    transaction = a_transaction(memo=text, merchant_id=text, customer_id=text, currency=text, device_id=text)
    case = Case(
        transaction, an_alert(flag_reason=text), shown, (transaction,) * 3, (a_decision(note=text, actor=text),)
    )
    return dataclasses.replace(a_report([case]), store=text, title=text)


def test_it_is_a_tagged_pdf_ua_document_with_title_and_language() -> None:
    pdf = render(a_report(), "pdf")
    assert pdf.startswith(b"%PDF-1.7")
    assert b"/MarkInfo" in pdf and b"/StructTreeRoot" in pdf
    assert b"/Lang(en)" in pdf
    assert b"pdfuaid:part>1<" in pdf


def test_same_report_gives_same_bytes() -> None:
    assert render(a_report(), "pdf") == render(a_report(), "pdf")


@needs_pdftotext
def test_it_shows_scope_cases_evidence_narrative_decision_hashes_and_audit(tmp_path: Path) -> None:
    text = text_of(render(a_report(), "pdf"), tmp_path)
    for shown in (
        "CONFIDENTIAL", "Do not tell the customer", "Machine-drafted, checked by program",
        "3 of 431 that match", "state: open", "Case 1: A-T-1042", "Case 2: A-T-2044", "Case 3: Transaction T-3",
        "508.50 EUR", "C-0077", "25 times", "T-900", "+2.31", "odds × 10.1", "raises",
        "Verified", "Repaired", "Template", "card-not-present fraud", "limit rule 17", "Confirmed fraud",
        "The customer denies the order.", "m.ferreira", "c" * 64, "d" * 64, "Method and definitions", "0.9312",
    ):  # fmt: skip
        assert shown in text


def test_a_report_without_cases_or_classifier_is_still_a_report() -> None:
    empty = dataclasses.replace(a_report([]), classifier=None)
    assert render(empty, "pdf").startswith(b"%PDF")


@needs_pdftotext
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_shown_and_does_nothing(text: str, tmp_path: Path) -> None:
    shown = text_of(render(with_text(text), "pdf"), tmp_path)
    assert "Method and definitions" in shown, "the rest of the report is all there"
    for control in ("\x07", "\x1b", "\u202e", "\ufffd"):
        assert control not in shown


@needs_pdftotext
def test_markup_in_the_data_reads_as_written(tmp_path: Path) -> None:
    written = '#panic("x") *b* $x^2$ @ref <label> = h'
    assert written in text_of(render(with_text(written), "pdf"), tmp_path)


@needs_pdftotext
def test_controls_show_by_number_and_long_text_says_what_is_missing(tmp_path: Path) -> None:
    assert "total[U+202E]05.805" in text_of(render(with_text("total\u202e05.805"), "pdf"), tmp_path)
    assert "(9,400 more characters in the JSON report)" in text_of(render(with_text("x " * 5000), "pdf"), tmp_path)


@needs_pdftotext
def test_a_character_that_no_font_has_shows_by_its_number(tmp_path: Path) -> None:
    unlikely = "\U00012399"  # a cuneiform sign
    shown = text_of(render(with_text(f"sign {unlikely}"), "pdf"), tmp_path)
    assert unlikely in shown or "[U+12399]" in shown


def cases_of(count: int) -> list[Case]:
    return [Case(a_transaction(f"T-{n}"), an_alert(f"T-{n}"), an_explanation(f"T-{n}")) for n in range(count)]


def test_two_hundred_cases_are_laid_out() -> None:
    pages = re.search(rb"/Type/Pages/Count (\d+)", render(a_report(cases_of(200)), "pdf"))
    assert pages is not None
    assert int(pages[1]) > 200


@needs_pdftotext
def test_more_cases_than_one_file_holds_fill_volumes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "PDF_CASES", 2)
    report = a_report(cases_of(3))
    assert [part.volume for part in report.volumes("html")] == [None]
    first, second = (text_of(render(part, "pdf"), tmp_path) for part in report.volumes("pdf"))
    assert "1 of 2: cases 1 to 1 of 3" in first and "2 of 2: cases 2 to 3 of 3" in second
    assert [f"Case {number}:" in first for number in (1, 2, 3)] == [True, False, False]
    assert [f"Case {number}:" in second for number in (1, 2, 3)] == [False, True, True]
    assert ["Management summary" in text for text in (first, second)] == [True, False]
    assert all("Audit head and signature" in text for text in (first, second))


def test_a_layout_that_does_not_compile_is_told_in_words() -> None:
    broken = dataclasses.replace(load_template(), layout="#let x = ")
    with pytest.raises(ReportFailed, match="expected expression") as told:
        render(a_report([]), "pdf", broken)
    assert "report.typ" in told.value.hint
