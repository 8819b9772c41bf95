"""How long an alert may wait for a decision, by band."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from domain.errors import InvalidDeadline
from domain.scoring import Band

Age = Literal["overdue", "soon", "later"]
SOON_SHARE = 0.25  # of its time is left, or less
LONGEST_HOURS = 24 * 365


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Hours from the alert being raised until it should be decided."""

    critical: float = 4.0
    high: float = 24.0
    medium: float = 72.0
    low: float = 168.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            hours = getattr(self, name)
            if not 0 < hours <= LONGEST_HOURS:
                raise InvalidDeadline(f"The deadline of {name} alerts is {hours:g} hours.", "Give 1 hour to a year.")

    def hours(self, band: Band) -> float:
        value: float = getattr(self, band)
        return value

    def due(self, raised: datetime, band: Band) -> datetime:
        return raised + timedelta(hours=self.hours(band))


def age_of(raised: datetime, due: datetime, now: datetime) -> Age:
    """Overdue, in the last quarter of its time, or with time left."""
    left = due - now
    if left < timedelta(0):
        return "overdue"
    return "soon" if left <= SOON_SHARE * (due - raised) else "later"
