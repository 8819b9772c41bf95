"""What-if on a store: `python -m tests.benchmarks.what_if [--store S --passphrase-file F]`; simulated without one.

Prints the median of a change with the case's evidence at hand, as the window asks, and of a counterfactual, over the
highest alerts. Goal: a change in under 300 ms on the handbook's 1.75 M transactions.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from desktop.bootstrap import make_trainer
from domain.explaining import build_evidence
from domain.pipeline import ensure_features, latest_scorer
from domain.progress import finish
from domain.store import Store
from domain.what_if import counterfactual, what_if
from tests.simulated import simulated

ALERTS = 7


def milliseconds(work: Callable[[str], object], ids: list[str]) -> float:
    took = []
    for id_ in ids:
        started = time.perf_counter()
        work(id_)
        took.append(1000 * (time.perf_counter() - started))
    return statistics.median(took)


def measure(store: Store) -> None:
    finish(ensure_features(store))
    scorer = latest_scorer(store, make_trainer())
    threshold = store.alerts.threshold(scorer.version.classifier_id)
    first, *ids = [row.transaction_id for row in store.alerts.top(ALERTS + 1)[0]]
    told = dict(zip(ids, build_evidence(store, scorer, ids, top=10), strict=True))
    what_if(store, scorer, first, {"amount": 20.0}, threshold)
    change = milliseconds(lambda id_: what_if(store, scorer, id_, {"amount": 20.0}, threshold, told[id_]), ids)
    smallest = milliseconds(lambda id_: counterfactual(store, scorer, id_, threshold), ids)
    print(
        f"{store.transactions.count():,} transactions, {psutil.cpu_count()} cores: a change {change:.0f} ms,", end=" "
    )
    print(f"a change {change:.0f} ms, a counterfactual {smallest:.0f} ms (medians of {len(ids)} alerts)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--passphrase-file", type=Path)
    given = parser.parse_args()
    if given.store:
        with Store.open(given.store, given.passphrase_file.read_text().splitlines()[0]) as store:
            measure(store)
        return
    with tempfile.TemporaryDirectory() as folder, simulated(Path(folder), 600, 90, rounds=200).store as store:
        measure(store)


if __name__ == "__main__":
    main()
