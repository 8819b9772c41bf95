"""Similar cases and answers to what-if made by hand; what brings DuckDB is imported only when it is called."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from domain.review import Disposition
from domain.scoring import Alert, band

if TYPE_CHECKING:
    from domain.similar import SimilarCase
    from domain.what_if import Counterfactual, WhatIf

DECISIONS: tuple[Disposition | None, ...] = ("confirmed_fraud", "false_positive", None)


def similar_to(alert_id: str, others: list[str]) -> tuple["SimilarCase", ...]:
    """Three others, the last one open."""
    from domain.similar import Difference, SimilarCase

    chosen = [other for other in others if other != alert_id][:3]
    return tuple(
        SimilarCase(
            other,
            other.removeprefix("A-"),
            datetime(2026, 2, 20 + number, 4, 5, 6),
            480.0 + number,
            "EUR",
            0.9,
            0.95 - number / 10,
            DECISIONS[number],
            "the card was stolen" if number == 0 else "",
            ("the customer's first payment at this merchant",),
            (Difference("amount_ratio_90d", 2.31, 0.4, "25 times the customer's mean", ""),),
        )
        for number, other in enumerate(chosen)
    )


def a_what_if(alert: Alert, changes: Mapping[str, str]) -> "WhatIf":
    """The changes as texts, and a score of a tenth."""
    from domain.what_if import Change, Move, WhatIf

    score = alert.score / 10
    return WhatIf(
        alert.transaction_id,
        tuple(Change(field, "508.5" if field == "amount" else None, text) for field, text in changes.items()),
        alert.score,
        score,
        alert.threshold,
        band(score, alert.threshold),
        (
            Move("amount_ratio_90d", "25 times the customer's mean", "the customer's mean", 2.31, -0.4),
            Move("hour_share", "", "", 0.1, 0.2),
        ),
        (),
    )


def a_counterfactual(alert: Alert) -> "Counterfactual":
    """The customer's mean would have done."""
    from domain.what_if import Counterfactual

    return Counterfactual(True, ("an amount nearer to the mean",), a_what_if(alert, {"amount": "20.34"}))


def no_counterfactual(alert: Alert) -> "Counterfactual":
    from domain.what_if import Counterfactual

    return Counterfactual(False, ("an amount nearer to the mean", "the usual hour"), None)
