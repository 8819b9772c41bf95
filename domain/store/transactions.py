"""Reads accepted transactions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import pyarrow as pa

from domain.errors import UnknownAlert
from domain.store.database import Database
from domain.transactions import CONTRACT, RESOLUTION, Period, Transaction

COLUMNS = ", ".join(column.name for column in CONTRACT)
LARGEST_KEPT = 16 * 2**20  # bytes
FEW = 8  # values that stand in a condition themselves: rows are then passed over that a join would read
ARROW_TYPES = {
    "text": pa.string(), "time": pa.timestamp("us"), "amount": pa.float64(), "number": pa.float64(), "flag": pa.bool_(),
}  # fmt: skip


class TransactionTable:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._typical: dict[str | None, float] = {}
        self._typical_of = 0  # how many transactions there were then
        self._up_to: tuple[object, pa.Table] | None = None  # what was asked last, and the answer

    def count(self) -> int:
        return self._database.number("SELECT count(*) FROM transactions")

    def get(self, ids: Sequence[str]) -> tuple[Transaction, ...]:
        """In the order of `ids`. Raises UnknownAlert naming the ids that no transaction has."""
        condition, bound = among("transaction_id", ids)
        rows = self._database.query(f"SELECT {COLUMNS} FROM transactions WHERE {condition}", bound)
        found = {row[0]: Transaction(*row) for row in rows}
        missing = [id_ for id_ in ids if id_ not in found]
        if missing:
            raise UnknownAlert(
                f"No transaction has the id {', '.join(missing[:5])}{', ...' if len(missing) > 5 else ''}.",
                "Ids are as in the imported file, capitals included.",
            )
        return tuple(found[id_] for id_ in ids)

    def history(self, customer_id: str, until: datetime, limit: int) -> tuple[Transaction, ...]:
        """The customer's transactions at or before `until`, newest first, `limit` at most."""
        newest = self.up_to(customer_id, until).slice(0, limit)
        return tuple(Transaction(*row) for row in zip(*(column.to_pylist() for column in newest.columns), strict=True))

    def up_to(self, customer_id: str, until: datetime) -> pa.Table:
        """All of the customer's transactions at or before `until`, newest first, in the columns of CONTRACT.

        Kept until another is asked for, or transactions come in: evidence and timeline of a case read the same rows.
        """
        asked = (customer_id, until, self.count())
        kept = self._up_to
        if kept is None or kept[0] != asked:
            kept = (
                asked,
                self._database.table(
                    f"""SELECT {COLUMNS} FROM transactions WHERE customer_id = ? AND occurred_at <= ?
                    ORDER BY occurred_at DESC, transaction_id DESC""",
                    [customer_id, until],
                ),
            )
            self._up_to = kept if kept[1].nbytes <= LARGEST_KEPT else None
        return kept[1]

    def flagged(self, period: Period | None = None) -> tuple[Transaction, ...]:
        """Those that another system flagged, oldest first; within `period` where one is given."""
        span = " AND occurred_at >= ? AND occurred_at < ?" if period else ""
        rows = self._database.query(
            f"SELECT {COLUMNS} FROM transactions WHERE flagged{span} ORDER BY occurred_at, transaction_id",
            [period.start, period.end] if period else [],
        )
        return tuple(Transaction(*row) for row in rows)

    def typical_amounts(self, currencies: Collection[str | None]) -> Mapping[str | None, float]:
        """The median amount of all transactions in each currency; one that none is in is left out.

        Kept until transactions come in: for each case anew it would read the amounts of the whole store.
        """
        count = self.count()
        if count != self._typical_of:
            self._typical, self._typical_of = {}, count
        for currency in set(currencies).difference(self._typical):
            row = self._database.first(
                "SELECT median(amount) FROM transactions WHERE currency IS NOT DISTINCT FROM ?", [currency]
            )
            if row is not None and row[0] is not None:
                self._typical[currency] = row[0]
        return dict(self._typical)

    def span(self) -> Period | None:
        """From the first to just after the last transaction; None where there is none."""
        row = self._database.first("SELECT min(occurred_at), max(occurred_at) FROM transactions")
        if row is None or row[0] is None:
            return None
        return Period(row[0], row[1] + RESOLUTION)


def among(column: str, values: Sequence[object]) -> tuple[str, list[object]]:
    """A condition that a column holds one of the texts, and what to bind."""
    if len(values) > FEW:
        return f"{column} IN (SELECT unnest(?::VARCHAR[]))", [list(values)]
    return f"{column} IN ({', '.join('?' * len(values)) or 'NULL'})", list(values)


def arrow_of(transactions: Sequence[Transaction]) -> pa.Table:
    """A row each, the columns of CONTRACT in its order."""
    return pa.table(
        {
            column.name: pa.array([getattr(row, column.name) for row in transactions], ARROW_TYPES[column.type])
            for column in CONTRACT
        }
    )
