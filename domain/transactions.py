"""The column contract of transactions and the frozen record of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

RESOLUTION = timedelta(microseconds=1)  # of every moment
ColumnType = Literal["text", "time", "amount", "number", "flag"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the contract: its name, type, whether a file must have it, and what it means."""

    name: str
    type: ColumnType
    required: bool
    meaning: str


CONTRACT: tuple[Column, ...] = (
    Column("transaction_id", "text", True, "unique id of the transaction"),
    Column("occurred_at", "time", True, "when it happened, local to the account"),
    Column("customer_id", "text", True, "the account or card holder"),
    Column("amount", "amount", True, "in currency units, not negative"),
    Column("currency", "text", False, "ISO 4217 code"),
    Column("merchant_id", "text", False, "the merchant paid"),
    Column("terminal_id", "text", False, "the terminal used"),
    Column("merchant_category", "text", False, "category name or MCC"),
    Column("channel", "text", False, "how it was made: pos, online, transfer, cash_out..."),
    Column("country", "text", False, "ISO 3166 alpha-2 code of the place"),
    Column("customer_home_country", "text", False, "ISO 3166 alpha-2 code of the customer's home"),
    Column("latitude", "number", False, "degrees, of the place"),
    Column("longitude", "number", False, "degrees, of the place"),
    Column("device_id", "text", False, "the device that made it"),
    Column("counterparty_id", "text", False, "the account on the other side"),
    Column("balance_before", "amount", False, "the customer's balance before"),
    Column("balance_after", "amount", False, "the customer's balance after"),
    Column("approved", "flag", False, "false where the issuer declined it"),
    Column("memo", "text", False, "free text"),
    Column("flagged", "flag", False, "flagged by another system"),
    Column("flag_reason", "text", False, "the other system's reason"),
    Column("label", "flag", False, "known to be fraud"),
    Column("label_time", "time", False, "when the label became known"),
    Column("label_scenario", "text", False, "which fraud pattern, where known"),
)


@dataclass(frozen=True, slots=True)
class Transaction:
    """One accepted transaction. Fields as in CONTRACT; None where the source lacks them."""

    transaction_id: str
    occurred_at: datetime
    customer_id: str
    amount: float
    currency: str | None = None
    merchant_id: str | None = None
    terminal_id: str | None = None
    merchant_category: str | None = None
    channel: str | None = None
    country: str | None = None
    customer_home_country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    device_id: str | None = None
    counterparty_id: str | None = None
    balance_before: float | None = None
    balance_after: float | None = None
    approved: bool | None = None
    memo: str | None = None
    flagged: bool | None = None
    flag_reason: str | None = None
    label: bool | None = None
    label_time: datetime | None = None
    label_scenario: str | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open span of time [start, end)."""

    start: datetime
    end: datetime


def period_of(transactions: Sequence[Transaction]) -> Period:
    """The shortest that holds them all; at least one is needed."""
    moments = [transaction.occurred_at for transaction in transactions]
    return Period(min(moments), max(moments) + RESOLUTION)
