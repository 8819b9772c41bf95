"""What is said to a customer: borne by the evidence, and nothing of how fraud is looked for."""

from dataclasses import replace
from datetime import datetime

import pytest

from domain.customer_call import SAID, call_text
from domain.evidence import Evidence
from domain.transactions import Transaction

PAYMENT = Transaction(
    "T-1", datetime(2026, 2, 27, 3, 14, 9), "C-1", 508.5, "EUR", merchant_id="M-311", country="PT", approved=True
)
RATIO = Evidence(
    "E1", "amount_ratio", "f", "508.50 EUR; the customer's 30-day mean is 20.34 EUR; 25 times", 508.5, "EUR", 20.34,
    "raises", 2.3, 1,
)  # fmt: skip
FIRST = Evidence(
    "E2", "familiarity", "f", "the customer's first payment at this merchant", 0.0, "payments", None, "raises", 1.1, 2
)
FRAUD = Evidence(
    "E3", "known_fraud", "f", "25% of 8 outcomes learned in 30 days for the merchant were fraud; typical is 0%", 25.0,
    "%", 0.0, "raises", 3.0, 3,
)  # fmt: skip


def told(*evidence: Evidence) -> list[tuple[str, str]]:
    return [(line.text, line.evidence) for line in call_text(PAYMENT, evidence) if line.evidence]


def test_the_payment_and_its_reasons_are_said() -> None:
    lines = call_text(PAYMENT, (FIRST, RATIO))
    assert lines[1].text == (
        "I call about a payment of 508.50 EUR on 2026-02-27 at 03:14 at M-311 in PT. It went through."
    )
    assert told(FIRST, RATIO) == [
        ("It is higher than you usually pay.", "E1"),
        ("It is your first payment at this merchant.", "E2"),
    ]


def test_nothing_is_said_of_how_fraud_is_looked_for() -> None:
    text = " ".join(line.text for line in call_text(PAYMENT, (FRAUD, RATIO, FIRST))).lower()
    for word in ("score", "fraud", "model", "threshold", "rule", "typology", "%", "25", "20.34", "mean"):
        assert word not in text, word
    assert "known_fraud" not in SAID and "under_limit" not in SAID and "small_payments" not in SAID


@pytest.mark.parametrize(
    "item",
    [
        replace(RATIO, direction="lowers"),
        replace(RATIO, value=10.0),
        replace(RATIO, baseline=None),
        replace(FIRST, value=3.0, statement="3 earlier payments by the customer at this merchant"),
        replace(FRAUD, kind="time_of_day"),
        replace(FRAUD, kind="since_last", value=90_000.0, baseline=3600.0),
    ],
)
def test_what_the_evidence_does_not_bear_is_not_said(item: Evidence) -> None:
    assert told(item) == []
    assert any(line.text == "We check some payments with our customers." for line in call_text(PAYMENT, (item,)))


def test_at_most_three_reasons_each_once() -> None:
    many = [replace(RATIO, id=f"E{n}", rank=n, kind=kind) for n, kind in enumerate(SAID, start=1)]
    assert len(told(*many)) == 3
    assert told(RATIO, replace(RATIO, id="E9", kind="amount_spread", rank=9)) == [
        ("It is higher than you usually pay.", "E1")
    ]


def test_a_transfer_is_asked_about_as_one() -> None:
    transfer = replace(PAYMENT, merchant_id=None, counterparty_id="C-9")
    text = " ".join(line.text for line in call_text(transfer, ()))
    assert "to the account C-9" in text and "asked or guided you" in text
