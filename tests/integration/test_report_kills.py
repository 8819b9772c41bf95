"""kill -9 at random moments of deciding and reporting: what was acknowledged stands, what is there is whole."""

import hashlib
import json
import os
import random
import subprocess
import sys
from pathlib import Path

from domain.store import KeyCost, Store
from tests.reports import a_transaction, an_alert

ROOT = Path(__file__).parents[2]
KILLS = 20
PASSPHRASE = "one two three"
CHILD = """
import sys
from datetime import timedelta
from itertools import count
from pathlib import Path
from domain.exporting import Sources, export_report
from domain.progress import finish
from domain.rendering import render
from domain.reporting import ReportRequest
from domain.store import Store
from tests.reports import CREATED, a_decision, an_explanation

def explain(ids):
    return iter([an_explanation("T-1")])

start, folder = int(sys.argv[2]), Path(sys.argv[3])
with Store.open(Path(sys.argv[1]), sys.argv[4]) as store:
    print("open", flush=True)
    for number in count(start):
        with store.transaction():
            store.reviews.add(a_decision("A-T-1", note=f"note {number}"))
            store.audit.append("m.f", "decide", "A-T-1", {"note": f"note {number}"})
        print(f"note {number}", flush=True)
        at = CREATED + timedelta(seconds=number)
        request = ReportRequest(folder, ("json",))
        paths = finish(export_report(store, Sources(explain), render, request, actor="m.f", created_at=at))
        print(paths[0].name, flush=True)
"""


def test_twenty_kills_lose_no_acknowledged_decision_and_leave_no_half_report(tmp_path: Path) -> None:
    path, folder = tmp_path / "store.duckdb", tmp_path / "reports"
    make_store(path)
    moments = random.Random(20)
    acknowledged: set[str] = set()
    for kill in range(KILLS):
        acknowledged |= run_until_killed(path, folder, kill, reads=moments.randrange(1, 7))
        with Store.open(path, PASSPHRASE) as store:
            store.audit.verify()
            notes = {decision.note for decision in store.reviews.history("A-T-1")}
            recorded = written_hashes(store)
        assert {line for line in acknowledged if line.startswith("note")} <= notes
        reports = {file.name: file for file in folder.glob("whyflag-report-*")} if folder.exists() else {}
        assert {line for line in acknowledged if line.startswith("whyflag-report")} <= reports.keys()
        for name, file in reports.items():
            assert recorded[name] == hashlib.sha256(file.read_bytes()).hexdigest(), "whole, and in the audit"
    assert len(acknowledged) > KILLS


def make_store(path: Path) -> None:
    cheap = KeyCost(memory_kib=64, passes=1, lanes=1)
    row = a_transaction("T-1")
    with Store.create(path, PASSPHRASE, cost=cheap) as store:
        store.database.execute(
            "INSERT INTO transactions BY NAME "
            "SELECT ? transaction_id, ? occurred_at, ? customer_id, ? amount, 1 import_id",
            [row.transaction_id, row.occurred_at, row.customer_id, row.amount],
        )
        store.alerts.replace_alerts([an_alert("T-1")])


def run_until_killed(path: Path, folder: Path, number: int, reads: int) -> set[str]:
    """The lines the child acknowledged before it was killed, somewhere after its line number `reads`."""
    command = [sys.executable, "-c", CHILD, str(path), str(1000 * number), str(folder), PASSPHRASE]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "open\n"
        seen = [child.stdout.readline() for _ in range(reads)]
        child.kill()
        return {line.strip() for line in [*seen, *child.stdout] if line.endswith("\n")}


def written_hashes(store: Store) -> dict[str, str]:
    hashes: dict[str, str] = {}
    for entry in store.audit.entries():
        if entry.action == "export":
            hashes |= {name: str(value) for name, value in json.loads(entry.details).items()}
    return hashes
