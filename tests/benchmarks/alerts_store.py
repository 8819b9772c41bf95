"""A store of millions of alerts, made in minutes: `python -m tests.benchmarks.alerts_store --store S [--alerts N]`.

A small world is simulated, scored with a small classifier, and then copied by SQL with other names for everybody and
everything in it. The copies never meet, so the features of each payment are exactly what computing them would give.
Every payment of the copies raises an alert; its score is moved a little, so that no two are equal. Rows lie in the
order of time, as after years of imports, so that a customer's payments are spread over the whole file; within some
hours they are shuffled, lest the copies be compressed into one.
"""

import argparse
import time
from datetime import UTC, datetime
from pathlib import Path

from domain.pipeline import latest_scorer, score_transactions, train_classifier, whole_period
from domain.progress import finish
from domain.simulator import simulate
from domain.store import KeyCost, Store
from domain.store.places import place_sql
from domain.thresholds import AlertBudget
from domain.transactions import CONTRACT
from models.classifier.training import HistGradientBoostingTrainer, Settings
from tests.stores import CHEAP, put_table

CUSTOMERS, DAYS = 220, 60  # about 20,000 payments
STEP = 500  # payments of the small world that are copied in one statement
PASSPHRASE = "whyflag-demo"
NAMES = ("transaction_id", "customer_id", "merchant_id", "terminal_id", "device_id", "counterparty_id")


def make(path: Path, alerts: int, *, customers: int = CUSTOMERS, days: int = DAYS, cost: KeyCost = CHEAP) -> Store:
    """An open store with at least `alerts` alerts, scored; the passphrase is the demo's."""
    store = Store.create(path, PASSPHRASE, cost=cost)
    put_table(store, simulate(customers, days, seed=5).arrow())
    trainer = HistGradientBoostingTrainer(Settings(rounds=150))
    finish(train_classifier(store, trainer, actor="benchmark", period=whole_period(store)))
    scorer = latest_scorer(store, trainer)
    now = datetime(2026, 6, 1, tzinfo=UTC)
    finish(score_transactions(store, scorer, AlertBudget(50.0), actor="benchmark", now=now))
    _copy(store, copies=-(-alerts // store.transactions.count()))
    return store


def _copy(store: Store, copies: int) -> None:
    """Each payment `copies` times in the place of once, with its features, score and an alert."""
    database = store.database
    rows = store.transactions.count()
    features = ", ".join(f"f.{name}" for name in store.features.names())
    renamed = [f"{c.name} || '-' || k AS {c.name}" if c.name in NAMES else f"t.{c.name}" for c in CONTRACT]
    with store.transaction():
        database.execute(
            "CREATE TEMP TABLE world AS SELECT t.*, f.tick, row_number() OVER (ORDER BY f.tick) AS place"
            " FROM transactions t JOIN features f"
            " USING (transaction_id)"
        )
        database.execute("CREATE TEMP TABLE told AS SELECT * FROM features")
        database.execute("CREATE TEMP TABLE scored AS SELECT * FROM scores")
        database.execute("CREATE TEMP TABLE raised AS SELECT classifier_id, threshold, created_at FROM alerts LIMIT 1")
        for table in ("transactions", "features", "scores", "alerts", "reasons"):
            database.execute(f"DELETE FROM {table}")
        for start in range(0, rows, STEP):
            part = f"(SELECT * FROM world WHERE place > {start} AND place <= {start + STEP})"
            database.execute(
                f"""INSERT INTO transactions SELECT {", ".join(renamed)}, t.import_id
                    FROM {part} AS t, range({copies}) AS r(k) ORDER BY hash(t.tick, k)"""
            )
            database.execute(
                f"""INSERT INTO features SELECT t.transaction_id || '-' || k, t.occurred_at, t.tick + k,
                    {features} FROM {part} AS t JOIN told AS f USING (transaction_id), range({copies}) AS r(k)
                    ORDER BY hash(t.tick, k)"""
            )
        database.execute(
            f"""INSERT INTO scores SELECT transaction_id || '-' || k, classifier_id,
                    least(1.0, score * (1 + k * 1e-7)) FROM scored, range({copies}) AS r(k)"""
        )
        database.execute(
            f"""INSERT INTO alerts
                   (alert_id, transaction_id, classifier_id, score, threshold, band, origin, created_at, place)
               SELECT 'A-' || s.transaction_id, s.transaction_id, r.classifier_id, s.score, r.threshold,
                      CASE WHEN s.score > 0.7 THEN 'critical' WHEN s.score > 0.3 THEN 'high'
                           WHEN s.score > 0.01 THEN 'medium' ELSE 'low' END,
                      'model', r.created_at + to_seconds(hash(s.transaction_id) % 864000),
                      {place_sql("s.transaction_id")} AS place
               FROM scores AS s, raised AS r ORDER BY place"""
        )
        for table in ("world", "told", "scored", "raised"):
            database.execute(f"DROP TABLE temp.{table}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", type=Path, required=True, help="made here; opens with the demo's passphrase")
    parser.add_argument("--alerts", type=int, default=2_000_000)
    given = parser.parse_args()
    started = time.perf_counter()
    with make(given.store, given.alerts, cost=KeyCost()) as store:
        alerts = store.alerts.count()
    print(f"{alerts:,} alerts in {time.perf_counter() - started:.0f} s, {given.store.stat().st_size / 2**20:.0f} MiB")


if __name__ == "__main__":
    main()
