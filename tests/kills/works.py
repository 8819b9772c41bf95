"""What is killed, each in a process of its own: `python -m tests.kills.works WORK STORE WHAT`.

A line that begins with `done ` acknowledges what follows; any other line only says how far the work is. An error that
a person could meet ends the process with code 3 and is printed as `failed <class>: <words>`.
"""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from domain.deciding import decide
from domain.errors import WhyflagError
from domain.exporting import Sources, export_report
from domain.intake import import_files
from domain.mapping import load_mapping
from domain.pipeline import latest_scorer, score_transactions
from domain.progress import Progress, Work, finish
from domain.rendering import render
from domain.reporting import ReportRequest
from domain.store import Store, migrations
from domain.store import store as store_module
from domain.store.database import Database
from domain.store.migrations import Migration, shipped_migrations
from domain.thresholds import AlertBudget
from models.classifier.training import HistGradientBoostingTrainer
from tests.reports import an_explanation
from tests.stores import PASSPHRASE

NOW = datetime(2026, 4, 1, tzinfo=UTC)
ACKNOWLEDGED = "done "
FAILED = 3
EXPLAINED = "T-1"
FURTHER = (
    "CREATE TABLE more AS SELECT range AS n, md5(range::VARCHAR) AS text FROM range(300000)",
    "ALTER TABLE transactions ADD COLUMN another VARCHAR; UPDATE transactions SET another = md5(transaction_id)",
)


def further_migrations() -> tuple[Migration, ...]:
    """The shipped ones and two more, which take long enough to be killed in."""
    shipped = shipped_migrations()
    return (*shipped, *(Migration(shipped[-1].version + n, f"{n}", sql) for n, sql in enumerate(FURTHER, 1)))


def import_(path: Path, file: str) -> None:
    with Store.open(path, PASSPHRASE) as store:
        report = _told(import_files(store, [Path(file)], load_mapping("whyflag"), "ann"))
        _acknowledge(str(report.accepted))


def score(path: Path, first: str) -> None:
    """Again and again, each time with another budget, so that alerts of two runs cannot be taken for each other's."""
    with Store.open(path, PASSPHRASE) as store:
        scorer = latest_scorer(store, HistGradientBoostingTrainer())
        for number in count(int(first)):
            policy = AlertBudget(1.0 + number % 7)
            _told(score_transactions(store, scorer, policy, actor="ann", now=NOW + timedelta(seconds=number)))
            _acknowledge(str(number))


def decide_(path: Path, prefix: str) -> None:
    with Store.open(path, PASSPHRASE) as store:
        print("open", flush=True)
        for number in count():
            decide(store, f"A-{EXPLAINED}", "escalated", f"{prefix}-{number}", actor="ann", now=NOW)
            _acknowledge(f"{prefix}-{number}")


def export(path: Path, first: str) -> None:
    """`first` is a number and a folder, with a colon between them."""
    start, _, folder = first.partition(":")
    with Store.open(path, PASSPHRASE) as store:
        for number in count(int(start)):
            sources = Sources(lambda ids: iter([an_explanation(EXPLAINED)]))
            request = ReportRequest(Path(folder), ("json", "csv", "html"))
            at = NOW + timedelta(seconds=number)
            for file in _told(export_report(store, sources, render, request, actor="ann", created_at=at)):
                _acknowledge(file.name)


def migrate(path: Path, _: str) -> None:
    """Tells of each statement before it is run, so that a kill falls between any two."""

    def telling(database: Database, *further: Any) -> int:
        run = database.execute

        def execute(sql: str, parameters: Sequence[object] = ()) -> None:
            print(" ".join(sql.split()[:3]), flush=True)
            run(sql, parameters)

        database.execute = execute  # type: ignore[method-assign]
        return migrations.migrate(database, *further)

    store_module.shipped_migrations = further_migrations  # type: ignore[attr-defined]
    store_module.migrate = telling  # type: ignore[attr-defined]
    with Store.open(path, PASSPHRASE):
        _acknowledge("migrated")


def backup(path: Path, folder: str) -> None:
    with Store.open(path, PASSPHRASE) as store:
        for _ in count():
            made = _told(store.back_up(Path(folder), now=datetime.now(UTC)))
            _acknowledge(made.folder.name)


WORKS = {"import": import_, "score": score, "decide": decide_, "export": export, "migrate": migrate, "backup": backup}


def _told(work: Work):  # type: ignore[no-untyped-def, type-arg]
    def tell(progress: Progress) -> None:
        print(f"{progress.step} {progress.done}", flush=True)

    return finish(work, tell)


def _acknowledge(what: str) -> None:
    print(f"{ACKNOWLEDGED}{what}", flush=True)


def main() -> int:
    work, path, what = sys.argv[1:]
    try:
        WORKS[work](Path(path), what)
    except WhyflagError as error:
        print(f"failed {type(error).__name__}: {error}", flush=True)
        return FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main())
