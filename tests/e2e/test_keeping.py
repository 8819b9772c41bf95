"""`whyflag backup | restore | check | metrics` as a person runs them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from desktop.cli import app
from desktop.observing import Observer
from domain.errors import StoreExists, WhyflagError
from tests.e2e.command import Whyflag


def test_damaged_store_is_told_and_its_backup_taken(demo: Whyflag, tmp_path: Path) -> None:
    made = demo.json("backup", "--to", str(tmp_path / "b"), "--daily", "2")
    assert made["folder"].startswith(str(tmp_path / "b"))
    assert json.loads((Path(made["folder"]) / "backup.json").read_text())["entries"] == made["entries"]
    assert "ok  transactions" in demo.run("check")

    content = bytearray(demo.store.read_bytes())
    for at in range(len(content) // 4, len(content), 65_536):
        content[at] ^= 1
    demo.store.write_bytes(content)
    offered = str(demo.error("check")) if not _opens(demo) else demo.run("check", expect=1)
    assert f"whyflag restore {made['folder']}" in offered

    assert isinstance(demo.error("restore", made["folder"]), StoreExists)
    assert "transactions" in demo.run("restore", made["folder"], "--replace")
    found = demo.json("check")
    assert all(table["lost"] == 0 for table in found["tables"]) and found["audit"] == ""


def _opens(demo: Whyflag) -> bool:
    try:
        demo.run("alerts", "--limit", "1")
    except WhyflagError:
        return False
    return True


def test_metrics_of_earlier_runs_are_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHYFLAG_DATA", str(tmp_path))
    run = Observer()
    with run.operation("score"):
        pass
    run.metrics.count("whyflag_decisions", 3, disposition="confirmed_fraud")
    run.metrics.count("whyflag_decisions", disposition="false_positive")
    run.metrics.write(tmp_path / "metrics.txt")
    told = json.loads(CliRunner().invoke(app, ["metrics", "--json"]).stdout)
    assert told["whyflag_override_ratio"] == 0.25 and told["latencies"][0]["name"] == "score"
    assert CliRunner().invoke(app, ["metrics", "--openmetrics"]).stdout == (tmp_path / "metrics.txt").read_text()
    assert "override_ratio" in CliRunner().invoke(app, ["metrics"]).stdout
