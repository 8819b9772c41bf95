"""A short text for calling the customer about a payment: what a bank may say, and nothing of how it looks for fraud.

Written by a fixed pattern from the payment's own fields and from evidence about the customer's own payments. Scores,
thresholds, limits, rules, other customers' frauds and typologies are never said: they would teach whoever listens.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain.evidence import Evidence
from domain.statements import duration, money, name, number
from domain.transactions import Transaction

MOST_REASONS = 3
SELDOM = 10.0  # % of the customer's payments
Says = Callable[[Evidence, Transaction], str]


@dataclass(frozen=True, slots=True)
class CallLine:
    """One paragraph, and the evidence it rests on ('' for the payment's own fields and the fixed words)."""

    text: str
    evidence: str = ""


def call_text(payment: Transaction, evidence: Sequence[Evidence]) -> tuple[CallLine, ...]:
    """The text in the order it is said: who calls, the payment, at most three reasons, the questions."""
    return (
        CallLine(
            "Good day, this is [your name] from [your institution]. Before we go on I check that I speak with the"
            " account holder. I will never ask for a PIN, a password or a one-time code."
        ),
        CallLine(_payment(payment)),
        *_reasons(payment, evidence),
        CallLine(_questions(payment)),
        CallLine(
            "If you did not make it, we secure your account together now. If you prefer, end this call and ring us"
            " on the number printed on your card."
        ),
    )


def _payment(payment: Transaction) -> str:
    parts = (
        f"of {money(payment.amount, payment.currency)}",
        f"on {payment.occurred_at:%Y-%m-%d at %H:%M}",
        f"at {name(payment.merchant_id)}" if payment.merchant_id else "",
        f"to the account {name(payment.counterparty_id)}" if payment.counterparty_id else "",
        f"in {name(payment.country)}" if payment.country else "",
    )
    outcome = {True: " It went through.", False: " It was declined.", None: ""}[payment.approved]
    return f"I call about a payment {' '.join(part for part in parts if part)}.{outcome}"


def _questions(payment: Transaction) -> str:
    asked = "Did you make this payment, or allow somebody to make it?"
    if payment.counterparty_id:
        return f"{asked} Do you know whom you paid? Has somebody asked or guided you to make it?"
    return f"{asked} Do you have your card with you?"


def _reasons(payment: Transaction, evidence: Sequence[Evidence]) -> tuple[CallLine, ...]:
    """Each kind of reason once, the strongest first; what cannot be said to a customer is left out."""
    said: dict[str, CallLine] = {}
    for item in sorted(evidence, key=lambda item: item.rank):
        says = SAID.get(item.kind)
        words = says(item, payment) if says is not None and item.direction == "raises" else ""
        if words:
            said.setdefault(words, CallLine(words, item.id))
    return tuple(said.values())[:MOST_REASONS] or (CallLine("We check some payments with our customers."),)


def _higher(item: Evidence, _: Transaction) -> str:
    return "It is higher than you usually pay." if _over(item) else ""


def _often(item: Evidence, _: Transaction) -> str:
    if not _over(item) or isinstance(item.value, str):
        return ""
    return f"We see {number(item.value)} payments of yours within a short time."


def _soon(item: Evidence, _: Transaction) -> str:
    if isinstance(item.value, str) or item.baseline is None or item.value >= item.baseline:
        return ""
    return f"It came {duration(item.value)} after your previous payment."


def _new(item: Evidence, payment: Transaction) -> str:
    if item.value != 0:
        return ""
    subjects = {"merchant": "at this merchant", "counterparty": "to this account", "device": "with this device"}
    place = next((words for subject, words in subjects.items() if f"this {subject}" in item.statement), "")
    return f"It is your first payment {place}." if place else ""


def _abroad(item: Evidence, payment: Transaction) -> str:
    return f"It was made in {name(payment.country)}." if payment.country else ""


def _seldom(item: Evidence, _: Transaction) -> str:
    seldom = not isinstance(item.value, str) and item.value < SELDOM
    return "It was made at a time at which you seldom pay." if seldom else ""


def _over(item: Evidence) -> bool:
    return not isinstance(item.value, str) and item.baseline is not None and item.value > item.baseline


SAID: dict[str, Says] = {
    "amount_ratio": _higher,
    "amount_record": lambda item, _: "It is your largest payment so far." if _over(item) else "",
    "amount_spread": _higher,
    "customer_count": _often,
    "since_last": _soon,
    "familiarity": _new,
    "country": _abroad,
    "time_of_day": _seldom,
    "travel_speed": lambda item, _: "It was made at another place than your previous payment.",
    "declines": lambda item, _: "" if item.value == 0 else "A payment of yours shortly before it was declined.",
}
