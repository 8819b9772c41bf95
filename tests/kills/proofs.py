"""What must hold after a kill, work by work. Each is a generator: a store is made, then killed at every `next`.

The first breach raises AssertionError. All of them open the store again and verify its audit chain.
"""

import hashlib
import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from domain.progress import finish
from domain.scoring import Alert
from domain.store import Store
from domain.store import store as store_module
from domain.store.backups import backups_of, check_sums
from domain.store.migrations import schema_version, shipped_migrations
from tests.kills.killing import Killed, acknowledged, run_and_kill
from tests.kills.works import EXPLAINED, NOW, further_migrations
from tests.simulated import simulated
from tests.stores import PASSPHRASE, new_store, payments, put

ROWS = 250_000  # three batches, so that a kill also falls between them
LONGEST_WAIT = 0.4  # seconds after the chosen line: long enough to fall into the final transaction
Proof = Callable[[Path, random.Random], Iterator[Killed]]


def kill_imports(folder: Path, rng: random.Random) -> Iterator[Killed]:
    """Each time another file is imported; it must be in the store whole or not at all."""
    path = empty_store(folder)
    before = number = 0
    while True:
        file = payments_file(folder, number)
        lines = run_and_kill("import", path, str(file), rng.randint(1, 6), rng.uniform(0, LONGEST_WAIT))
        told = before + sum(int(rows) for rows in acknowledged(lines))
        with Store.open(path, PASSPHRASE) as store:
            kept = store.transactions.count()
            assert kept in (before, before + ROWS), f"half an import: {kept - before} of {ROWS} rows"
            assert kept >= told, "an acknowledged import is lost"
            assert kept == sum(record.report.accepted for record in store.imports.list())
            assert actions(store).count("import") == len(store.imports.list())
        file.unlink()
        yield Killed(lines[-1], told, kept)
        before, number = kept, number + 1


def kill_scoring(folder: Path, rng: random.Random) -> Iterator[Killed]:
    """Alerts and scores are those of the newest run that the audit tells of, and that is no older than the last one
    acknowledged."""
    path = scored_store(folder)
    with Store.open(path, PASSPHRASE) as store:
        first = actions(store).count("score")
    number = told = 0
    while True:
        lines = run_and_kill("score", path, str(number), rng.randint(1, 12), rng.uniform(0, LONGEST_WAIT))
        told += len(acknowledged(lines))
        with Store.open(path, PASSPHRASE) as store:
            runs = [entry for entry in store.audit.entries() if entry.action == "score"]
            store.audit.verify()
            newest: dict[str, Any] = json.loads(runs[-1].details)
            assert store.alerts.count() == newest["alerts"], "alerts of another run than the audit tells of"
            assert store.database.number("SELECT count(*) FROM scores") == newest["scored"]
            kept = len(runs) - first
        assert told <= kept, "an acknowledged run is lost"
        yield Killed(lines[-1], told, kept)
        told, number = kept, kept


def kill_decisions(folder: Path, rng: random.Random) -> Iterator[Killed]:
    """A process decides without pause; every decision it told of must be there, each with its audit entry."""
    path = alert_store(folder)
    told: set[str] = set()
    number = 0
    while True:
        lines = run_and_kill("decide", path, str(number), rng.randint(2, 12), rng.uniform(0, LONGEST_WAIT))
        told |= set(acknowledged(lines))
        with Store.open(path, PASSPHRASE) as store:
            notes = [decision.note for decision in store.reviews.history(f"A-{EXPLAINED}")]
            assert told <= set(notes), f"lost: {sorted(told - set(notes))}"
            assert actions(store).count("decide") == len(notes) == len(set(notes))
        yield Killed(lines[-1], len(told), len(notes))
        number += 1


def kill_exports(folder: Path, rng: random.Random) -> Iterator[Killed]:
    """Every report that stands is whole and in the audit with its hash."""
    path, reports = alert_store(folder), folder / "reports"
    told: set[str] = set()
    number = 0
    while True:
        what = f"{1000 * number}:{reports}"
        lines = run_and_kill("export", path, what, rng.randint(1, 30), rng.uniform(0, LONGEST_WAIT / 4))
        told |= set(acknowledged(lines))
        with Store.open(path, PASSPHRASE) as store:
            store.audit.verify()
            recorded: dict[str, object] = {}
            for entry in store.audit.entries():
                if entry.action == "export":
                    recorded |= json.loads(entry.details)
        standing = {file.name: file for file in reports.glob("whyflag-report-*")}
        assert told <= standing.keys(), "an acknowledged report is lost"
        for name, file in standing.items():
            assert recorded[name] == hashlib.sha256(file.read_bytes()).hexdigest(), f"{name} is in part, or unrecorded"
        yield Killed(lines[-1], len(told), len(standing))
        number += 1


