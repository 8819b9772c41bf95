"""Checking a report's folder without its store: whole folders pass, each kind of change is found with its place."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domain.errors import ReportUnreadable
from domain.manifest import manifest_json, seal_document
from domain.progress import finish
from domain.rendering import render
from domain.rendering.json import report_document
from domain.report_check import CheckResult, check_folder
from domain.report_files import Ledger, write_report
from domain.reporting import Format
from domain.signing import Signer, fingerprint
from tests.reports import a_report

SIGNER = Signer(b"k" * 32)
STEM = "whyflag-report-20260301T093000Z"
FORMATS: tuple[Format, ...] = ("json", "html", "csv", "xlsx")


def written(folder: Path, signer: Signer = SIGNER, formats: tuple[Format, ...] = FORMATS) -> Path:
    report = a_report()
    report = replace(report, seal=seal_document(report_document(report), signer))
    work = write_report(
        report,
        folder,
        formats,
        render,
        lambda report, contents: manifest_json(report_document(report), contents, report.stem, signer),
        Ledger({}),
    )
    finish(work)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path / "report")


def places(checked: CheckResult) -> set[tuple[str, str]]:
    return {(finding.file.removeprefix(STEM), finding.place) for finding in checked.findings}


def change_json(folder: Path, change: Callable[[dict[str, Any]], None]) -> CheckResult:
    path = folder / f"{STEM}.json"
    document = json.loads(path.read_text("utf-8"))
    change(document)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return check_folder(folder)


def test_an_untouched_folder_holds(folder: Path) -> None:
    checked = check_folder(folder)
    assert checked.findings == ()
    (report,) = checked.reports
    assert (report.files, report.cases, report.sentences, report.rechecked) == (4, 3, 9, True)
    assert report.claims > 20
    assert report.audit_head == "d" * 64
    assert report.fingerprint == fingerprint(SIGNER.public_key)


def test_one_digit_in_a_narrative_is_named_with_case_sentence_and_number(folder: Path) -> None:
    def change(document: dict[str, Any]) -> None:
        sentence = document["cases"][1]["explanation"]["narrative"]["sentences"][0]
        sentence["text"] = sentence["text"].replace("508.50", "509.50")

    checked = change_json(folder, change)
    assert (".json", "case A-T-2044, sentence 1") in places(checked)
    assert any("'509.50 EUR' is not borne by E1" in finding.problem for finding in checked.findings)
    assert not any("A-T-1042" in finding.place for finding in checked.findings)


def test_one_value_of_the_evidence_is_named_with_its_case_and_id(folder: Path) -> None:
    def change(document: dict[str, Any]) -> None:
        document["cases"][0]["explanation"]["evidence"][1]["value"] = 3.0

    assert (".json", "case A-T-1042, evidence E2") in places(change_json(folder, change))


def test_a_removed_case_is_named(folder: Path) -> None:
    def change(document: dict[str, Any]) -> None:
        del document["cases"][1]

    found = places(change_json(folder, change))
    assert {(".json", "case A-T-2044"), (".json", "counts")} <= found


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda d: d["cases"].append({**d["cases"][0]}), "cases"),
        (lambda d: d["cases"].reverse(), "cases"),
        (lambda d: d["cases"][0]["transaction"].update(amount=5.0), "case A-T-1042, transaction's amount"),
        (lambda d: d["cases"][0]["decisions"].clear(), "case A-T-1042, decisions"),
        (lambda d: d["cases"][0]["explanation"].update(score=0.1), "case A-T-1042, score"),
        (lambda d: d["audit"].update(head="e" * 64), "audit"),
        (lambda d: d["counts"]["bands"].update(low=7), "header, counts"),
        (lambda d: d["cases"][0]["explanation"]["narrative"].update(draft="other"), "case A-T-1042, draft"),
        (lambda d: d.update(cases=7), ""),
    ],
)
def test_any_other_change_of_the_content_is_named(
    folder: Path, change: Callable[[dict[str, Any]], None], place: str
) -> None:
    assert (".json", place) in places(change_json(folder, change))


def test_a_swapped_file_is_named(folder: Path, tmp_path: Path) -> None:
    other = written(tmp_path / "other")
    (folder / f"{STEM}.csv").write_bytes((other / f"{STEM}.html").read_bytes())
    checked = check_folder(folder)
    assert [finding.file for finding in checked.findings] == [f"{STEM}.csv"]


def test_one_digit_in_the_page_is_named_with_its_lines(folder: Path) -> None:
    path = folder / f"{STEM}.html"
    text = path.read_text("utf-8")
    at = text.rindex("508.50")
    path.write_text(f"{text[:at]}509.50{text[at + 6 :]}", "utf-8")
    (finding,) = check_folder(folder).findings
    line = text.count("\n", 0, at) + 1
    first, last = finding.place.removeprefix("lines ").split(" to ")
    assert int(first) <= line <= int(last)


def test_a_cut_a_missing_and_an_added_file_are_named(folder: Path) -> None:
    workbook = folder / f"{STEM}.xlsx"
    workbook.write_bytes(workbook.read_bytes()[:-9])
    (folder / f"{STEM}.csv").unlink()
    (folder / f"{STEM}.sar.txt").write_text("a draft of mine")
    found = {finding.file.removeprefix(STEM): finding.problem for finding in check_folder(folder).findings}
    assert "were signed" in found[".xlsx"]
    assert found[".csv"] == "the file is missing"
    assert "not part" in found[".sar.txt"]


def test_a_changed_manifest_is_found_whatever_it_says(folder: Path) -> None:
    path = folder / f"{STEM}.manifest.json"
    path.write_text(path.read_text().replace('"mask": "none"', '"mask": "external"'))
    assert (".manifest.json", "signature") in places(check_folder(folder))
    path.write_text("{}")
    assert next(finding.problem for finding in check_folder(folder).findings).startswith("cannot be read")


def test_a_forgery_signed_by_another_key_shows_by_the_pinned_fingerprint(tmp_path: Path) -> None:
    forged = written(tmp_path, Signer(b"x" * 32))
    ours = fingerprint(SIGNER.public_key)
    assert check_folder(forged).findings == (), "in itself it is whole"
    (finding,) = check_folder(forged, ours).findings
    assert finding.place == "key"
    assert check_folder(written(tmp_path / "ours"), ours[:16].upper()).findings == ()
    with pytest.raises(ReportUnreadable, match="fingerprint"):
        check_folder(forged, "abc")


def test_evidence_that_disagrees_with_itself_is_found_even_when_signed(tmp_path: Path) -> None:
    report = a_report()
    case = report.cases[0]
    first, *others = case.explanation.evidence
    explanation = replace(case.explanation, evidence=(replace(first, direction="lowers"), *others))
    wrong = replace(report, cases=(replace(case, explanation=explanation),))
    work = write_report(
        wrong,
        tmp_path,
        ("json",),
        render,
        lambda report, contents: manifest_json(report_document(report), contents, report.stem, SIGNER),
        Ledger({}),
    )
    finish(work)
    assert (".json", "case A-T-1042, evidence E1") in places(check_folder(tmp_path))


def test_without_json_the_files_are_checked_and_the_sentences_said_not_to_be(tmp_path: Path) -> None:
    checked = check_folder(written(tmp_path, formats=("csv",)))
    assert checked.findings == ()
    assert not checked.reports[0].rechecked


@pytest.mark.parametrize("name", ["nothing here", "empty"])
def test_a_folder_without_a_report_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ReportUnreadable, match=name):
        check_folder(tmp_path / name)


def test_the_pages_show_the_signature_of_the_content(folder: Path) -> None:
    manifest = json.loads((folder / f"{STEM}.manifest.json").read_text())["signed"]
    page = (folder / f"{STEM}.html").read_text("utf-8")
    for shown in (manifest["document"], manifest["document_signature"], fingerprint(SIGNER.public_key), "d" * 64):
        assert shown in page
