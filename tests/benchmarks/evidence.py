"""Evidence of a thousand alerts: `python -m tests.benchmarks.evidence [--store S --passphrase-file F] [--alerts N]`.

Without a store, one is simulated (600 customers, 90 days). Prints the median time of five runs, the time of one alert,
and the largest error of additivity: base plus contributions, against the calibrated log-odds of the score. Goals: 1,000
in under 3 s, 1e-6.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil

from desktop.bootstrap import make_trainer
from domain.explaining import build_evidence
from domain.pipeline import ensure_features, latest_scorer
from domain.progress import finish
from domain.store import Store
from domain.typology import load_rules
from tests.simulated import simulated

RUNS = 5


def seconds_of(store: Store, scorer: object, ids: list[str]) -> float:
    rules, took = load_rules(), []
    for _ in range(RUNS):
        started = time.perf_counter()
        build_evidence(store, scorer, ids, 10, rules)  # type: ignore[arg-type]
        took.append(time.perf_counter() - started)
    return statistics.median(took)


def measure(store: Store, alerts: int) -> None:
    finish(ensure_features(store))
    scorer = latest_scorer(store, make_trainer())
    names = scorer.version.features
    ids = [row.transaction_id for row in store.alerts.top(alerts)[0]]
    if len(ids) < alerts:
        others = store.features.sample(2 * alerts, names).transaction_ids.tolist()
        ids = list(dict.fromkeys([*ids, *others]))[:alerts]
    features = store.features.matrix(ids=ids, names=names)
    scores, reasons = scorer.score(features), scorer.contributions(features)
    error = np.abs(reasons.base + reasons.values.sum(axis=1) - (np.log(scores) - np.log1p(-scores))).max()
    many, one = seconds_of(store, scorer, ids), seconds_of(store, scorer, ids[:1])
    print(f"{store.transactions.count():,} transactions, {len(names)} features, {psutil.cpu_count()} cores")
    print(f"evidence of {len(ids):,}: {many:.2f} s   of one: {1000 * one:.0f} ms   additivity error: {error:.1e}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--passphrase-file", type=Path)
    parser.add_argument("--alerts", type=int, default=1_000)
    given = parser.parse_args()
    if given.store:
        with Store.open(given.store, given.passphrase_file.read_text().splitlines()[0]) as store:
            measure(store, given.alerts)
        return
    with tempfile.TemporaryDirectory() as folder, simulated(Path(folder), 600, 90, rounds=200).store as store:
        measure(store, given.alerts)


if __name__ == "__main__":
    main()
