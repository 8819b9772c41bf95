"""`python -m tests.fuzz [--count 10000] [--seed 1]`: as many hostile files and rows, made anew and imported.

One in twenty is a file of broken bytes, the others rows among good ones. Stops at the first that breaks a promise, and
shows the smallest such case.
"""

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.files import hostile_files, hostile_rows
from tests.fuzz.holding import Holding
from tests.stores import new_store

IN_A_FILE = 80  # rows, at most


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    files = max(1, arguments.count // 20)
    started = time.monotonic()
    with TemporaryDirectory(prefix="whyflag-fuzz-") as name, new_store(Path(name)) as store:
        holding = Holding(store)
        often = settings(
            max_examples=100,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )

        def run(strategy, check, number) -> None:  # type: ignore[no-untyped-def]
            seed(number)(often(given(strategy)(lambda case: check(case, Path(name)))))()

        number = arguments.seed * 1_000_000
        while holding.files < files or holding.rows < arguments.count - files:
            number += 1
            if holding.files < files:
                run(hostile_files(), holding.after_file, number)
            if holding.rows < arguments.count - files:
                run(hostile_rows(IN_A_FILE), holding.after_rows, number)
            print(f"{holding.files:,} files, {holding.rows:,} rows", file=sys.stderr, flush=True)
        print(
            f"{holding.files:,} hostile files and {holding.rows:,} rows: {holding.accepted:,} rows accepted,"
            f" {holding.rejected:,} rejected, {holding.refused:,} files refused;"
            f" no crash, no hang, nothing lost ({time.monotonic() - started:.0f} s)"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
