"""`whyflag doctor --self-test`: does the work once, says of each step what it found, and leaves nothing behind."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from desktop import self_test as self_test_module
from desktop.bootstrap import make_explainer, make_scorer, make_trainer
from desktop.cli import app
from desktop.commands import doctor
from desktop.health import OFFLINE, Check, timed, tried
from desktop.self_test import Adapters, self_test
from domain.errors import CipherMissing, ModelRefused, NarratorUnavailable
from domain.narrative import Narrator
from domain.template import TemplateNarrator


def no_model() -> Narrator:
    raise ModelRefused("No language model stands here.", "Install its package.")


ADAPTERS = Adapters(make_trainer, make_scorer, make_explainer, no_model)


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in OFFLINE:
        monkeypatch.setenv(name, "1")


def test_a_whole_installation_passes_and_is_left_as_it_was(tmp_path: Path) -> None:
    made = {check.name: check for check in timed(self_test(tmp_path, ADAPTERS))}
    assert [name for name, check in made.items() if not check.passed] == []
    assert list(made) == ["window", "store", "score", "explanation", "report", "audit", "still offline"]
    assert "by the template: there is no language model" in made["explanation"].found
    assert made["report"].found.startswith("3 cases as pdf, html, xlsx, csv, json")
    assert sum(check.seconds for check in made.values()) > 0
    assert list(tmp_path.iterdir()) == []


def test_a_step_that_fails_is_told_and_those_after_it_are_not_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(*arguments: object) -> None:
        raise ImportError("libarrow.so is torn")

    monkeypatch.setattr(self_test_module, "simulate", torn)
    monkeypatch.setattr(self_test_module, "XCB", Path("nowhere.so"))
    made = {check.name: check for check in self_test(tmp_path, ADAPTERS)}
    assert "ImportError: libarrow.so is torn" in made["store"].found and "again" in made["store"].hint
    assert "nowhere.so" in made["window"].found and "libxcb-cursor0" in made["window"].hint
    for name in ("score", "explanation", "report", "audit"):
        assert (made[name].passed, made[name].found) == (False, "Not tried, since store failed.")
    assert made["still offline"].passed
    assert list(tmp_path.iterdir()) == []


def checks(failing: bool) -> Iterator[Check]:
    def look() -> str:
        if failing:
            raise CipherMissing("The encryption library cannot be loaded.", "Install whyflag again.")
        return "AES-256-GCM " * 20

    yield Check("whyflag", True, "1.0", seconds=0.25)
    yield tried("cipher", look)


@pytest.mark.parametrize("failing", [False, True])
def test_the_table_has_a_line_each_and_what_to_do(failing: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "tested_health", lambda: checks(failing))
    result = CliRunner().invoke(app, ["doctor", "--self-test"])
    assert result.exit_code == int(failing)
    head, first, second, *rest = result.stdout.splitlines()
    assert head.split()[:3] == ["check", "result", "seconds"]
    assert first.split() == ["whyflag", "ok", "0.2", "1.0"]
    assert second.split()[:3] == ["cipher", "FAILED" if failing else "ok", "0.0"]
    assert ("To do: Install whyflag again." in result.stdout) == failing
    assert rest[-1] == ("1 of 2 checks failed, in 0 s: cipher" if failing else "All 2 checks passed, in 0 s.")
    assert max(map(len, result.stdout.splitlines())) <= doctor.WIDTH


def test_as_json_it_is_one_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "tested_health", lambda: checks(True))
    result = CliRunner().invoke(app, ["doctor", "--self-test", "--json"])
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert [check["passed"] for check in told] == [True, False]
    assert told[1] | {"seconds": 0.0} == {
        "name": "cipher",
        "passed": False,
        "found": "The encryption library cannot be loaded.",
        "hint": "Install whyflag again.",
        "seconds": 0.0,
        "judged": True,
    }


def test_a_silent_language_model_fails_the_explanation_in_words(tmp_path: Path) -> None:
    """The walk's own step, without the store that it would take."""
    silent = NarratorUnavailable("It gave no word for 120 seconds.", "The template's text is shown instead.")

    class Silent:
        def explain(self, alert_id: str) -> None:
            raise silent

    class OneAlert:
        alerts = SimpleNamespace(top=lambda most: ([SimpleNamespace(alert_id="A-1")], 1))

    adapters = replace(ADAPTERS, narrator=TemplateNarrator, explainer=lambda store, narrator: Silent())
    with ExitStack() as opened:
        walk = self_test_module._Walk(tmp_path, adapters, opened)
        walk.store = OneAlert()
        made = tried("explanation", walk.explain)
    assert (made.passed, made.found, made.hint) == (False, silent.message, self_test_module.BUSY)
