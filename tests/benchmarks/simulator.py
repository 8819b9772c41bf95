"""How long a million simulated transactions take: `python -m tests.benchmarks.simulator`, median of five."""

import statistics
import sys
import time

from domain.simulator import simulate

RUNS = 5


def main() -> int:
    seconds, rows = [], 0
    for run in range(RUNS):
        started = time.perf_counter()
        rows = len(simulate(4000, 180, run))
        seconds.append(time.perf_counter() - started)
    rate = rows / statistics.median(seconds)
    print(f"{rows:,} rows in {statistics.median(seconds):.1f} s (median of {RUNS}); a million in {1e6 / rate:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
