"""`whyflag report` and `report verify` as a bank and its auditor use them."""

import json
from pathlib import Path

from typer.testing import CliRunner

from desktop.cli import app
from tests.e2e.command import Whyflag


def verify(folder: Path, *options: str) -> tuple[int, str]:
    """Exit code and output, with no store named."""
    result = CliRunner().invoke(app, ["report", "verify", str(folder), *options])
    return result.exit_code, result.output


def test_an_auditor_checks_a_masked_report_without_the_store(demo: Whyflag, tmp_path: Path) -> None:
    out = tmp_path / "out"
    formats = "html,xlsx,csv,json,txt,xml"
    options = ("--narrator", "template", "--mask", "external", "--limit", "12", "--format", formats)
    paths = demo.json("report", "--out", str(out), *options)
    assert len(paths) == 7
    code, told = verify(out, "--json")
    checked = json.loads(told)
    assert (code, checked["findings"]) == (0, [])
    (report,) = checked["reports"]
    assert report["cases"] == 12 and report["sentences"] >= 36 and report["mask"] == "external"
    code, told = verify(out, "--key", report["fingerprint"])
    assert code == 0 and "Nothing differs" in told
    code, told = verify(out, "--key", "0" * 64)
    assert code == 1 and "key" in told

    path = next(Path(name) for name in paths if name.endswith("Z.json"))
    text = path.read_text("utf-8")
    assert "C-0" not in text and "T-000" not in text, "the demo's own ids"
    path.write_text(text.replace("Ranked first", "Ranked third", 1), "utf-8")
    code, told = verify(out)
    assert code == 1 and "sentence" in told and "Ranked third" in told


def test_a_preview_says_what_the_filters_leave(demo: Whyflag, tmp_path: Path) -> None:
    everything = demo.json("report", "--preview")
    critical = demo.json("report", "--preview", "--band", "critical", "--limit", "3")
    assert 300 <= everything["matching"] <= 351
    assert critical["matching"] < everything["matching"] and critical["reported"] == 3
    day = everything["first"][:10]
    one = demo.json("report", "--preview", "--from", day, "--until", f"{day}T23:59:59")
    assert 0 < one["matching"] < everything["matching"]


def test_wrong_choices_are_wrong_usage(demo: Whyflag, tmp_path: Path) -> None:
    for wrong in (("--band", "worst"), ("--mask", "some"), ("--state", "gone"), ("--format", "docx")):
        demo.run("report", "--out", str(tmp_path), *wrong, expect=2)
    assert CliRunner().invoke(app, ["report"]).exit_code == 2
