"""Drafts the narrative of a suspicious activity report: who, what, when, where, why, how; plain text, no tables.

Assembled from the transaction's own fields, the verified sentences and the decision: it claims nothing that is not in
them, and a person completes it. The structure follows FinCEN's guidance on SAR narratives.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from domain.reporting import Case
from domain.statements import money
from domain.verification import CITATION

DRAFT = (
    "Draft, assembled by program from imported facts and verified sentences. Confidential. "
    "A person must complete, check and file it."
)
BEFORE_CITATION = re.compile(rf"\s*{CITATION.pattern}")


@dataclass(frozen=True, slots=True)
class SuspicionDraft:
    """The draft for one case, paragraph by paragraph: (heading, text)."""

    case: str
    paragraphs: tuple[tuple[str, str], ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """The whole draft, one paragraph a line."""
        told = (f"{heading}: {text}" for heading, text in self.paragraphs)
        return (f"Suspicious activity report, {self.case}", DRAFT, *told)


def suspicion_draft(case: Case) -> SuspicionDraft | None:
    """None where the case is not escalated."""
    return drafted(case) if case.disposition == "escalated" else None


def drafted(case: Case) -> SuspicionDraft:
    """For any case: somebody may write before it is escalated; the decision is told once it is."""
    paragraphs = [
        ("Who", _who(case)),
        ("What", _what(case)),
        ("When", _when(case)),
        ("Where", _where(case)),
        ("Why", _why(case)),
        ("How", _how(case)),
    ]
    if case.disposition == "escalated":
        paragraphs.append(("Decision", _decision(case)))
    return SuspicionDraft(case.id, tuple(paragraphs))


def _who(case: Case) -> str:
    transaction = case.transaction
    home = f", whose home country is {transaction.customer_home_country}" if transaction.customer_home_country else ""
    other = f" The account on the other side is {transaction.counterparty_id}." if transaction.counterparty_id else ""
    device = f" The device used is {transaction.device_id}." if transaction.device_id else ""
    return f"The account or card holder is customer {transaction.customer_id}{home}.{other}{device}"


def _what(case: Case) -> str:
    transaction = case.transaction
    made = f" made through the channel {transaction.channel}" if transaction.channel else ""
    outcome = {True: " It was approved.", False: " It was declined.", None: ""}[transaction.approved]
    pattern = case.explanation.typology
    known = f" By declared rule the pattern is {pattern.name}." if pattern else " No declared pattern fits."
    amount = money(transaction.amount, transaction.currency)
    return f"Transaction {transaction.transaction_id}, a payment of {amount}{made}, was flagged.{outcome}{known}"


def _when(case: Case) -> str:
    transaction = case.transaction
    text = f"It was made on {transaction.occurred_at:%Y-%m-%d at %H:%M:%S}, local to the account."
    if case.alert is None:
        return text
    return f"{text} The alert was raised on {case.alert.created_at:%Y-%m-%d at %H:%M:%S} UTC."


def _where(case: Case) -> str:
    transaction = case.transaction
    parts = [
        f"at merchant {transaction.merchant_id}" if transaction.merchant_id else "",
        f"in the category {transaction.merchant_category}" if transaction.merchant_category else "",
        f"at terminal {transaction.terminal_id}" if transaction.terminal_id else "",
        f"in {transaction.country}" if transaction.country else "",
    ]
    known = ", ".join(part for part in parts if part)
    return f"It was made {known}." if known else "The place is not known."


def _why(case: Case) -> str:
    """The verified sentences without their citations; one that tells the pattern stands under How."""
    told = _sentences(case, typology=False)
    return told or "No explanation was written."


def _how(case: Case) -> str:
    pattern = case.explanation.typology
    if pattern is None:
        return "The means are not known from the evidence."
    told = _sentences(case, typology=True)
    return f"{told} The rule is: {pattern.rule}.".strip()


def _sentences(case: Case, *, typology: bool) -> str:
    return _joined(
        sentence.text
        for sentence in case.explanation.narrative.sentences
        if any(claim.kind == "typology" for claim in sentence.claims) is typology
    )


def _joined(texts: Iterable[str]) -> str:
    return " ".join(BEFORE_CITATION.sub("", text) for text in texts)


def _decision(case: Case) -> str:
    made = case.decisions[-1]
    note = f' Note: "{made.note}"' if made.note else ""
    return f"Escalated by {made.actor} on {made.decided_at:%Y-%m-%d at %H:%M:%S} UTC.{note}"
