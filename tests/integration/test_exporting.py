"""The report use case on a real store: the highest alerts, their decisions, and audit entries that hold."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from domain.casework import case_file
from domain.deciding import decide
from domain.errors import ReportFailed
from domain.exporting import Sources, export_report, preview_report
from domain.narrative import Explanation
from domain.progress import Progress, finish
from domain.rendering import render
from domain.report_check import check_folder
from domain.reporting import Format, Report, ReportRequest, Selection
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


def export(
    store: Store, folder: Path, formats: tuple[Format, ...] = ("json",), limit: int | None = 2, **chosen: object
) -> list[Progress]:
    steps: list[Progress] = []
    request = ReportRequest(folder, formats, Selection(limit=limit, **chosen))  # type: ignore[arg-type]
    finish(export_report(store, Sources(explain), render, request, actor="m.f", created_at=CREATED), steps.append)
    return steps


def document(folder: Path) -> dict[str, object]:
    (path,) = (path for path in folder.glob("*.json") if "manifest" not in path.name)
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


def test_report_cites_the_chain_as_it_was_begun_and_the_files_are_recorded(store: Store, tmp_path: Path) -> None:
    export(store, tmp_path / "out", ("json", "pdf"))
    begun, written = (entry for entry in store.audit.entries() if entry.action == "export")
    assert document(tmp_path / "out")["audit"] == {"head": begun.previous, "entries": begun.sequence - 1}
    recorded = json.loads(written.details)
    for path in (tmp_path / "out").iterdir():
        assert recorded[path.name] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert store.audit.verify() == written.sequence


def test_a_report_stands_in_the_history_of_the_cases_it_holds_and_of_no_other(store: Store, tmp_path: Path) -> None:
    export(store, tmp_path / "out", limit=2)
    written = [entry for entry in store.audit.entries() if entry.action == "export"][-1]
    assert [entry for entry in case_file(store, "A-T-3").entries if entry.action == "export"] == [written]
    assert [entry for entry in case_file(store, "A-T-0").entries if entry.action == "export"] == []


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

    request = ReportRequest(tmp_path / "out", ("pdf",))
    work = export_report(store, Sources(explain), refuse, request, actor="m.f", created_at=CREATED)
    with pytest.raises(ReportFailed):
        finish(work)
    assert list((tmp_path / "out").iterdir()) == []
    assert [json.loads(entry.details)["step"] for entry in store.audit.entries()] == ["begun"]


def test_filters_choose_the_cases_and_stand_in_the_scope(store: Store, tmp_path: Path) -> None:
    store.reviews.add(a_decision("A-T-3", disposition="escalated"))
    first = a_transaction().occurred_at
    chosen: dict[str, dict[str, object]] = {
        "state": {"state": "escalated"},
        "open": {"state": "open"},
        "time": {"start": first + timedelta(hours=1), "until": first + timedelta(hours=3)},
        "query": {"query": "a-t-2"},
        "band": {"band": "high"},
    }
    expected = {"state": ["3"], "open": ["2", "1", "0"], "time": ["2", "1"], "query": ["2"], "band": []}
    for name, filters in chosen.items():
        export(store, tmp_path / name, limit=None, **filters)
        written = document(tmp_path / name)
        cases = written["cases"]
        assert isinstance(cases, list)
        assert [case["alert"]["alert_id"] for case in cases] == [f"A-T-{number}" for number in expected[name]], name
        assert written["scope"] == {
            "filters": dict(Selection(**filters).filters),  # type: ignore[arg-type]
            "limit": None,
            "available": len(expected[name]),
        }


def test_a_preview_says_what_the_report_then_holds(store: Store, tmp_path: Path) -> None:
    store.reviews.add(a_decision("A-T-3", disposition="escalated"))
    found = preview_report(store, Selection(limit=2))
    assert (found.matching, found.reported, found.escalated) == (4, 2, 1)
    assert found.last == a_transaction().occurred_at + timedelta(hours=3)
    assert preview_report(store, Selection(query="nothing has this")).reported == 0


def test_the_folder_verifies_by_the_stores_own_key(store: Store, tmp_path: Path) -> None:
    export(store, tmp_path / "one", ("json", "csv"))
    export(store, tmp_path / "two")
    one, two = check_folder(tmp_path / "one"), check_folder(tmp_path / "two")
    assert one.findings == two.findings == ()
    assert one.reports[0].fingerprint == two.reports[0].fingerprint
    assert one.reports[0].cases == 2
    assert one.reports[0].sentences == 6


def test_a_finished_report_is_made_anew_and_an_unfinished_one_is_gone_on_with(store: Store, tmp_path: Path) -> None:
    def fail_at_pdf(report: Report, format: Format) -> bytes:
        if format == "pdf":
            raise ReportFailed("no layout")
        return render(report, format)

    request = ReportRequest(tmp_path / "out", ("pdf",))
    later = CREATED + timedelta(days=1)
    with pytest.raises(ReportFailed):
        finish(export_report(store, Sources(explain), fail_at_pdf, request, actor="m.f", created_at=CREATED))
    paths = finish(export_report(store, Sources(explain), render, request, actor="m.f", created_at=later))
    assert "20260301" in paths[0].name, "the report that was begun then"
    paths = finish(export_report(store, Sources(explain), render, request, actor="m.f", created_at=later))
    assert "20260302" in paths[0].name


def test_a_report_is_begun_anew_once_the_store_changed(store: Store, tmp_path: Path) -> None:
    request, later = ReportRequest(tmp_path / "out", ("json",)), CREATED + timedelta(days=1)
    work = export_report(store, Sources(explain), render, request, actor="m.f", created_at=CREATED)
    next(work)  # and the process dies: nothing closes the work
    decide(store, "A-T-3", "false_positive", "", actor="m.f", now=CREATED)
    paths = finish(export_report(store, Sources(explain), render, request, actor="m.f", created_at=later))
    assert "20260302" in paths[0].name
    assert document(tmp_path / "out")["counts"]["dispositions"]["false_positive"] == 1  # type: ignore[index]
    work.close()


def test_a_cancelled_report_is_not_gone_on_with(store: Store, tmp_path: Path) -> None:
    request, later = ReportRequest(tmp_path / "out", ("json",)), CREATED + timedelta(days=1)
    work = export_report(store, Sources(explain), render, request, actor="m.f", created_at=CREATED)
    next(work)
    work.close()
    paths = finish(export_report(store, Sources(explain), render, request, actor="m.f", created_at=later))
    assert "20260302" in paths[0].name
