"""`whyflag evaluate classifier` on simulated payments: what it measures, on which weeks, and what it writes."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from desktop.bootstrap import evaluate_classifier
from desktop.cli import app
from domain.evaluation import ClassifierMetrics
from domain.progress import Progress, Work, finish
from domain.simulator import simulate
from domain.store import Store
from tests.stores import PASSPHRASE, new_store, put_table

Command = Callable[..., str]
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("evaluated")
    (folder / "pass").write_text(PASSPHRASE + "\n")
    rows = simulate(500, 56, 3).arrow()
    with new_store(folder) as store:
        put_table(store, rows)
        return ["--store", str(store.path), "--passphrase-file", str(folder / "pass")]


@pytest.fixture(scope="module")
def metrics(place: list[str]) -> ClassifierMetrics:
    """Measured once, for it takes a while."""
    with Store.open(Path(place[1]), PASSPHRASE) as store:
        return finish(evaluate_classifier(store, 1, None, 2, all_history=True))


@pytest.fixture
def command(metrics: ClassifierMetrics, place: list[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs the command, whose measuring is that of `metrics`."""

    def measured(*_: object, **__: object) -> Work[ClassifierMetrics]:
        yield Progress("measured before")
        return metrics

    monkeypatch.setattr("desktop.commands.evaluate_classifier.evaluate_classifier", measured)

    def run(*options: str) -> str:
        result = CliRunner().invoke(app, ["evaluate", "classifier", *options, *place])
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


@pytest.fixture
def found(command: Command) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(command("--json"))
    return document


def test_the_choice_was_over_before_the_reported_week(found: dict[str, Any]) -> None:
    week = timedelta(days=7)
    reported = datetime.fromisoformat(found["reported"][0]["train_until"]) + week
    for split in found["validation"]:
        tested_until = datetime.fromisoformat(split["train_until"]) + 2 * week
        assert tested_until + week <= reported
    assert len(found["validation"]) >= 2


def test_the_chosen_one_is_the_best_whose_reasons_are_exact(found: dict[str, Any]) -> None:
    exact = [choice for choice in found["choices"] if choice["exact"]]
    assert found["chosen"] == max(exact, key=lambda choice: choice["mean"]["average_precision"])["model"]
    models = {choice["model"] for choice in found["choices"]}
    assert {"gradient boosting", "random forest 100/20", "logistic regression"} < models
    assert sum(model.startswith("stack: ") for model in models) == 3


def test_the_product_stands_first_beside_the_baselines_and_beats_chance(found: dict[str, Any]) -> None:
    names = [line["model"] for line in found["models"]]
    assert names[0] == "whyflag" and len(names) == 4
    product = found["models"][0]
    assert product["seeds"] == 2 and product["deviation"]["average_precision"] > 0
    assert product["mean"]["average_precision"] == found["average_precision"]
    assert found["auc_roc"] > 0.7
    assert 0 < found["card_precision"] <= found["best_card_precision"]
    assert found["calibration_error"] < 0.02
    assert found["history"]["mean"]["auc_roc"] > 0.7


def test_every_kind_of_fraud_of_the_week_is_measured(found: dict[str, Any]) -> None:
    assert sum(one["frauds"] for one in found["typologies"]) == found["weeks"][0]["frauds"]
    assert all(0 <= one["captured"] <= 1 and one["typology"] for one in found["typologies"])


def test_the_table_names_the_weeks_and_the_plots_are_pictures(
    command: Command, found: dict[str, Any], tmp_path: Path
) -> None:
    text = command("--plots", str(tmp_path / "plots"))
    [line] = [line for line in text.splitlines() if line.startswith("whyflag ")]
    mean = found["models"][0]["mean"]
    assert line.split()[1:4] == [f"{mean[name]:.3f}" for name in ("auc_roc", "average_precision", "card_precision")]
    assert f"reported on the weeks {found['weeks'][0]['test_from'][:10]} until" in text
    for name in ("reliability.png", "precision-recall.png"):
        picture = (tmp_path / "plots" / name).read_bytes()
        assert picture.startswith(PNG) and len(picture) > 10_000
