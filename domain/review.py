"""Dispositions an analyst gives, the queue's rows, and the audit's entries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.scoring import Band

Disposition = Literal["confirmed_fraud", "false_positive", "inconclusive", "escalated"]
DISPOSITIONS: tuple[Disposition, ...] = ("confirmed_fraud", "false_positive", "inconclusive", "escalated")
AlertState = Literal["open", "decided"]
AuditAction = Literal[
    "create", "import", "train", "score", "explain", "decide", "reverse", "export", "threshold",
    "enable_rule", "disable_rule",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about an alert. The newest holds; disposition None reopens it, the history keeps both."""

    alert_id: str
    disposition: Disposition | None
    note: str
    actor: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue."""

    alert_id: str
    transaction_id: str
    occurred_at: datetime
    customer_id: str
    amount: float
    currency: str | None
    merchant: str | None  # merchant_id, else terminal_id, else counterparty_id
    score: float
    band: Band
    origin: str
    state: AlertState
    disposition: Disposition | None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One link of the chain: hash = sha256 over the canonical JSON of all other fields, `previous` included."""

    sequence: int
    at: str
    actor: str
    action: AuditAction
    subject: str
    details: str  # canonical JSON
    previous: str
    hash: str
