"""The dispositions, in the order of their keys."""

from domain.review import Disposition

DISPOSITION_KEYS: tuple[tuple[Disposition, str], ...] = (
    ("confirmed_fraud", "1"),
    ("false_positive", "2"),
    ("inconclusive", "3"),
    ("escalated", "4"),
)
