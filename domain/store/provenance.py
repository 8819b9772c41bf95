"""Where the values of features come from: the rows behind them, and what is usual for the customer.

For a handful or a thousand transactions at once: the rows of their customers up to them, and those of their subjects,
are set aside in one pass each, and every question is one query over those. Windows are those of sql/features.sql, so
the rows are those counted there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import pyarrow as pa

from domain.store.database import Database, Row
from domain.store.features import SUBJECTS
from domain.store.transactions import COLUMNS, FEW, among, arrow_of
from domain.transactions import Transaction

Scope = Literal[
    "self", "window", "before", "newest_100", "small", "declined", "largest", "previous", "previous_place", "places",
    "located", "paid_out", "inflow", "same_subject", "subject_window", "subject_outcomes", "peers",
]  # fmt: skip
INSTEAD = f"""(SELECT {COLUMNS} FROM transactions WHERE transaction_id NOT IN (SELECT transaction_id FROM asked)
              UNION ALL SELECT {COLUMNS} FROM asked)"""
# What the questions below read of a customer's rows, besides the subjects asked about, and of a subject's: decoding a
# column of scattered rows costs as much as finding them.
READ = (
    "transaction_id", "customer_id", "occurred_at", "amount", "approved", "latitude", "longitude", "country",
    "customer_home_country", "counterparty_id",
)  # fmt: skip
READ_OF_SUBJECT = "transaction_id, occurred_at, label, label_time"
HABIT_HOURS = 24.0 * 90  # how far back "usual" looks
HABITUAL = ("km_from_usual", "counterparties_7d")  # features whose usual value is told beside them
NEWEST = 200  # rows named as the origin of one value, at most

# Rows `h` of the customer, at or before the transaction `t`: which of them a scope means.
OF_CUSTOMER: dict[str, str] = {
    "self": "h.transaction_id = t.transaction_id",
    "window": "true",
    "before": "h.transaction_id <> t.transaction_id",
    "newest_100": "h.transaction_id <> t.transaction_id",
    "small": "h.transaction_id <> t.transaction_id AND h.amount <= 5",
    "declined": "h.transaction_id <> t.transaction_id AND NOT h.approved",
    "largest": "h.transaction_id <> t.transaction_id",
    "previous": "h.transaction_id <> t.transaction_id",
    "previous_place": "h.transaction_id <> t.transaction_id AND h.latitude IS NOT NULL AND h.longitude IS NOT NULL",
    "places": "h.transaction_id <> t.transaction_id AND h.latitude IS NOT NULL AND h.longitude IS NOT NULL",
    "located": "h.transaction_id <> t.transaction_id AND h.country IS NOT NULL AND h.customer_home_country IS NOT NULL",
    "paid_out": "h.counterparty_id IS NOT NULL",
}
COLUMN = {subject: f"{subject}_id" for subject in SUBJECTS} | {"category": "merchant_category", "country": "country"}
# What comes first in the list of rows: the newest, but for the largest payment.
FIRST = {"largest": "h.amount DESC, h.occurred_at DESC, h.transaction_id DESC"}
NEWEST_FIRST = "h.occurred_at DESC, h.transaction_id DESC"
IN_TIME = "ORDER BY h.occurred_at, h.transaction_id"
MOST = {"largest": 1, "previous": 1, "previous_place": 1, "newest_100": 100}
PEERS = 200
LOOKING_BACK: tuple[float | None, ...] = (24.0, 24.0 * 14, None)  # hours; for peers, the nearest first
# When the outcome of `h` was learned, as known at `t`: by a report of fraud until then, or else by a week of silence.
REPORTED = "CASE WHEN h.label THEN greatest(coalesce(h.label_time, h.occurred_at + INTERVAL 7 DAY), h.occurred_at) END"
LEARNED = f"CASE WHEN {REPORTED} <= t.occurred_at THEN {REPORTED} ELSE h.occurred_at + INTERVAL 7 DAY END"


@dataclass(frozen=True, slots=True)
class Selection:
    """A question: which rows. `hours` None means all of the past; `subject` only where the scope asks for one."""

    scope: Scope
    hours: float | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """The answer for one transaction: the newest ids (NEWEST at most), how many there are, and when the first was."""

    ids: tuple[str, ...] = ()
    total: int = 0
    newest: datetime | None = None


NONE = Rows()


@dataclass(frozen=True, slots=True)
class Habits:
    """What is usual for a customer, from the 90 days before a transaction. `hours` is how long it was observed."""

    payments: int
    spent: float
    hours: float
    km_from_usual: float | None
    counterparties_7d: float | None


class Provenance:
    """Answers about a fixed set of transactions; made by `about`, valid within its block."""

    def __init__(self, database: Database, history: str, transactions: Sequence[Transaction]) -> None:
        self._database = database
        self._history = history
        moments = [transaction.occurred_at for transaction in transactions]
        self._first, self._last = min(moments), max(moments)
        self._only = transactions[0].transaction_id if len(transactions) == 1 else None

    @classmethod
    @contextmanager
    def about(
        cls,
        database: Database,
        transactions: Sequence[Transaction],
        subjects: Iterable[str] = (),
        *,
        of_one: pa.Table | None = None,
        imagined: bool = False,
    ) -> Iterator["Provenance"]:
        """Sets aside the rows of the customers of `transactions`, and of their `subjects` (terminal, merchant...).

        `of_one` are the rows of the one customer up to the one transaction, where they were read already.
        `imagined` ones are asked about as they are given here, instead of the stored ones with their ids.
        """
        subjects = set(subjects)
        with database.transaction(), database.visible("asked_now", arrow_of(transactions)):
            # The transaction holds the store: the tables set aside have fixed names.
            database.execute("CREATE OR REPLACE TEMPORARY TABLE asked AS SELECT * FROM asked_now")
            history = INSTEAD if imagined else "transactions"
            columns = ", ".join(f"h.{name}" for name in dict.fromkeys((*READ, *(COLUMN[each] for each in subjects))))
            customers, bound = _among("customer_id", transactions)
            source = f"(SELECT * FROM {history} WHERE {customers})" if of_one is None else "of_one"
            with nullcontext() if of_one is None else database.visible("of_one", of_one):
                database.execute(
                    f"""CREATE OR REPLACE TEMPORARY TABLE of_customers AS
                        SELECT t.transaction_id AS asked_id, {columns} FROM asked AS t JOIN {source} AS h
                        ON h.customer_id = t.customer_id AND {_at_or_before(None)}""",
                    bound if of_one is None else (),
                )
            for subject in sorted(subjects.intersection(SUBJECTS)):
                condition, bound = _among(COLUMN[subject], transactions)
                database.execute(
                    f"""CREATE OR REPLACE TEMPORARY TABLE of_{subject}s AS
                        SELECT {COLUMN[subject]}, {READ_OF_SUBJECT} FROM {history} AS h WHERE {condition}""",
                    bound,
                )
            if "category" in subjects and len(transactions) > FEW:
                database.execute(
                    f"""CREATE OR REPLACE TEMPORARY TABLE of_categories AS
                        SELECT transaction_id, occurred_at, merchant_category, currency, row_number() OVER (
                            PARTITION BY merchant_category, currency ORDER BY occurred_at, transaction_id
                        ) AS place
                        FROM {history} AS h WHERE merchant_category IN (SELECT merchant_category FROM asked)"""
                )
            yield cls(database, history, transactions)

    def habits(self, *, with_features: bool = True) -> Mapping[str, Habits]:
        """By transaction id; a transaction without earlier payments of its customer is left out.

        Added up in the order of time: in another order the last digits differ, and what was kept would look outdated.
        Those of HABITUAL are left out unless asked for `with_features`.
        """
        values, source, bound = "NULL, NULL", "", list[object]()
        if with_features:
            values = ", ".join(f"avg(f.{name} {IN_TIME})" for name in HABITUAL)
            source = f"""LEFT JOIN (SELECT transaction_id, {", ".join(HABITUAL)} FROM features
                         WHERE occurred_at > ? AND occurred_at <= ?
                         AND transaction_id IN (SELECT transaction_id FROM of_customers)) AS f
                         ON f.transaction_id = h.transaction_id"""
            bound = [self._first - timedelta(hours=HABIT_HOURS), self._last]
        rows = self._database.query(
            f"""SELECT t.transaction_id, count(*), sum(h.amount {IN_TIME}),
                       date_diff('second', min(h.occurred_at), any_value(t.occurred_at)) / 3600.0, {values}
                FROM asked AS t JOIN of_customers AS h ON {_of_customer(HABIT_HOURS)} {source}
                WHERE h.transaction_id <> t.transaction_id GROUP BY t.transaction_id""",
            bound,
        )
        return {
            id_: Habits(count, spent, max(hours, 24.0), km, others) for id_, count, spent, hours, km, others in rows
        }

    def answers(self, asked: Mapping[Selection, Sequence[str]]) -> Mapping[Selection, Mapping[str, Rows]]:
        """The rows of each selection for its transactions, by transaction id; one with no such rows is left out."""
        at_once = {}
        if self._only is not None:
            at_once = self._of_one([each for each in asked if each.scope in (*OF_CUSTOMER, "same_subject")], self._only)
        return {each: at_once[each] if each in at_once else self._rows(each, ids) for each, ids in asked.items()}

    def _of_one(self, selections: Sequence[Selection], id_: str) -> dict[Selection, Mapping[str, Rows]]:
        """Of the only transaction asked about, its customer's rows are read once: they are few, and a query costs more.

        What a scope means and what comes first is as in `_rows`.
        """
        if not selections:
            return {}
        belongs = ", ".join(self._condition(each) for each in selections)
        rows = self._database.query(
            f"""SELECT h.transaction_id, h.occurred_at, h.amount, {belongs}
                FROM asked AS t JOIN of_customers AS h ON h.asked_id = t.transaction_id ORDER BY {NEWEST_FIRST}"""
        )
        found: dict[Selection, Mapping[str, Rows]] = {}
        for place, each in enumerate(selections, start=3):
            chosen = [row for row in rows if row[place]]
            if each.scope == "largest":
                chosen.sort(key=lambda row: -row[2])  # stable: of equal ones the newest stays first
            ids = tuple(row[0] for row in chosen[: MOST.get(each.scope, NEWEST)])
            found[each] = {id_: Rows(ids, len(chosen), chosen[0][1])} if chosen else {}
        return found

    def _rows(self, selection: Selection, ids: Sequence[str]) -> Mapping[str, Rows]:
        if selection.scope == "peers":
            return self._peers(ids)
        bound: list[object] = []
        if selection.scope in ("subject_window", "subject_outcomes"):
            source, condition = f"of_{selection.subject}s", self._condition(selection)
        elif selection.scope == "inflow":
            bound = [self._last, *self._since(selection.hours)]
            source = f"""(SELECT transaction_id, customer_id, counterparty_id, occurred_at FROM transactions
                          WHERE occurred_at <= ?{" AND occurred_at > ?" * (len(bound) - 1)})"""
            to_account = "h.counterparty_id = t.customer_id AND h.customer_id <> t.customer_id"
            condition = f"{to_account} AND {_at_or_before(selection.hours)}"
        else:
            source, condition = "of_customers", self._condition(selection)
        most = MOST.get(selection.scope, NEWEST)
        found = self._database.query(
            f"""WITH ranked AS (
                    SELECT t.transaction_id AS id, h.transaction_id AS row, h.occurred_at AS moment,
                           row_number() OVER (
                               PARTITION BY t.transaction_id ORDER BY {FIRST.get(selection.scope, NEWEST_FIRST)}
                           ) AS place,
                           count(*) OVER (PARTITION BY t.transaction_id) AS total
                    FROM asked AS t JOIN {source} AS h ON {condition}
                    WHERE t.transaction_id IN (SELECT unnest(?::VARCHAR[]))
                )
                SELECT id, list(row ORDER BY place), any_value(total), arg_min(moment, place)
                FROM ranked WHERE place <= {most} GROUP BY id""",
            [*bound, list(ids)],
        )
        return {id_: Rows(tuple(rows), total, newest) for id_, rows, total, newest in found}

    def _since(self, hours: float | None) -> list[datetime]:
        """The moment that the windows of all transactions start at or after; none where they have no start."""
        return [] if hours is None else [self._first - timedelta(hours=hours)]

    def _peers(self, ids: Sequence[str]) -> Mapping[str, Rows]:
        if self._database.number("SELECT count(*) FROM asked") <= FEW:
            return {id_: rows for id_ in ids if (rows := self._peers_of(id_)).total}
        found = self._database.query(
            f"""WITH before AS (
                    SELECT transaction_id AS id, merchant_category, currency,
                           unnest(range(greatest(1, place - {PEERS}), place)) AS place
                    FROM of_categories WHERE transaction_id IN (SELECT unnest(?::VARCHAR[]))
                )
                SELECT t.id, list(h.transaction_id ORDER BY h.place DESC), count(*), max(h.occurred_at)
                FROM before AS t JOIN of_categories AS h ON h.merchant_category = t.merchant_category
                AND h.currency IS NOT DISTINCT FROM t.currency AND h.place = t.place GROUP BY t.id""",
            [list(ids)],
        )
        return {id_: Rows(tuple(rows), total, newest) for id_, rows, total, newest in found}

    def _peers_of(self, id_: str) -> Rows:
        """One by one, looking back from the payment a little at first: most categories are paid in every hour."""
        found: list[Row] = []
        for hours in LOOKING_BACK:
            found = self._database.query(
                f"""SELECT h.transaction_id, h.occurred_at FROM {self._history} AS h,
                        (SELECT * FROM asked WHERE transaction_id = ?) AS t
                    WHERE h.merchant_category = t.merchant_category AND h.currency IS NOT DISTINCT FROM t.currency
                    AND h.occurred_at <= ?{" AND h.occurred_at > ?" * (hours is not None)}
                    AND (h.occurred_at, h.transaction_id) < (t.occurred_at, t.transaction_id)
                    ORDER BY h.occurred_at DESC, h.transaction_id DESC LIMIT {PEERS}""",
                [id_, self._last, *self._since(hours)],
            )
            if len(found) == PEERS:
                break
        return Rows(tuple(row for row, _ in found), len(found), found[0][1]) if found else NONE

    def _condition(self, selection: Selection) -> str:
        """Which rows `h`, of those set aside for customers or for a subject, a selection means for `t`."""
        if selection.scope in OF_CUSTOMER:
            return f"{_of_customer(selection.hours)} AND {OF_CUSTOMER[selection.scope]}"
        column = COLUMN[selection.subject or ""]
        if selection.scope == "same_subject":
            return f"{_of_customer(None)} AND {OF_CUSTOMER['before']} AND h.{column} = t.{column}"
        if selection.scope == "subject_window":
            return f"h.{column} = t.{column} AND {_at_or_before(selection.hours)}"
        return (
            f"h.{column} = t.{column} AND h.transaction_id <> t.transaction_id AND {_at_or_before(None)}"
            f" AND {LEARNED} <= t.occurred_at AND {LEARNED} > t.occurred_at - {_interval(selection.hours)}"
        )


def _among(column: str, transactions: Sequence[Transaction]) -> tuple[str, list[object]]:
    """Rows of the transactions' customers or subjects, none later than all of them, and the values to bind."""
    latest = max(transaction.occurred_at for transaction in transactions)
    values = {value for transaction in transactions if (value := getattr(transaction, column)) is not None}
    condition, bound = among(column, sorted(values))
    return f"occurred_at <= ? AND {condition}", [latest, *bound]


def _interval(hours: float | None) -> str:
    return "INTERVAL 1000 YEAR" if hours is None else f"INTERVAL {round(hours * 3600)} SECOND"


def _since(hours: float | None) -> str:
    return "true" if hours is None else f"h.occurred_at > t.occurred_at - {_interval(hours)}"


def _at_or_before(hours: float | None) -> str:
    return f"(h.occurred_at, h.transaction_id) <= (t.occurred_at, t.transaction_id) AND {_since(hours)}"


def _of_customer(hours: float | None) -> str:
    """The rows set aside are the customer's at or before each transaction already."""
    return f"h.asked_id = t.transaction_id AND {_since(hours)}"
