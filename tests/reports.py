"""Records of explained cases for tests of documents and reports."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from domain.evidence import Evidence, Typology
from domain.narrative import Bundle, Claim, Explanation, Narrative, Sentence, Timings
from domain.reporting import AuditHead, Case, Drift, Report, Scope, SimilarAlert, build_report
from domain.review import Decision
from domain.scoring import Alert, ClassifierVersion
from domain.transactions import Transaction

CREATED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def a_transaction(transaction_id: str = "T-1042", **changes: object) -> Transaction:
    fields: dict[str, object] = {
        "transaction_id": transaction_id,
        "occurred_at": datetime(2026, 2, 27, 3, 14, 9),
        "customer_id": "C-0077",
        "amount": 508.5,
        "currency": "EUR",
        "merchant_id": "M-311",
        "terminal_id": "POS-9",
        "merchant_category": "electronics",
        "channel": "online",
        "country": "PT",
        "customer_home_country": "DE",
        "memo": "order 5512",
    }
    return Transaction(**{**fields, **changes})  # type: ignore[arg-type]


def a_history(until: Transaction, length: int = 24) -> tuple[Transaction, ...]:
    """Newest first, the transaction itself at the head, as the store gives it."""
    earlier = tuple(
        a_transaction(
            f"T-{900 - step}",
            occurred_at=until.occurred_at - timedelta(hours=31 * (step + 1)),
            customer_id=until.customer_id,
            amount=12.0 + 7.3 * (step % 5),
        )
        for step in range(length - 1)
    )
    return (until, *earlier)


def an_alert(transaction_id: str = "T-1042", **changes: object) -> Alert:
    fields: dict[str, object] = {
        "alert_id": f"A-{transaction_id}",
        "transaction_id": transaction_id,
        "classifier_id": "c" * 64,
        "score": 0.914,
        "threshold": 0.31,
        "band": "critical",
        "origin": "model",
        "created_at": CREATED,
    }
    return Alert(**{**fields, **changes})  # type: ignore[arg-type]


def an_explanation(transaction_id: str = "T-1042", **changes: object) -> Explanation:
    evidence = (
        Evidence(
            "E1", "amount_ratio", "amount_ratio_90d",
            "508.50 EUR; the customer's 90-day mean is 20.34 EUR; 25 times",
            25.0, "times", 1.0, "raises", 2.31, 1, ("T-900", "T-899"),
        ),
        Evidence(
            "E2", "familiarity", "merchant_earlier", "the customer's first payment at this merchant",
            0.0, "payments", None, "raises", 0.88, 2, (transaction_id,),
        ),
        Evidence(
            "E3", "country", "country_abroad",
            "made in PT; the customer's home is DE; 0.8% of the customer's payments are made abroad",
            "PT", "", None, "raises", 0.41, 3,
        ),
        Evidence(
            "E4", "customer_count", "customer_count_24h", "1 payment by the customer in 24 hours; usual is 1.9",
            1.0, "payments", 1.9, "lowers", -0.22, 4, (transaction_id,),
        ),
    )  # fmt: skip
    sentences = (
        Sentence(
            "The strongest reason: 508.50 EUR, 25 times the customer's 90-day mean of 20.34 EUR, which raises it [E1].",
            ("E1",),
            "verified",
            (
                Claim("number", "508.50 EUR", "E1"),
                Claim("direction", "raises", "E1"),
                Claim("rank", "strongest reason", "E1"),
            ),
        ),
        Sentence(
            "It is the customer's first payment at this merchant, which raises the score [E2].",
            ("E2",),
            "repaired",
            (Claim("direction", "raises", "E2"),),
        ),
        Sentence(
            "1 payment by the customer in 24 hours, usual is 1.9; this lowers the score [E4].",
            ("E4",),
            "template",
            (Claim("number", "1.9", "E4"), Claim("direction", "lowers", "E4")),
        ),
    )
    draft = " ".join(sentence.text for sentence in sentences[:2])
    fields: dict[str, object] = {
        "alert_id": f"A-{transaction_id}",
        "transaction_id": transaction_id,
        "score": 0.914,
        "threshold": 0.31,
        "band": "critical",
        "evidence": evidence,
        "typology": Typology("card-not-present fraud", "online, at a new merchant, far above the mean", ("E1", "E2")),
        "narrative": Narrative("narrator", draft, False, sentences),
        "bundle": Bundle("c" * 64, "b" * 64, "a" * 64, "9" * 64, "f" * 64, "2026-03-01T09:30:00Z", 0),
        "timings": Timings(14.2, 310.5, 4120.0, 96),
    }
    return Explanation(**{**fields, **changes})  # type: ignore[arg-type]


def a_classifier() -> ClassifierVersion:
    return ClassifierVersion(
        classifier_id="c" * 64,
        created_at=CREATED - timedelta(days=2),
        features=("amount_ratio_90d", "merchant_earlier", "country_abroad", "customer_count_24h"),
        trained_from=datetime(2026, 1, 1),
        trained_until=datetime(2026, 2, 1),
        rows=120_000,
        frauds=1_004,
        seed=0,
        metrics=(("auc_roc", 0.9312), ("average_precision", 0.7105), ("card_precision_100", 0.31)),
        typical=(("amount_ratio_90d", 1.0), ("merchant_earlier", 4.0)),
    )


def a_decision(alert_id: str = "A-T-1042", **changes: object) -> Decision:
    fields: dict[str, object] = {
        "alert_id": alert_id,
        "disposition": "confirmed_fraud",
        "note": "The customer denies the order.",
        "actor": "m.ferreira",
        "decided_at": CREATED + timedelta(hours=1),
    }
    return Decision(**{**fields, **changes})  # type: ignore[arg-type]


def a_report(cases: Sequence[Case] | None = None, *, created_at: datetime = CREATED) -> Report:
    """Three cases: decided, raised by another system and escalated, and asked for without a flag; or those given."""
    return build_report(
        _three_cases() if cases is None else cases,
        created_at=created_at,
        store="/home/analyst/.local/share/whyflag/demo/demo.duckdb",
        scope=Scope((("state", "open"),), 20, 431),
        classifier=a_classifier(),
        audit=AuditHead("d" * 64, 1_932),
        drift=Drift(0.042, 90_000, 12_000),
    )


def _three_cases() -> tuple[Case, ...]:
    decided, upstream, asked_for = a_transaction(), a_transaction("T-2044", channel="transfer"), a_transaction("T-3")
    return (
        Case(decided, an_alert(), an_explanation(), a_history(decided), (a_decision(),)),
        Case(
            upstream,
            an_alert("T-2044", origin="upstream", band="high", flag_reason="limit rule 17"),
            an_explanation("T-2044", band="high", typology=None),
            a_history(upstream, 60),
            (a_decision("A-T-2044", disposition="escalated", note="Ask the merchant."),),
            (SimilarAlert("A-T-77", "T-77", 0.94, "confirmed_fraud"), SimilarAlert("A-T-78", "T-78", 0.81, None)),
        ),
        Case(asked_for, None, an_explanation("T-3", alert_id=None, band="low", score=0.00041)),
    )
