"""How fast features are made: `python -m tests.benchmarks.features [--only handbook|scale] [--runs N] [--rows N]`.

handbook: the 15 features of the Fraud Detection Handbook for its 1.75 M transactions, by our SQL and by the book's way
(pandas, rolling windows by group, chapter 3, written anew here). The values are compared to 1e-9, then medians of the
runs and their ratio are printed. The data is not part of the project; without it this part is left out and says so.

scale: simulated transactions in an encrypted store, features and scores: seconds by family, and peak memory.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from domain.pipeline import score_transactions
from domain.progress import Progress, Work, finish
from domain.simulator import simulate
from domain.store import Limits, Store
from domain.store.database import Database
from domain.store.features import FeatureTable
from domain.store.migrations import shipped_migrations
from domain.thresholds import AlertBudget
from domain.transactions import Period
from models.classifier.training import HistGradientBoostingTrainer
from tests.stores import CHEAP, put_table

DATA = Path(__file__).parents[3] / "shared" / "data" / "handbook_raw.parquet"
DAYS = (1, 7, 30)
OURS = (
    "weekend",
    "night",
    *(f"customer_{what}_{days}d" for what in ("count", "mean") for days in DAYS),
    *(f"terminal_{what}_{days}d" for what in ("outcomes", "fraud") for days in DAYS),
)
PASSPHRASE = "a benchmark"
PART = 2_000_000  # rows simulated at a time
SIMULATED_DAYS = 180
ROWS_A_CUSTOMER_DAY = 1.52
IDS = ("transaction_id", "customer_id", "merchant_id", "terminal_id", "device_id", "counterparty_id")
CORES = 2


def by_pandas(frame: pd.DataFrame) -> np.ndarray:
    """(n, 15) in the order of `frame`, which is sorted by time then id, columns as in OURS."""
    moments = frame["TX_DATETIME"]
    columns = {
        "weekend": moments.apply(lambda moment: int(moment.weekday() >= 5)),
        "night": moments.apply(lambda moment: int(moment.hour <= 6)),
    }
    customers = [_customer(group) for _, group in frame.groupby("CUSTOMER_ID")]
    terminals = [_terminal(group) for _, group in frame.groupby("TERMINAL_ID")]
    whole = pd.concat([pd.DataFrame(columns), pd.concat(customers), pd.concat(terminals)], axis=1)
    return whole[list(OURS)].to_numpy(dtype=np.float64)


def _customer(group: pd.DataFrame) -> pd.DataFrame:
    amounts = group.set_index("TX_DATETIME")["TX_AMOUNT"]
    columns = {}
    for days in DAYS:
        window = amounts.rolling(f"{days}D")
        count = window.count()
        columns[f"customer_count_{days}d"] = count.to_numpy()
        columns[f"customer_mean_{days}d"] = (window.sum() / count).to_numpy()
    return pd.DataFrame(columns, index=group.index)


def _terminal(group: pd.DataFrame) -> pd.DataFrame:
    frauds = group.set_index("TX_DATETIME")["TX_FRAUD"]
    unknown = frauds.rolling("7D")
    unknown_frauds, unknown_count = unknown.sum(), unknown.count()
    columns = {}
    for days in DAYS:
        window = frauds.rolling(f"{7 + days}D")
        count = window.count() - unknown_count
        columns[f"terminal_outcomes_{days}d"] = count.to_numpy()
        columns[f"terminal_fraud_{days}d"] = ((window.sum() - unknown_frauds) / count).fillna(0).to_numpy()
    return pd.DataFrame(columns, index=group.index)


def handbook(runs: int) -> None:
    if not DATA.is_file():
        print(f"{DATA} is not here: the handbook's data is measured with, never shipped.", file=sys.stderr)
        return
    frame = pq.read_table(DATA).to_pandas().sort_values(["TX_DATETIME", "TRANSACTION_ID"]).reset_index(drop=True)
    database = Database(duckdb.connect(config={"threads": CORES}), "in memory")
    for migration in shipped_migrations():
        database.execute(migration.sql)
    with database.visible("raw", pa.Table.from_pandas(frame)):
        database.execute(
            """INSERT INTO transactions
                   (transaction_id, occurred_at, customer_id, terminal_id, amount, label, import_id)
               SELECT lpad(TRANSACTION_ID::VARCHAR, 9, '0'), TX_DATETIME, CUSTOMER_ID, TERMINAL_ID, TX_AMOUNT,
                      TX_FRAUD = 1, 1 FROM raw"""
        )
    table = FeatureTable(database)
    ours = _median(runs, lambda: finish(table.compute(OURS)))
    values = np.nan_to_num(table.matrix(names=OURS).values)
    expected = np.empty(0)

    def pandas_way() -> None:
        nonlocal expected
        expected = by_pandas(frame)

    theirs = _median(runs, pandas_way)
    np.testing.assert_allclose(values, expected, rtol=1e-9, atol=1e-9)
    print(f"15 features of {len(frame):,} transactions, equal to 1e-9; medians of {runs}")
    print(f"  pandas {theirs:6.1f} s   SQL on {CORES} threads {ours:5.2f} s   {theirs / ours:.1f} times as fast")


def _median(runs: int, work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def scale(rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for step in ("fill", "measure"):  # a process each: the peak is that of features and scores alone
            subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "tests.benchmarks.features",
                    "--only",
                    step,
                    "--rows",
                    str(rows),
                    "--store",
                    f"{folder}/scale.duckdb",
                ],
                check=True,
            )


def _fill(path: Path, rows: int) -> None:
    with Store.create(path, PASSPHRASE, cost=CHEAP) as store:
        for part in range(-(-rows // PART)):
            wanted = min(PART, rows - part * PART)
            table = simulate(round(wanted / ROWS_A_CUSTOMER_DAY / SIMULATED_DAYS), SIMULATED_DAYS, part).arrow()
            for name in IDS:  # each part is a world of its own
                column = pc.binary_join_element_wise(table[name], str(part), "-")
                table = table.set_column(table.column_names.index(name), name, column)
            put_table(store, table)


def _measure(path: Path) -> None:
    limits = Limits(threads=CORES)
    with Store.open(path, PASSPHRASE, limits=limits) as store:
        count = store.transactions.count()
        print(f"{count:,} simulated transactions, {CORES} threads, DuckDB may take {limits.memory_mib:,} MiB")
        started = time.perf_counter()
        for name, seconds in _timed(store.features.compute()):
            print(f"  {name:<32} {seconds:6.1f} s")
        features = time.perf_counter() - started
        print(f"features {features:.1f} s, peak {_peak():.2f} GiB", flush=True)
        span = store.transactions.span()
        assert span is not None
        month = Period(span.end - timedelta(days=37), span.end - timedelta(days=7))
        scorer, _artifact = HistGradientBoostingTrainer().train(store.features.training_set(month, span.end), 0)
        print(f"peak with training on {month.start:%Y-%m-%d} to {month.end:%Y-%m-%d}: {_peak():.2f} GiB")
        started = time.perf_counter()
        work = score_transactions(store, scorer, AlertBudget(), actor="benchmark", now=datetime(2026, 7, 5))
        finish(work)
        scores = time.perf_counter() - started
        print(f"scores {scores:.1f} s, together {features + scores:.1f} s, peak {_peak():.2f} GiB")


def _timed(work: Work[int]) -> Iterator[tuple[str, float]]:
    """Each step with its seconds."""
    last: Progress | None = None
    started = time.perf_counter()
    for progress in work:
        if last:
            yield last.step, time.perf_counter() - started
        last, started = progress, time.perf_counter()
    if last:
        yield last.step, time.perf_counter() - started


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--only", choices=["handbook", "scale", "fill", "measure"], help="the last two are scale's steps"
    )
    parser.add_argument("--store", type=Path, help="where scale's steps find their store")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--rows", type=int, default=10_000_000)
    chosen = parser.parse_args()
    if chosen.only in (None, "handbook"):
        handbook(chosen.runs)
    if chosen.only in (None, "scale"):
        scale(chosen.rows)
    if chosen.only == "fill":
        _fill(chosen.store, chosen.rows)
    if chosen.only == "measure":
        _measure(chosen.store)
    return 0


if __name__ == "__main__":
    sys.exit(main())
