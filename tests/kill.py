"""kill -9 at random moments of import and decide: `python -m tests.kill [--kills 20] [--seed 1]` prints a table.

After each kill the store is opened again, and holds: every row and decision that was acknowledged, no import in part,
an audit chain that verifies, and no process left behind. The first breach ends the run with an AssertionError.
"""

import argparse
import random
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import duckdb
import psutil

from domain.intake import import_files
from domain.mapping import load_mapping
from domain.pipeline import decide
from domain.progress import Progress, finish
from domain.scoring import Alert
from domain.store import Store
from tests.stores import PASSPHRASE, new_store, payments, put

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 4, 1, tzinfo=UTC)
ROWS = 250_000  # three batches, so that a kill also falls between them
LONGEST_WAIT = 0.4  # seconds after the chosen line: long enough to fall into the final transaction
ACKNOWLEDGED = "done "


@dataclass(frozen=True)
class Killed:
    """One kill: the last line before it, what had been acknowledged, what the store holds afterwards."""

    moment: str
    acknowledged: int
    kept: int


def kill_imports(folder: Path, kills: int, rng: random.Random) -> Iterator[Killed]:
    """Each time another file is imported; it must be in the store whole or not at all."""
    with new_store(folder) as store:
        path = store.path
    before = 0
    for number in range(kills):
        file = _payments_file(folder, number)
        lines = run_and_kill(["import", str(path), str(file)], rng.randint(1, 6), rng.uniform(0, LONGEST_WAIT))
        acknowledged = before + sum(ROWS for line in lines if line.startswith(ACKNOWLEDGED))
        with Store.open(path, PASSPHRASE) as store:
            kept = store.transactions.count()
            assert kept in (before, before + ROWS), f"half an import: {kept - before} of {ROWS} rows"
            assert kept >= acknowledged, "an acknowledged import is lost"
            assert kept == sum(record.report.accepted for record in store.imports.list())
            assert store.audit.verify() == len(store.imports.list())
        yield Killed(lines[-1], acknowledged, kept)
        before = kept


def kill_decisions(folder: Path, kills: int, rng: random.Random) -> Iterator[Killed]:
    """A process decides without pause; every decision it told of must be there, each with its audit entry."""
    with new_store(folder) as store:
        path = store.path
        put(store, payments(1))
        store.alerts.replace_alerts([Alert("A-T-0", "T-0", "clf", 0.9, 0.5, "high", "model", NOW)])
    acknowledged: set[str] = set()
    for number in range(kills):
        lines = run_and_kill(["decide", str(path), str(number)], rng.randint(2, 12), rng.uniform(0, LONGEST_WAIT))
        acknowledged |= {line.removeprefix(ACKNOWLEDGED) for line in lines if line.startswith(ACKNOWLEDGED)}
        with Store.open(path, PASSPHRASE) as store:
            notes = [decision.note for decision in store.reviews.history("A-T-0")]
            assert acknowledged <= set(notes), f"lost: {sorted(acknowledged - set(notes))}"
            assert store.audit.verify() == len(notes) == len(set(notes))
        yield Killed(lines[-1], len(acknowledged), len(notes))


def run_and_kill(arguments: list[str], line: int, wait: float) -> list[str]:
    """Starts a child, and kills it `wait` seconds after its `line`-th line, or at its next line, or at its end."""
    command = [sys.executable, "-m", "tests.kill", "--child", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        process = psutil.Process(child.pid)
        head = b""
        while head.count(b"\n") < line and (piece := child.stdout.read1()):
            head += piece
        select.select([child.stdout], [], [], wait)
        helpers = process.children(recursive=True) if process.is_running() else []
        child.kill()
        rest = child.stdout.read()
    _, alive = psutil.wait_procs(helpers, timeout=20)
    assert not alive, f"left behind: {alive}"
    return (head + rest).decode().splitlines()


def _payments_file(folder: Path, number: int) -> Path:
    path = folder / f"payments-{number}.parquet"
    duckdb.sql(
        f"""SELECT 'F{number}-' || range AS transaction_id, TIMESTAMP '2026-01-01' + to_seconds(range) AS occurred_at,
                   md5((range % 5000)::VARCHAR) AS customer_id, range / 100 AS amount FROM range({ROWS})"""
    ).write_parquet(str(path))
    return path


def _import(path: str, file: str) -> None:
    def tell(progress: Progress) -> None:
        print(f"{progress.step} {progress.done}", flush=True)

    with Store.open(Path(path), PASSPHRASE) as store:
        report = finish(import_files(store, [Path(file)], load_mapping("whyflag"), "ann"), tell)
        print(f"{ACKNOWLEDGED}{report.accepted}", flush=True)


def _decide(path: str, prefix: str) -> None:
    with Store.open(Path(path), PASSPHRASE) as store:
        print("open", flush=True)
        for number in count():
            decide(store, "A-T-0", "escalated", f"{prefix}-{number}", actor="ann", now=NOW)
            print(f"{ACKNOWLEDGED}{prefix}-{number}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", nargs=3, metavar=("WORK", "STORE", "WHAT"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        work, path, what = arguments.child
        {"import": _import, "decide": _decide}[work](path, what)
        return
    print(f"{'work':<8} {'kill':>4}  {'last line before it':<36} {'acknowledged':>12} {'kept':>10}")
    for work, kills in (("import", kill_imports), ("decide", kill_decisions)):
        with tempfile.TemporaryDirectory(prefix="whyflag-kill-") as folder:
            for number, killed in enumerate(kills(Path(folder), arguments.kills, random.Random(arguments.seed)), 1):
                print(
                    f"{work:<8} {number:>4}  {killed.moment:<36} {killed.acknowledged:>12,} {killed.kept:>10,}",
                    flush=True,
                )
    print("nothing acknowledged was lost, nothing was kept in part, every store opened, every audit chain held")


if __name__ == "__main__":
    main()
