"""The report use case on a real store: the highest alerts, their decisions, and audit entries that hold."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from domain.errors import ReportFailed
from domain.exporting import export_report
from domain.narrative import Explanation
from domain.progress import Progress, finish
from domain.rendering import render
from domain.reporting import Format, Report
from domain.store import KeyCost, Store
from tests.reports import CREATED, a_decision, a_transaction, an_alert, an_explanation

CHEAP = KeyCost(memory_kib=64, passes=1, lanes=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "store.duckdb", "one two three", cost=CHEAP) as opened:
        rows = [a_transaction(f"T-{n}", occurred_at=a_transaction().occurred_at + timedelta(hours=n)) for n in range(4)]
        for row in rows:
            opened.database.execute(
                "INSERT INTO transactions BY NAME "
                "SELECT ? transaction_id, ? occurred_at, ? customer_id, ? amount, ? currency, 1 import_id",
                [row.transaction_id, row.occurred_at, row.customer_id, row.amount, row.currency],
            )
        opened.alerts.replace_alerts([an_alert(f"T-{n}", score=0.5 + n / 10) for n in range(4)])
        yield opened


def explain(ids: Sequence[str]) -> Iterator[Explanation]:
    for id_ in ids:
        yield an_explanation(id_.removeprefix("A-"))


def export(store: Store, folder: Path, formats: Sequence[Format] = ("json",), limit: int | None = 2) -> list[Progress]:
    steps: list[Progress] = []
    finish(
        export_report(store, explain, render, folder, formats, actor="m.f", created_at=CREATED, limit=limit),
        steps.append,
    )
    return steps


def document(folder: Path) -> dict[str, object]:
    (path,) = folder.glob("*.json")
    read: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return read


def test_highest_alerts_come_first_with_history_and_decisions(store: Store, tmp_path: Path) -> None:
    store.reviews.add(a_decision("A-T-3"))
    steps = export(store, tmp_path / "out")
    cases = document(tmp_path / "out")["cases"]
    assert isinstance(cases, list)
    assert [case["alert"]["alert_id"] for case in cases] == ["A-T-3", "A-T-2"]
    assert [case["disposition"] for case in cases] == ["confirmed_fraud", "open"]
    assert cases[1]["history"] == ["T-2", "T-1", "T-0"], "nothing later than the transaction itself"
    assert document(tmp_path / "out")["scope"] == {"filters": {}, "limit": 2, "available": 4}
    assert [(step.done, step.total) for step in steps if step.step == "explaining"] == [(0, 2), (1, 2), (2, 2)]


def test_report_cites_an_audit_entry_that_stands_and_the_files_are_recorded(store: Store, tmp_path: Path) -> None:
    export(store, tmp_path / "out", ("json", "pdf"))
    begun, written = (entry for entry in store.audit.entries() if entry.action == "export")
    assert document(tmp_path / "out")["audit"] == {"head": begun.hash, "entries": begun.sequence}
    recorded = json.loads(written.details)
    for path in (tmp_path / "out").iterdir():
        assert recorded[path.name] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert store.audit.verify() == written.sequence


def test_all_alerts_are_reported_without_a_limit(store: Store, tmp_path: Path) -> None:
    export(store, tmp_path / "out", limit=None)
    assert len(document(tmp_path / "out")["cases"]) == 4  # type: ignore[arg-type]


def test_an_empty_queue_gives_an_empty_report(store: Store, tmp_path: Path) -> None:
    store.alerts.replace_alerts([])
    export(store, tmp_path / "out", ("json", "pdf"))
    assert document(tmp_path / "out")["cases"] == []


def test_a_failed_export_is_in_the_audit_as_begun_and_not_as_written(store: Store, tmp_path: Path) -> None:
    def refuse(report: Report, format: Format) -> bytes:
        raise ReportFailed("no layout")

    work = export_report(store, explain, refuse, tmp_path / "out", ("pdf",), actor="m.f", created_at=CREATED)
    with pytest.raises(ReportFailed):
        finish(work)
    assert list((tmp_path / "out").iterdir()) == []
    assert [json.loads(entry.details)["step"] for entry in store.audit.entries()] == ["begun"]