def kill_migrations(folder: Path, rng: random.Random) -> Iterator[Killed]:
    """Each time a store of the former schema is migrated: it has one schema or the other whole, and all its rows."""
    old, new = shipped_migrations()[-1].version, further_migrations()[-1].version
    number = 0
    while True:
        inside = folder / f"store-{number}"
        inside.mkdir()
        path = alert_store(inside, rows=20_000)
        lines = run_and_kill("migrate", path, "", rng.randint(1, 7), rng.uniform(0, LONGEST_WAIT))
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(store_module, "migrate", lambda *_: new)  # looked at as it is
            with Store.open(path, PASSPHRASE) as store:
                version = schema_version(store.database)
                assert version in (old, new) and (version == new or not acknowledged(lines))
                tables = {name for (name,) in store.database.query("SELECT table_name FROM duckdb_tables()")}
                assert ("more" in tables) == (version == new), "a migration in part"
                if version == new:
                    assert (
                        store.database.number("SELECT count(*) FROM transactions WHERE another IS NOT NULL") == 20_000
                    )
                assert store.transactions.count() == 20_000
                store.audit.verify()
        for backup in backups_of(path, path.with_name(path.name + ".backups")):
            check_sums(backup)
            assert backup.schema == old
        yield Killed(lines[-1] if lines else "", len(acknowledged(lines)), int(version == new))
        number += 1


def kill_backups(folder: Path, rng: random.Random) -> Iterator[Killed]:
    """Every backup that stands under a backup's name is whole, the newest is restored, and the store is as it was."""
    path, to = alert_store(folder, rows=100_000), folder / "backups"
    told: set[str] = set()
    number = 0
    while True:
        lines = run_and_kill("backup", path, str(to), rng.randint(1, 5), rng.uniform(0, LONGEST_WAIT))
        told |= set(acknowledged(lines))
        standing = backups_of(path, to)
        assert told <= {backup.folder.name for backup in standing}, "an acknowledged backup is lost"
        for backup in standing:
            check_sums(backup)
        with Store.open(path, PASSPHRASE) as store:
            assert actions(store).count("backup") >= len(told)
            assert store.transactions.count() == 100_000
        if standing:
            copy = folder / f"restored-{number}"
            finish(Store.restore(standing[0].folder, copy, PASSPHRASE, now=datetime.now(UTC)))
            with Store.open(copy, PASSPHRASE) as store:
                assert store.transactions.count() == 100_000
                assert actions(store)[-1] == "restore"
        yield Killed(lines[-1], len(told), len(standing))
        number += 1


PROOFS: dict[str, Proof] = {
    "import": kill_imports,
    "score": kill_scoring,
    "decide": kill_decisions,
    "export": kill_exports,
    "migrate": kill_migrations,
    "backup": kill_backups,
}


def actions(store: Store) -> list[str]:
    """What the audit tells of, in order; the chain is verified with it."""
    store.audit.verify()
    return [entry.action for entry in store.audit.entries()]


def empty_store(folder: Path) -> Path:
    with new_store(folder) as store:
        return store.path


def alert_store(folder: Path, rows: int = 2) -> Path:
    """`rows` transactions, one of them flagged."""
    with new_store(folder) as store:
        put(store, payments(2))
        if rows > 2:
            store.database.execute(
                """INSERT INTO transactions (transaction_id, occurred_at, customer_id, amount, import_id)
                   SELECT 'R-' || range, TIMESTAMP '2026-01-01' + to_seconds(range), md5(range::VARCHAR), range, 1
                   FROM range(?)""",
                [rows - 2],
            )
        store.alerts.replace_alerts([Alert(f"A-{EXPLAINED}", EXPLAINED, "clf", 0.9, 0.5, "high", "model", NOW)])
        return store.path


def scored_store(folder: Path) -> Path:
    with simulated(folder, customers=60, days=45, rounds=20).store as store:
        return store.path


def payments_file(folder: Path, number: int, rows: int = ROWS) -> Path:
    path = folder / f"payments-{number}.parquet"
    duckdb.sql(
        f"""SELECT 'F{number}-' || range AS transaction_id, TIMESTAMP '2026-01-01' + to_seconds(range) AS occurred_at,
                   md5((range % 5000)::VARCHAR) AS customer_id, range / 100 AS amount FROM range({rows})"""
    ).write_parquet(str(path))
    return path
