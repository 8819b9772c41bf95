"""The whole walk by the command line: demo, queue, explanation, report, audit."""

import json
from pathlib import Path

import pytest

from domain.documents import explanation_from_document
from domain.errors import AuditBroken, NoClassifier, StoreMissing, UnknownAlert, WrongPassphrase
from domain.verification import verify_sentence
from tests.e2e.command import Whyflag


def test_the_queue_is_sorted_and_within_the_budget(demo: Whyflag) -> None:
    rows = demo.json("alerts", "--limit", "1000")
    scores = [row["score"] for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert 300 <= len(rows) <= 351  # 25 a day over two weeks
    assert {row["state"] for row in rows} == {"open"}


def test_an_explanation_follows_the_contract_and_its_evidence(demo: Whyflag) -> None:
    first = demo.json("alerts", "--limit", "1")[0]
    document = demo.json("explain", first["alert_id"], "--narrator", "template")
    explanation = explanation_from_document(document)
    assert explanation.alert_id == first["alert_id"]
    assert explanation.score == pytest.approx(first["score"])
    assert [item.id for item in explanation.evidence] == [f"E{n}" for n in range(1, len(explanation.evidence) + 1)]
    assert {item.direction for item in explanation.evidence} <= {"raises", "lowers"}
    assert any(item.rows for item in explanation.evidence)
    assert explanation.narrative.origin == "template"
    for sentence in explanation.narrative.sentences:
        assert verify_sentence(sentence.text, explanation.evidence, explanation.typology).verified


def test_a_transaction_that_was_not_flagged_is_explained_too(demo: Whyflag) -> None:
    document = demo.json("explain", "T-00000100", "--narrator", "template")
    assert document["alert_id"] is None
    assert (document["band"] == "low") == (document["score"] < document["threshold"])
    assert len(document["evidence"]) >= 3


def test_the_same_bundle_explains_the_same_way_again(demo: Whyflag) -> None:
    first = demo.json("explain", "first", "--narrator", "template")
    assert demo.json("explain", "first", "--narrator", "template") == first


def test_several_are_explained_at_once(demo: Whyflag) -> None:
    ids = [row["alert_id"] for row in demo.json("alerts", "--limit", "3")]
    documents = demo.json("explain", *ids, "--narrator", "template")
    assert [document["alert_id"] for document in documents] == ids


def test_the_text_for_a_terminal_names_score_evidence_and_status(demo: Whyflag) -> None:
    text = demo.run("explain", "first", "--narrator", "template")
    for word in ("score", "threshold", "Why", "Evidence", "E1", "template's sentence", "classifier"):
        assert word in text


def test_a_report_holds_the_cases_and_the_audit_holds_the_report(demo: Whyflag, tmp_path: Path) -> None:
    out = tmp_path / "report"
    paths = demo.json("report", "--out", str(out), "--limit", "4", "--narrator", "template", "--format", "pdf,json")
    assert [path.split(".", 1)[1] for path in paths] == ["pdf", "json", "manifest.json"]
    document = json.loads(Path(paths[1]).read_text())
    assert len(document["cases"]) == 4
    assert next(out.glob("*.pdf")).read_bytes().startswith(b"%PDF-")
    checked = demo.json("audit", "verify")
    assert checked["entries"] >= 8


def test_training_again_with_the_same_seed_gives_the_same_classifier(demo: Whyflag) -> None:
    first, second = demo.json("train", "--seed", "5"), demo.json("train", "--seed", "5")
    assert first["classifier_id"] == second["classifier_id"]


def test_a_demo_that_is_ready_is_left_alone(demo: Whyflag) -> None:
    assert "is ready" in demo.run("demo")


def test_mistakes_are_told(demo: Whyflag, empty: Whyflag, tmp_path: Path) -> None:
    assert isinstance(demo.error("explain", "A-nothing", "--narrator", "template"), UnknownAlert)
    assert isinstance(empty.error("alerts"), StoreMissing)
    (tmp_path / "passphrase").write_text("wrong\n")
    assert isinstance(demo.error("alerts"), WrongPassphrase)
    (tmp_path / "passphrase").write_text("\n")
    assert "no narrator" in demo_usage(demo, "explain", "first", "--narrator", "gpt")


def demo_usage(demo: Whyflag, *arguments: str) -> str:
    """What is printed at wrong usage; exit code 2."""
    from typer.testing import CliRunner

    from desktop.cli import app

    result = CliRunner().invoke(app, [*arguments, "--store", str(demo.store)])
    assert result.exit_code == 2
    return result.output


def test_scoring_needs_a_classifier(empty: Whyflag, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("transaction_id,occurred_at,customer_id,amount\nT1,2026-01-01T10:00:00,C1,5\n")
    empty.run("import", str(rows))
    assert isinstance(empty.error("score"), NoClassifier)


def test_a_tampered_audit_is_told(demo: Whyflag) -> None:
    from domain.store import Store
    from tests.e2e.conftest import PASSPHRASE

    with Store.open(demo.store, PASSPHRASE) as store:
        store.database.execute("UPDATE audit SET actor = 'someone else' WHERE sequence = 2")
    assert isinstance(demo.error("audit", "verify"), AuditBroken)
