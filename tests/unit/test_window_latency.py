"""How long a person waited: percentiles of what was measured."""

from itertools import count

from desktop.health import waited
from desktop.latency import KEPT, Latencies


def measured(times_ms: list[float]):
    moments = [moment for time in times_ms for moment in (0.0, time / 1000)]
    latencies = Latencies(iter(moments).__next__)
    for _ in times_ms:
        latencies.start("opening a case")()
    return latencies.measured()


def test_median_and_95th_percentile() -> None:
    (latency,) = measured([float(n) for n in range(1, 101)])
    assert (latency.what, latency.count) == ("opening a case", 100)
    assert abs(latency.median - 50.5) < 1e-9
    assert abs(latency.p95 - 96.0) < 1e-9


def test_the_first_end_counts_and_old_times_are_let_go() -> None:
    ticks = count()
    latencies = Latencies(lambda: float(next(ticks)))
    end = latencies.start("whole narrative")
    end()
    end()
    assert latencies.measured()[0].count == 1
    (latency,) = measured([1.0] * (KEPT + 5))
    assert latency.count == KEPT


def test_it_is_told_in_words() -> None:
    check = waited(measured([120.0])[0])
    assert check.passed
    assert check.found == "median 120 ms, 95 % within 120 ms, of 1 in this window"
