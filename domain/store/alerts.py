"""Scores, alerts, and the queue that is paged from a sorted snapshot.

Paging the encrypted table itself costs a sort of all rows a page; a sorted temporary table, read by rowid range, costs
milliseconds (2 M rows: 1.2 s once, then 1.8 ms for 200 rows).
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from domain.errors import UnknownAlert
from domain.review import AlertState, QueueRow
from domain.scoring import Alert, FloatArray
from domain.store.database import Database, Row
from domain.store.times import from_utc, to_utc
from domain.transactions import Period

ALERT_COLUMNS = (
    "alert_id, transaction_id, classifier_id, score, threshold, band, origin, created_at, flag_reason"  # as in Alert
)
PAGE = 500  # rows read at a time where many are wanted
MERCHANT = "coalesce(t.merchant_id, t.terminal_id, t.counterparty_id)"
SORTS = {  # by field of QueueRow
    "alert_id": "a.alert_id",
    "transaction_id": "a.transaction_id",
    "occurred_at": "t.occurred_at",
    "customer_id": "t.customer_id",
    "amount": "t.amount",
    "currency": "t.currency",
    "merchant": MERCHANT,
    "score": "a.score",
    "band": "a.score / nullif(a.threshold, 0)",  # the bands follow the score's odds over its threshold
    "origin": "a.origin",
    "state": "d.disposition IS NOT NULL",
    "disposition": "d.disposition",
}
# max_by would skip the null disposition of a decision that reopens an alert: hence the newest row as a whole.
NEWEST_DECISIONS = "SELECT DISTINCT ON (alert_id) alert_id, disposition FROM decisions ORDER BY alert_id, sequence DESC"


@dataclass(frozen=True, slots=True)
class QueueSnapshot:
    """The queue as it was sorted at one moment: `count` rows, read with `AlertTable.page` until it is released."""

    name: str
    count: int


class AlertTable:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._numbers = itertools.count(1)
        self._snapshots: set[str] = set()

    def record_scores(self, ids: NDArray[Any] | Sequence[str], scores: FloatArray, classifier_id: str) -> None:
        """Keeps each transaction's newest score. `ids` and `scores` are (n,); the alerts stay as they are."""
        texts = pa.array(np.asarray(ids, dtype=object), pa.string())
        batch = pa.table({"id": texts, "score": pa.array(scores, pa.float64())})
        with self._database.transaction(), self._database.visible("scored", batch):
            self._database.execute("DELETE FROM scores WHERE transaction_id IN (SELECT id FROM scored)")
            self._database.execute("INSERT INTO scores SELECT id, ?, score FROM scored", [classifier_id])

    def score(self, transaction_id: str) -> tuple[float, str] | None:
        """The newest score of a transaction and the classifier that gave it; None where it was never scored."""
        row = self._database.first("SELECT score, classifier_id FROM scores WHERE transaction_id = ?", [transaction_id])
        return (row[0], row[1]) if row else None

    def replace_alerts(self, alerts: Sequence[Alert], period: Period | None = None) -> None:
        """These alerts instead of the former ones; of `period`'s transactions only, where one is given.

        An alert that has a decision, even a withdrawn one, stays exactly as it was decided on.
        """
        rows = [
            {name: getattr(alert, name) for name in ALERT_COLUMNS.split(", ")}
            | {"created_at": to_utc(alert.created_at)}
            for alert in alerts
        ]
        span = "occurred_at >= ? AND occurred_at < ?" if period else "true"
        with self._database.transaction(), self._database.visible("raised", pa.Table.from_pylist(rows, _schema())):
            self._database.execute(
                f"""DELETE FROM alerts WHERE alert_id NOT IN (SELECT alert_id FROM decisions)
                    AND transaction_id IN (SELECT transaction_id FROM transactions WHERE {span})""",
                [period.start, period.end] if period else [],
            )
            self._database.execute(
                f"""INSERT INTO alerts ({ALERT_COLUMNS}) SELECT {ALERT_COLUMNS} FROM raised
                    WHERE alert_id NOT IN (SELECT alert_id FROM alerts)"""
            )

    def count(self) -> int:
        return self._database.number("SELECT count(*) FROM alerts")

    def get(self, alert_id: str) -> Alert:
        """Raises UnknownAlert."""
        row = self._database.first(f"SELECT {ALERT_COLUMNS} FROM alerts WHERE alert_id = ?", [alert_id])
        if row is None:
            raise UnknownAlert(f"No alert has the id {alert_id}.", "`whyflag alerts` lists them.")
        return alert_of(row)

    def find(self, transaction_id: str) -> Alert | None:
        """The alert of a transaction, if it raised one."""
        row = self._database.first(f"SELECT {ALERT_COLUMNS} FROM alerts WHERE transaction_id = ?", [transaction_id])
        return alert_of(row) if row else None

    def threshold(self, classifier_id: str) -> float:
        """The newest threshold that this classifier's alerts were raised with; infinite where it raised none."""
        row = self._database.first(
            "SELECT threshold FROM alerts WHERE classifier_id = ? ORDER BY created_at DESC LIMIT 1", [classifier_id]
        )
        return float(row[0]) if row else float("inf")

    def snapshot(self, sort: str = "score", descending: bool = True, state: AlertState | None = None) -> QueueSnapshot:
        """Sorts the queue once, for paging. `sort` is one of SORTS; `state` keeps only the open or decided alerts."""
        direction = "DESC" if descending else "ASC"
        name = f"queue_{next(self._numbers)}"
        wanted = {None: "true", "open": "d.disposition IS NULL", "decided": "d.disposition IS NOT NULL"}[state]
        self._database.execute(
            f"""CREATE TEMP TABLE {name} AS
                SELECT a.alert_id, a.transaction_id, t.occurred_at, t.customer_id, t.amount, t.currency,
                       {MERCHANT} AS merchant, a.score, a.band, a.origin
                FROM alerts a JOIN transactions t USING (transaction_id)
                LEFT JOIN ({NEWEST_DECISIONS}) d ON d.alert_id = a.alert_id
                WHERE {wanted}
                ORDER BY {SORTS[sort]} {direction} NULLS LAST, a.alert_id"""
        )
        self._snapshots.add(name)
        return QueueSnapshot(name, self._database.number(f"SELECT count(*) FROM {name}"))

    def page(self, snapshot: QueueSnapshot, start: int, count: int) -> tuple[QueueRow, ...]:
        """Rows [start, start + count) of the snapshot, each with the decision that holds now.

        Raises ValueError for a snapshot that was released.
        """
        self._check(snapshot)
        rows = self._database.query(
            f"""WITH page AS (SELECT rowid AS place, * FROM {snapshot.name} WHERE rowid >= ? AND rowid < ?),
                     made AS (SELECT * FROM decisions WHERE alert_id IN (SELECT alert_id FROM page))
                SELECT alert_id, transaction_id, occurred_at, customer_id, amount, currency, merchant, score, band,
                       origin, if(disposition IS NULL, 'open', 'decided'), disposition
                FROM page LEFT JOIN ({NEWEST_DECISIONS.replace("FROM decisions", "FROM made")}) USING (alert_id)
                ORDER BY place""",
            [start, start + count],
        )
        return tuple(QueueRow(*row) for row in rows)

    def top(self, limit: int | None, state: AlertState | None = None) -> tuple[tuple[QueueRow, ...], int]:
        """The `limit` highest alerts (None: all) in `state` (None: any), best first, and how many there are."""
        snapshot = self.snapshot("score", descending=True, state=state)
        try:
            wanted = snapshot.count if limit is None else max(0, min(limit, snapshot.count))
            pages = (self.page(snapshot, at, min(PAGE, wanted - at)) for at in range(0, wanted, PAGE))
            return tuple(row for page in pages for row in page), snapshot.count
        finally:
            self.release(snapshot)

    def release(self, snapshot: QueueSnapshot) -> None:
        """Frees the snapshot's memory; safe to call again."""
        if snapshot.name in self._snapshots:
            self._snapshots.discard(snapshot.name)
            self._database.execute(f"DROP TABLE IF EXISTS temp.{snapshot.name}")

    def _check(self, snapshot: QueueSnapshot) -> None:
        if snapshot.name not in self._snapshots:
            raise ValueError(f"snapshot {snapshot.name} was released")


def alert_of(row: Row) -> Alert:
    alert_id, transaction_id, classifier_id, score, threshold, band, origin, created_at, flag_reason = row
    created = from_utc(created_at)
    return Alert(alert_id, transaction_id, classifier_id, score, threshold, band, origin, created, flag_reason)


def _schema() -> pa.Schema:
    types = {"score": pa.float64(), "threshold": pa.float64(), "created_at": pa.timestamp("us")}
    return pa.schema([(name, types.get(name, pa.string())) for name in ALERT_COLUMNS.split(", ")])
