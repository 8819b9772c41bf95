"""Similar cases made by hand; what brings DuckDB is imported only when it is called."""

from datetime import datetime
from typing import TYPE_CHECKING

from domain.review import Disposition

if TYPE_CHECKING:
    from domain.similar import SimilarCase

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
