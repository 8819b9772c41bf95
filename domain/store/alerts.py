"""Scores, alerts, and the queue that is paged from a sorted snapshot.

Paging the encrypted table itself costs a sort of all rows a page; a sorted temporary table, read by rowid range, costs
milliseconds (2 M rows: 1.2 s once, then 1.8 ms for 200 rows).
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from domain.ageing import Deadlines
from domain.errors import UnknownAlert
from domain.queue_query import QueueQuery, Term
from domain.review import AlertState, QueueRow
from domain.scoring import Alert, FloatArray, transaction_of
from domain.store.database import Database, Row
from domain.store.places import place_of, place_sql
from domain.store.queue_sql import MERCHANT, Viewer, due_at, where
from domain.store.times import from_utc, to_utc
from domain.transactions import Period

ALERT_COLUMNS = (
    "alert_id, transaction_id, classifier_id, score, threshold, band, origin, created_at, flag_reason"  # as in Alert
)
EVERY_ALERT = (Term("snoozed", "=", ("yes", "no")),)
PAGE = 500  # rows read at a time where many are wanted
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
    "created_at": "a.created_at",
    "due_at": "due",
    "claimed_by": "h.claimed_by",
    "snoozed_until": "h.snoozed_until",
}
# max_by would skip the null disposition of a decision that reopens an alert: hence the newest row as a whole.
NEWEST_DECISIONS = "SELECT DISTINCT ON (alert_id) alert_id, disposition FROM decisions ORDER BY alert_id, sequence DESC"

HELD = f"""LEFT JOIN ({NEWEST_DECISIONS}) d ON d.alert_id = a.alert_id
           LEFT JOIN handling h ON h.alert_id = a.alert_id
           LEFT JOIN waiting_proposals w ON w.alert_id = a.alert_id"""
HEAD = 1_000  # rows that are there at once: of two million, all take seconds to sort


@dataclass(frozen=True, slots=True)
class QueueSnapshot:
    """The queue as it was sorted at one moment: `count` rows, read with `AlertTable.page` until it is released."""

    name: str
    count: int


class _Asked:
    """A query as SQL over a (alerts), t (transactions), d (newest decisions), h (handling), w (waiting proposals)."""

    def __init__(self, query: QueueQuery, viewer: Viewer) -> None:
        """Raises KeyError where `query.sort` is none of SORTS."""
        self.viewer = viewer
        self.condition, self.bound = where(query, viewer)
        sort = due_at(viewer.deadlines) if query.sort == "due_at" else SORTS[query.sort]
        self.order = f"{sort} {'DESC' if query.descending else 'ASC'} NULLS LAST, a.alert_id"

    @property
    def reads_transactions(self) -> bool:
        return re.search(r"\bt\.", f"{self.condition} {self.order}") is not None


class AlertTable:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._numbers = itertools.count(1)
        self._snapshots: set[str] = set()
        self._heads: dict[str, tuple[int, _Asked]] = {}  # of which more than so many rows are still to be read

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
                    AND alert_id NOT IN (SELECT alert_id FROM proposals)
                    AND transaction_id IN (SELECT transaction_id FROM transactions WHERE {span})""",
                [period.start, period.end] if period else [],
            )
            self._database.execute(
                f"""INSERT INTO alerts ({ALERT_COLUMNS}, place)
                    SELECT {ALERT_COLUMNS}, {place_sql("transaction_id")} AS place FROM raised
                    WHERE alert_id NOT IN (SELECT alert_id FROM alerts) ORDER BY place"""
            )

    def count(self) -> int:
        return self._database.number("SELECT count(*) FROM alerts")

    def get(self, alert_id: str) -> Alert:
        """Raises UnknownAlert."""
        alert = self.find(transaction_of(alert_id))
        if alert is None or alert.alert_id != alert_id:
            raise UnknownAlert(f"No alert has the id {alert_id}.", "`whyflag alerts` lists them.")
        return alert

    def find(self, transaction_id: str) -> Alert | None:
        """The alert of a transaction, if it raised one."""
        row = self._database.first(
            f"SELECT {ALERT_COLUMNS} FROM alerts WHERE place = ?::UBIGINT AND transaction_id = ?",
            [place_of(transaction_id), transaction_id],
        )
        return alert_of(row) if row else None

    def among(self, transaction_ids: Sequence[str]) -> frozenset[str]:
        """Those of the transactions that raised an alert.

        Told by their places alone: reading the ids of scattered rows takes five times as long.
        """
        places = {place_of(id_): id_ for id_ in transaction_ids}
        rows = self._database.query(
            "SELECT place FROM alerts WHERE place IN (SELECT unnest(?::UBIGINT[]))", [list(places)]
        )
        return frozenset(places[row[0]] for row in rows)

    def threshold(self, classifier_id: str) -> float:
        """The newest threshold that this classifier's alerts were raised with; infinite where it raised none."""
        row = self._database.first(
            "SELECT threshold FROM alerts WHERE classifier_id = ? ORDER BY created_at DESC LIMIT 1", [classifier_id]
        )
        return float(row[0]) if row else float("inf")

    def newest_threshold(self) -> float | None:
        """That of the newest run, by whatever classifier; None where no alert was raised or none could be."""
        row = self._database.first("SELECT threshold FROM alerts ORDER BY created_at DESC LIMIT 1")
        return float(row[0]) if row and isfinite(row[0]) else None

    def snapshot(self, query: QueueQuery, viewer: Viewer | None = None) -> QueueSnapshot:
        """Sorts and filters the queue once, for paging. `query.sort` is one of SORTS."""
        asked = _Asked(query, viewer or Viewer("", datetime.now(UTC), Deadlines()))
        name = f"queue_{next(self._numbers)}"
        self._fill(name, asked)
        self._snapshots.add(name)
        return QueueSnapshot(name, self._database.number(f"SELECT count(*) FROM {name}"))

    def head(self, query: QueueQuery, viewer: Viewer | None = None, most: int = HEAD) -> QueueSnapshot:
        """A snapshot of which the first `most` rows are there at once, and the others once it is made `whole`.

        Where that saves nothing, because the transactions are filtered or sorted too, it is whole already.
        """
        asked = _Asked(query, viewer or Viewer("", datetime.now(UTC), Deadlines()))
        if asked.reads_transactions:
            return self.snapshot(query, viewer)
        count = self._database.number(f"SELECT count(*) FROM alerts a {HELD} WHERE {asked.condition}", asked.bound)
        if count <= most:
            return self.snapshot(query, viewer)
        name = f"queue_{next(self._numbers)}"
        self._fill(name, asked, most)
        self._snapshots.add(name)
        self._heads[name] = (most, asked)
        return QueueSnapshot(name, count)

    def whole(self, snapshot: QueueSnapshot) -> None:
        """Reads what `head` left; nothing where that was done, or the snapshot was released."""
        if snapshot.name in self._heads:
            _, asked = self._heads[snapshot.name]
            self._fill(snapshot.name, asked)
            self._heads.pop(snapshot.name, None)

    def _fill(self, name: str, asked: "_Asked", most: int | None = None) -> None:
        alerts = "alerts"
        if most is not None:
            alerts = (
                f"""(SELECT a.* FROM alerts a {HELD} WHERE {asked.condition} ORDER BY {asked.order} LIMIT {most})"""
            )
        self._database.execute(
            f"""CREATE OR REPLACE TEMP TABLE {name} AS
                SELECT a.alert_id, a.transaction_id, t.occurred_at, t.customer_id, t.amount, t.currency,
                       {MERCHANT} AS merchant, a.score, a.band, a.origin, a.created_at,
                       {due_at(asked.viewer.deadlines)} AS due
                FROM {alerts} a JOIN transactions t USING (transaction_id) {HELD}
                WHERE {asked.condition} ORDER BY {asked.order}""",
            asked.bound if most is None else [*asked.bound, *asked.bound],
        )

    def page(self, snapshot: QueueSnapshot, start: int, count: int) -> tuple[QueueRow, ...]:
        """Rows [start, start + count) of the snapshot, each with the decision, claim and snooze that hold now.

        Raises ValueError for a snapshot that was released.
        """
        self._check(snapshot, start + count)
        rows = self._database.query(
            f"""WITH page AS (SELECT rowid AS place, * FROM {snapshot.name} WHERE rowid >= ? AND rowid < ?),
                     made AS (SELECT * FROM decisions WHERE alert_id IN (SELECT alert_id FROM page))
                SELECT alert_id, transaction_id, occurred_at, customer_id, amount, currency, merchant, score, band,
                       origin, CASE WHEN disposition IS NOT NULL THEN 'decided' WHEN proposed IS NOT NULL THEN 'waiting'
                                    ELSE 'open' END, disposition,
                       created_at, due, claimed_by, snoozed_until
                FROM page LEFT JOIN ({NEWEST_DECISIONS.replace("FROM decisions", "FROM made")}) USING (alert_id)
                LEFT JOIN handling USING (alert_id) LEFT JOIN waiting_proposals USING (alert_id)
                ORDER BY place""",
            [start, start + count],
        )
        return tuple(_queue_row(row) for row in rows)

    def ids(self, snapshot: QueueSnapshot, ranges: Sequence[tuple[int, int]]) -> tuple[str, ...]:
        """The alerts on lines [first, last) of each range, in the snapshot's order."""
        self._check(snapshot)
        marks = " OR ".join("(rowid >= ? AND rowid < ?)" for _ in ranges) or "false"
        bound = [place for range_ in ranges for place in range_]
        found = self._database.query(f"SELECT alert_id FROM {snapshot.name} WHERE {marks} ORDER BY rowid", bound)
        return tuple(row[0] for row in found)

    def line(self, snapshot: QueueSnapshot, id_: str) -> int | None:
        """Where an alert or transaction stands in the snapshot; None where it is not in it."""
        self._check(snapshot)
        row = self._database.first(
            f"SELECT rowid FROM {snapshot.name} WHERE alert_id = ? OR transaction_id = ? ORDER BY rowid", [id_, id_]
        )
        return int(row[0]) if row else None

    def top(self, limit: int | None, state: AlertState | None = None) -> tuple[tuple[QueueRow, ...], int]:
        """The `limit` highest alerts (None: all) in `state` (None: any), best first, and how many there are."""
        snapshot = self.snapshot(QueueQuery(state=state, terms=EVERY_ALERT))
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
            self._heads.pop(snapshot.name, None)
            self._database.execute(f"DROP TABLE IF EXISTS temp.{snapshot.name}")

    def _check(self, snapshot: QueueSnapshot, until: int | None = None) -> None:
        """Sees to it that the rows before `until` (None: all) are there. Raises ValueError where it was released."""
        if snapshot.name not in self._snapshots:
            raise ValueError(f"snapshot {snapshot.name} was released")
        most, _ = self._heads.get(snapshot.name, (None, None))
        if most is not None and (until is None or until > most):
            self.whole(snapshot)


def _queue_row(row: Row) -> QueueRow:
    *known, created, due, claimed_by, snoozed = row
    times = (from_utc(created), from_utc(due), claimed_by, from_utc(snoozed) if snoozed else None)
    return QueueRow(*(*known, *times))


def alert_of(row: Row) -> Alert:
    alert_id, transaction_id, classifier_id, score, threshold, band, origin, created_at, flag_reason = row
    created = from_utc(created_at)
    return Alert(alert_id, transaction_id, classifier_id, score, threshold, band, origin, created, flag_reason)


def _schema() -> pa.Schema:
    types = {"score": pa.float64(), "threshold": pa.float64(), "created_at": pa.timestamp("us")}
    return pa.schema([(name, types.get(name, pa.string())) for name in ALERT_COLUMNS.split(", ")])
