"""When in the week a customer pays: counts by day and hour."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

DAYS, HOURS = 7, 24


@dataclass(frozen=True, slots=True)
class WeeklyHabit:
    """`counts[day][hour]` of the earlier payments, Monday first; `day` and `hour` are those of this one."""

    counts: tuple[tuple[int, ...], ...]
    day: int
    hour: int

    @property
    def total(self) -> int:
        return sum(map(sum, self.counts))

    @property
    def largest(self) -> int:
        return max(map(max, self.counts))

    @property
    def at_this_hour(self) -> int:
        """Earlier payments in the same hour, on whatever day."""
        return sum(day[self.hour] for day in self.counts)

    @property
    def on_this_day(self) -> int:
        return sum(self.counts[self.day])


def weekly_habit(earlier: Iterable[datetime], this: datetime) -> WeeklyHabit:
    counts = [[0] * HOURS for _ in range(DAYS)]
    for moment in earlier:
        counts[moment.weekday()][moment.hour] += 1
    return WeeklyHabit(tuple(map(tuple, counts)), this.weekday(), this.hour)
