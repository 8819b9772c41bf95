"""The nearest of many decided cases by their reasons: `python -m tests.benchmarks.similar_cases [--cases N]`.

An encrypted store with N alerts of 40 drawn contributions each, nine in ten of them decided. Prints the median and the
worst of the searches, each for another vector. Goal: 100,000 cases in under 150 ms.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil

from domain.store import Store
from domain.store.places import place_sql
from tests.stores import new_store

MEANINGS = 40
SEARCHES = 15
PATTERNS = 12  # cases of one pattern have reasons alike


def fill(store: Store, cases: int, rng: np.random.Generator) -> np.ndarray:
    """(cases, MEANINGS) contributions, put into the store with an alert and mostly a decision each."""
    patterns = rng.normal(size=(PATTERNS, MEANINGS))
    vectors = patterns[rng.integers(0, PATTERNS, cases)] + rng.normal(scale=0.6, size=(cases, MEANINGS))
    ids = [f"T-{number:08d}" for number in range(cases)]
    with store.transaction():
        store.reasons.put("c", ids, vectors)
        store.database.execute(
            f"""INSERT INTO alerts SELECT 'A-' || transaction_id, transaction_id, 'c', 0.5, 0.1, 'high', 'model',
                       TIMESTAMP '2026-01-01', NULL, {place_sql("transaction_id")} AS place
                FROM reasons ORDER BY place"""
        )
        store.database.execute(
            """INSERT INTO decisions (sequence, alert_id, disposition, note, actor, decided_at)
               SELECT row_number() OVER (), alert_id, 'false_positive', '', 'a', created_at
               FROM alerts WHERE hash(alert_id) % 10 > 0"""
        )
    return vectors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    cases = parser.parse_args().cases
    with tempfile.TemporaryDirectory() as folder, new_store(Path(folder)) as store:
        vectors = fill(store, cases, np.random.default_rng(1))
        took = []
        for number in range(SEARCHES):
            started = time.perf_counter()
            found = store.reasons.nearest("c", vectors[number], but=f"T-{number:08d}", least=0.5, limit=3)
            took.append(1000 * (time.perf_counter() - started))
            assert len(found) == 3
        median, worst = statistics.median(took[1:]), max(took[1:])
        print(f"{cases:,} cases: median {median:.0f} ms, worst {worst:.0f} ms of {SEARCHES - 1} searches,", end=" ")
        print(f"{psutil.cpu_count()} cores")


if __name__ == "__main__":
    main()
