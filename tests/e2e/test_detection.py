"""Similar cases, a second opinion, what-if, rules and typologies by the command line, on the demo store."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from desktop.cli import app
from domain.errors import InvalidChange, RulesInvalid, UnknownRule
from tests.e2e.command import Whyflag

TEMPLATE = ("--narrator", "template")


@pytest.fixture
def own_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder of rules, with one that every payment meets."""
    monkeypatch.setenv("WHYFLAG_DATA", str(tmp_path / "data"))
    folder = tmp_path / "data" / "rules"
    folder.mkdir(parents=True)
    (folder / "any.toml").write_text(
        'name = "any payment"\ndescription = "there is an amount"\n'
        '[[all]]\ncolumn = "amount"\noperator = ">"\nvalue = 0\n'
    )
    return folder


def first(demo: Whyflag) -> Any:
    return demo.json("alerts", "--limit", "1")[0]


def test_an_explanation_can_have_similar_cases_and_a_second_opinion_beside_it(demo: Whyflag) -> None:
    plain = demo.json("explain", "first", *TEMPLATE)
    assert "similar" not in plain and "second_opinion" not in plain
    both = demo.json("explain", "first", "--similar", "--second-opinion", *TEMPLATE)
    assert 1 <= len(both["similar"]) <= 3 and both["second_opinion"]["method"] == "LIME"
    text = demo.run("explain", "first", "--similar", "--second-opinion", *TEMPLATE)
    assert "Similar cases" in text and "Second opinion: LIME agrees in" in text


def test_what_if_shows_the_score_move_and_a_counterfactual_is_under_the_threshold(demo: Whyflag) -> None:
    alert = first(demo)
    result = demo.json("what-if", alert["alert_id"], "--set", "amount=1")
    assert result["changes"][0]["field"] == "amount" and result["score_before"] == pytest.approx(alert["score"])
    assert "score" in demo.run("what-if", alert["transaction_id"], "--set", "amount=1")
    found = demo.json("what-if", alert["alert_id"], "--counterfactual")
    assert found["found"] and found["result"]["score"] < found["result"]["threshold"]
    assert demo.run("what-if", alert["alert_id"], expect=2) == ""
    assert isinstance(demo.error("what-if", alert["alert_id"], "--set", "label=true"), InvalidChange)


def test_a_live_rule_is_evidence_that_no_model_is_told(demo: Whyflag, own_rules: Path) -> None:
    tried = demo.json("rules", "dry-run", "any payment")[0]
    assert tried["hits"] > 1000 and 0 < tried["precision"] < 0.1 and tried["overlap"] == tried["alerts"]
    demo.run("rules", "enable", "any payment")
    states = {state["rule"]["name"]: state["enabled"] for state in demo.json("rules", "list")}
    assert states["any payment"] and sum(states.values()) == 1
    explained = demo.json("explain", "first", *TEMPLATE)
    hit = explained["evidence"][-1]
    assert (hit["kind"], hit["value"], hit["contribution"], hit["direction"]) == ("rule", "any payment", 0.0, "raises")
    last = explained["narrative"]["sentences"][-1]
    assert last["text"] == f"Declared rule any payment is met [{hit['id']}]." and last["status"] == "template"
    assert "any payment" not in explained["narrative"]["draft"]
    demo.run("rules", "disable", "any payment")
    assert all(item["kind"] != "rule" for item in demo.json("explain", "first", *TEMPLATE)["evidence"])
    assert isinstance(demo.error("rules", "disable", "any payment"), UnknownRule)


def test_a_bad_rule_is_refused_by_file_and_key(own_rules: Path) -> None:
    (own_rules / "any.toml").write_text('name = "a"\ndescription = "b"\n[[all]]\ncolumn = "label"\n')
    result = CliRunner().invoke(app, ["rules", "check"])
    assert isinstance(result.exception, RulesInvalid) and "any.toml" in str(result.exception)


def test_shipped_rules_are_well_formed() -> None:
    result = CliRunner().invoke(app, ["rules", "check"])
    assert result.exit_code == 0 and "well formed" in result.stdout


def test_typologies_are_measured_where_the_true_one_is_known(demo: Whyflag) -> None:
    report = demo.json("evaluate", "typologies")
    assert len(report["typologies"]) == 10 and report["caught"] > 20
    for each in report["typologies"]:
        assert each["right"] <= each["recognised"] and each["caught"] <= each["frauds"]
    assert sum(each["caught"] for each in report["typologies"]) == report["caught"]
    named = sum(each["recognised"] for each in report["typologies"])
    right = sum(each["right"] for each in report["typologies"])
    assert report["precision"] == pytest.approx(right / named)
    assert "precision on caught fraud" in demo.run("evaluate", "typologies")
