"""Which reasons become evidence."""

from domain.explaining import balanced


def chosen(contributions: list[float], most: int) -> list[float]:
    return balanced(contributions, most, float)


def test_the_strongest_come_first() -> None:
    assert chosen([0.1, 3.0, -2.0, 0.5], 4) == [3.0, -2.0, 0.5, 0.1]


def test_what_lowers_the_score_is_not_crowded_out() -> None:
    assert chosen([3.0, 2.0, 1.5, 1.0, 0.9, -0.4, -0.3, -0.2], 5) == [3.0, 2.0, 1.5, -0.4, -0.3]


def test_what_raises_the_score_is_not_crowded_out() -> None:
    assert chosen([-3.0, -2.0, -1.0, 0.5], 3) == [-3.0, -2.0, 0.5]


def test_what_moves_nothing_takes_no_place() -> None:
    assert chosen([3.0, 2.0, 1.0, -0.001], 3) == [3.0, 2.0, 1.0]


def test_equal_reasons_are_each_kept() -> None:
    assert chosen([1.0, 1.0, 1.0], 2) == [1.0, 1.0]
