"""The customer's week, counted."""

from datetime import datetime

from domain.habits import weekly_habit


def test_payments_are_counted_by_day_and_hour() -> None:
    monday = [datetime(2026, 3, 2, 9, 59), datetime(2026, 3, 9, 9, 0), datetime(2026, 3, 2, 10, 0)]
    habit = weekly_habit([*monday, datetime(2026, 3, 8, 23, 59)], datetime(2026, 3, 16, 9, 30))
    assert habit.counts[0][9] == 2 and habit.counts[0][10] == 1 and habit.counts[6][23] == 1
    assert (habit.total, habit.largest, habit.at_this_hour, habit.on_this_day) == (4, 2, 2, 3)
    assert (habit.day, habit.hour) == (0, 9)


def test_without_history_there_is_no_habit() -> None:
    habit = weekly_habit([], datetime(2026, 3, 16, 9, 30))
    assert (habit.total, habit.largest) == (0, 0)
