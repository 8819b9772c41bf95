"""Transactions as a table: the rows behind a piece of evidence."""

from desktop.support.formats import Formats
from desktop.support.translation import mark, tr
from desktop.tables.queue_model import LEFT, RIGHT
from desktop.tables.text_table import TextTable
from domain.transactions import Transaction

COLUMNS = (
    (mark("Time"), LEFT),
    (mark("Amount"), RIGHT),
    (mark("Where"), LEFT),
    (mark("Known as"), LEFT),
    (mark("Customer"), LEFT),
    (mark("Id"), LEFT),
)


class TransactionsModel(TextTable[Transaction]):
    def __init__(self, formats: Formats) -> None:
        super().__init__(COLUMNS, self._texts)
        self._formats = formats

    def show_rows(self, rows: tuple[Transaction, ...]) -> None:
        self.replace_rows(tuple(sorted(rows, key=lambda row: row.occurred_at, reverse=True)))

    def _texts(self, row: Transaction) -> tuple[str, ...]:
        known = "—" if row.label is None else tr("Fraud") if row.label else tr("Genuine")
        return (
            self._formats.time(row.occurred_at),
            self._formats.money(row.amount, row.currency),
            row.merchant_id or row.terminal_id or row.counterparty_id or "—",
            known,
            row.customer_id,
            row.transaction_id,
        )
