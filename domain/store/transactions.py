"""Reads accepted transactions."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.errors import UnknownAlert
from domain.store.database import Database
from domain.transactions import CONTRACT, Period, Transaction

COLUMNS = ", ".join(column.name for column in CONTRACT)
RESOLUTION = timedelta(microseconds=1)


class TransactionTable:
    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self) -> int:
        return self._database.number("SELECT count(*) FROM transactions")

    def get(self, ids: Sequence[str]) -> tuple[Transaction, ...]:
        """In the order of `ids`. Raises UnknownAlert naming the ids that no transaction has."""
        rows = self._database.query(
            f"SELECT {COLUMNS} FROM transactions WHERE transaction_id IN (SELECT unnest(?::VARCHAR[]))", [list(ids)]
        )
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
        rows = self._database.query(
            f"""SELECT {COLUMNS} FROM transactions WHERE customer_id = ? AND occurred_at <= ?
                ORDER BY occurred_at DESC, transaction_id DESC LIMIT ?""",
            [customer_id, until, limit],
        )
        return tuple(Transaction(*row) for row in rows)

    def flagged(self, period: Period | None = None) -> tuple[Transaction, ...]:
        """Those that another system flagged, oldest first; within `period` where one is given."""
        span = " AND occurred_at >= ? AND occurred_at < ?" if period else ""
        rows = self._database.query(
            f"SELECT {COLUMNS} FROM transactions WHERE flagged{span} ORDER BY occurred_at, transaction_id",
            [period.start, period.end] if period else [],
        )
        return tuple(Transaction(*row) for row in rows)

    def span(self) -> Period | None:
        """From the first to just after the last transaction; None where there is none."""
        row = self._database.first("SELECT min(occurred_at), max(occurred_at) FROM transactions")
        if row is None or row[0] is None:
            return None
        return Period(row[0], row[1] + RESOLUTION)
