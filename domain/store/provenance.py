"""Where the values of features come from: the rows behind them, and what is usual for the customer.

For a handful or a thousand transactions at once: the rows of their customers up to them, and those of their subjects,
are set aside in one pass each, and every question is one query over those. Windows are those of sql/features.sql, so
the rows are those counted there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.store.database import Database
from domain.store.features import SUBJECTS
from domain.transactions import CONTRACT, Transaction

Scope = Literal[
    "self", "window", "before", "newest_100", "small", "declined", "largest", "previous", "previous_place", "places",
    "located", "paid_out", "inflow", "same_subject", "subject_window", "subject_outcomes", "peers",
]  # fmt: skip
FIELDS = tuple(column.name for column in CONTRACT if column.name != "transaction_id")
INSTEAD = """(SELECT * FROM transactions WHERE transaction_id NOT IN (SELECT transaction_id FROM asked)
              UNION ALL SELECT * FROM asked)"""
HABIT_HOURS = 24.0 * 90  # how far back "usual" looks
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
OF_SUBJECT = ("same_subject", "subject_window", "subject_outcomes")
COLUMN = {subject: f"{subject}_id" for subject in SUBJECTS} | {"category": "merchant_category", "country": "country"}
# What comes first in the list of rows: the newest, but for the largest payment.
FIRST = {"largest": "h.amount DESC, h.occurred_at DESC, h.transaction_id DESC"}
NEWEST_FIRST = "h.occurred_at DESC, h.transaction_id DESC"
MOST = {"largest": 1, "previous": 1, "previous_place": 1, "newest_100": 100}
PEERS = 200
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

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    @contextmanager
    def about(
        cls,
        database: Database,
        ids: Sequence[str],
        subjects: Iterable[str] = (),
        imagined: Sequence[Transaction] = (),
    ) -> Iterator["Provenance"]:
        """Sets aside the rows of the customers of `ids`, and of their `subjects` (terminal, merchant...).

        `imagined` transactions are asked about as they are given here, instead of the stored ones with their ids.
        """
        with database.transaction():  # holds the store: the tables set aside have fixed names
            database.execute(
                """CREATE OR REPLACE TEMPORARY TABLE asked AS
                   SELECT * FROM transactions WHERE transaction_id IN (SELECT unnest(?::VARCHAR[]))""",
                [list(ids)],
            )
            for transaction in imagined:
                database.execute(
                    f"UPDATE asked SET {', '.join(f'{name} = ?' for name in FIELDS)} WHERE transaction_id = ?",
                    [*(getattr(transaction, name) for name in FIELDS), transaction.transaction_id],
                )
            history = INSTEAD if imagined else "transactions"
            database.execute(
                f"""CREATE OR REPLACE TEMPORARY TABLE of_customers AS
                    SELECT t.transaction_id AS asked_id, h.* FROM asked AS t JOIN {history} AS h
                    ON h.customer_id = t.customer_id AND {_at_or_before(None)}"""
            )
            subjects = set(subjects)
            for subject in sorted(subjects.intersection(SUBJECTS)):
                database.execute(
                    f"""CREATE OR REPLACE TEMPORARY TABLE of_{subject}s AS
                        SELECT * FROM {history} AS h WHERE {subject}_id IN (SELECT {subject}_id FROM asked)"""
                )
            if "category" in subjects:
                database.execute(
                    f"""CREATE OR REPLACE TEMPORARY TABLE of_categories AS
                        SELECT transaction_id, occurred_at, merchant_category, currency, row_number() OVER (
                            PARTITION BY merchant_category, currency ORDER BY occurred_at, transaction_id
                        ) AS place
                        FROM {history} AS h WHERE merchant_category IN (SELECT merchant_category FROM asked)"""
                )
            yield cls(database)

    def habits(self) -> Mapping[str, Habits]:
        """By transaction id; a transaction without earlier payments of its customer is left out."""
        rows = self._database.query(
            f"""SELECT t.transaction_id, count(*), sum(h.amount),
                       date_diff('second', min(h.occurred_at), any_value(t.occurred_at)) / 3600.0,
                       avg(f.km_from_usual), avg(f.counterparties_7d)
                FROM asked AS t JOIN of_customers AS h ON {_of_customer(HABIT_HOURS)}
                JOIN features AS f ON f.transaction_id = h.transaction_id
                WHERE h.transaction_id <> t.transaction_id GROUP BY t.transaction_id"""
        )
        return {
            id_: Habits(count, spent, max(hours, 24.0), km, others) for id_, count, spent, hours, km, others in rows
        }

    def typical_amounts(self) -> Mapping[str | None, float]:
        """The median amount in each currency that the transactions asked about are in."""
        return dict(
            self._database.query(
                """SELECT t.currency, median(t.amount) FROM transactions AS t
                   SEMI JOIN asked AS a ON a.currency IS NOT DISTINCT FROM t.currency GROUP BY t.currency"""
            )
        )

    def rows(self, selection: Selection, ids: Sequence[str]) -> Mapping[str, Rows]:
        """By transaction id; one with no such rows is left out."""
        if selection.scope == "peers":
            return self._peers(ids)
        if selection.scope in OF_SUBJECT:
            source, condition = self._of_subject(selection)
        elif selection.scope == "inflow":
            source = "transactions"
            to_account = "h.counterparty_id = t.customer_id AND h.customer_id <> t.customer_id"
            condition = f"{to_account} AND {_at_or_before(selection.hours)}"
        else:
            source = "of_customers"
            condition = f"{_of_customer(selection.hours)} AND {OF_CUSTOMER[selection.scope]}"
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
            [list(ids)],
        )
        return {id_: Rows(tuple(rows), total, newest) for id_, rows, total, newest in found}

    def _peers(self, ids: Sequence[str]) -> Mapping[str, Rows]:
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

    def _of_subject(self, selection: Selection) -> tuple[str, str]:
        column = COLUMN[selection.subject or ""]
        if selection.scope == "same_subject":
            return "of_customers", f"{_of_customer(None)} AND {OF_CUSTOMER['before']} AND h.{column} = t.{column}"
        if selection.scope == "subject_window":
            return f"of_{selection.subject}s", f"h.{column} = t.{column} AND {_at_or_before(selection.hours)}"
        return (
            f"of_{selection.subject}s",
            f"h.{column} = t.{column} AND h.transaction_id <> t.transaction_id AND {_at_or_before(None)}"
            f" AND {LEARNED} <= t.occurred_at AND {LEARNED} > t.occurred_at - {_interval(selection.hours)}",
        )


def _interval(hours: float | None) -> str:
    return "INTERVAL 1000 YEAR" if hours is None else f"INTERVAL {round(hours * 3600)} SECOND"


def _since(hours: float | None) -> str:
    return "true" if hours is None else f"h.occurred_at > t.occurred_at - {_interval(hours)}"


def _at_or_before(hours: float | None) -> str:
    return f"(h.occurred_at, h.transaction_id) <= (t.occurred_at, t.transaction_id) AND {_since(hours)}"


def _of_customer(hours: float | None) -> str:
    """The rows set aside are the customer's at or before each transaction already."""
    return f"h.asked_id = t.transaction_id AND {_since(hours)}"
