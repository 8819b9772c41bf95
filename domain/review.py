"""Dispositions an analyst gives, the queue's rows, and the audit's entries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.scoring import Band

Disposition = Literal["confirmed_fraud", "false_positive", "inconclusive", "escalated"]
DISPOSITIONS: tuple[Disposition, ...] = ("confirmed_fraud", "false_positive", "inconclusive", "escalated")
AlertState = Literal["open", "decided"]
QueueState = Literal["open", "decided", "waiting"]  # waiting: for a second person, by a proposal
AuditAction = Literal[
    "create", "import", "train", "score", "explain", "decide", "reverse", "export", "threshold",
    "enable_rule", "disable_rule", "backup", "restore", "users", "wrong_passphrase", "add_user", "roles",
    "disable_user", "enable_user", "passphrase", "recovery_sheet", "policy", "propose", "view", "approve", "reject",
    "withdraw", "contest", "audit_export",
    "claim", "release", "snooze", "deadlines",
    "note", "attach", "export_attachment", "edit_text",
]  # fmt: skip


DecisionKind = Literal["decide", "reverse", "contest"]
ProposalStep = Literal["propose", "view", "approve", "reject", "withdraw"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about an alert. The newest holds; disposition None reopens it, the history keeps both.

    `reasons` are codes of resources/decisions/reasons.toml; `approved_by` is the second person, '' where none was
    needed.
    """

    alert_id: str
    disposition: Disposition | None
    note: str
    actor: str
    decided_at: datetime
    kind: DecisionKind = "decide"
    reasons: tuple[str, ...] = ()
    approved_by: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A disposition that waits for a second person.

    Until that person has said what they would do, `disposition` is None and reasons and note are empty, where the
    policy is blind. `view` is what they said.
    """

    sequence: int
    alert_id: str
    disposition: Disposition | None
    reasons: tuple[str, ...]
    note: str
    actor: str
    identity: str
    proposed_at: datetime
    view: Disposition | None = None

    @property
    def hidden(self) -> bool:
        return self.disposition is None


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
    state: QueueState
    disposition: Disposition | None
    created_at: datetime | None = None  # when the alert was raised, UTC
    due_at: datetime | None = None  # by the store's deadlines, UTC
    claimed_by: str | None = None
    snoozed_until: datetime | None = None  # UTC; None where it is awake


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


@dataclass(frozen=True, slots=True)
class BulkDecision:
    """What was done to many alerts: `changed` were, `passed_over` were not (decided, or claimed by someone else).

    `proposed` of the changed ones wait for a second person.
    """

    disposition: Disposition | None
    changed: tuple[str, ...]
    passed_over: tuple[str, ...]
    proposed: int = 0
