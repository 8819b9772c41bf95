"""kill -9 at random moments of a report, then the same command again: the same bytes as an undisturbed run."""

import os
import random
import subprocess
import sys
from pathlib import Path
from shutil import copyfile

from domain.report_check import check_folder
from domain.store import KeyCost, Store
from tests.reports import a_transaction, an_alert

ROOT = Path(__file__).parents[2]
KILLS = 10
ALERTS = 40
PASSPHRASE = "one two three"
EPOCH = "1772357400"
CHILD = """
import os, sys, time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from domain.exporting import Sources, export_report
from domain.narration import template_narrative
from domain.narrative import NarrationRequest
from domain.rendering import render
from domain.reporting import ReportRequest, Selection, report_time
from domain.store import Store
from tests.reports import an_explanation
import dataclasses

def explain(ids):
    for id_ in ids:
        plain = an_explanation(id_.removeprefix("A-"))
        bundle = dataclasses.replace(plain.bundle, created_at=datetime.now(UTC).isoformat())
        timings = dataclasses.replace(plain.timings, total=time.monotonic())
        narrative = template_narrative(NarrationRequest(plain.evidence, plain.typology))
        store.audit.append("m.f", "explain", id_, {"prompt": ""})
        yield dataclasses.replace(plain, bundle=bundle, timings=timings, narrative=narrative)

with Store.open(Path(sys.argv[1]), sys.argv[3]) as store:
    request = ReportRequest(
        Path(sys.argv[2]), ("pdf", "html", "xlsx", "csv", "json", "txt", "xml"), Selection(), "internal"
    )
    at = report_time(os.environ["SOURCE_DATE_EPOCH"], datetime.now(UTC))
    work = export_report(
        store, Sources(explain), render, request, actor="m.f", created_at=at, reproducible=True
    )
    for progress in work:
        print(f"{progress.step} {progress.done}", flush=True)
"""


def test_ten_kills_and_a_resume_give_the_bytes_of_an_undisturbed_run(tmp_path: Path) -> None:
    undisturbed, disturbed = make_stores(tmp_path)
    folder = tmp_path / "reports"
    lines = run(undisturbed, folder, None)
    expected = contents(folder)
    assert len(expected) == 8
    for file in folder.iterdir():
        file.unlink()
    moments = random.Random(7)
    for _ in range(KILLS):
        run(disturbed, folder, moments.randrange(1, len(lines)))
        for name, content in contents(folder).items():
            assert content == expected[name], "what is there is whole"
    run(disturbed, folder, None)
    assert contents(folder) == expected
    assert not list(folder.glob(".*"))
    assert check_folder(folder).findings == ()
    with Store.open(disturbed, PASSPHRASE) as store:
        store.audit.verify()


def make_stores(folder: Path) -> tuple[Path, Path]:
    """Two stores of the same bytes, each in its own folder under the same name, for the report names its store."""
    first, second = (folder / name / "store.duckdb" for name in ("a", "b"))
    first.parent.mkdir()
    second.parent.mkdir()
    with Store.create(first, PASSPHRASE, cost=KeyCost(memory_kib=64, passes=1, lanes=1)) as store:
        for number in range(ALERTS):
            row = a_transaction(f"T-{number}")
            store.database.execute(
                "INSERT INTO transactions BY NAME SELECT ? transaction_id, ? occurred_at, ? customer_id, ? amount,"
                " 1 import_id",
                [row.transaction_id, row.occurred_at, row.customer_id, row.amount],
            )
        store.alerts.replace_alerts([an_alert(f"T-{number}") for number in range(ALERTS)])
    for file in first.parent.iterdir():
        if file.is_file():
            copyfile(file, second.parent / file.name)
    return first, second


def run(store: Path, folder: Path, reads: int | None) -> list[str]:
    """Runs the report; killed somewhere after its line number `reads`, where one is given."""
    command = [sys.executable, "-c", CHILD, str(store), str(folder), PASSPHRASE]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None
        if reads is None:
            lines = child.stdout.read().splitlines()
            assert child.wait() == 0
            return lines
        lines = [child.stdout.readline() for _ in range(reads)]
        child.kill()
        return lines


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("whyflag-report-*")} if folder.exists() else {}
