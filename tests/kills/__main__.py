"""`python -m tests.kills [--count 200] [--seed 1] [--only WORK]`: kills spread over all works, one line each."""

import argparse
import random
import tempfile
from pathlib import Path

from tests.kills.proofs import PROOFS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=PROOFS, help="kill this work alone")
    arguments = parser.parse_args()
    works = [arguments.only] if arguments.only else list(PROOFS)
    rng = random.Random(arguments.seed)
    print(f"{'kill':>4}  {'work':<8} {'last line before it':<60} {'acknowledged':>12} {'kept':>10}")
    with tempfile.TemporaryDirectory(prefix="whyflag-kills-") as root:
        proofs = {}
        for work in works:
            folder = Path(root) / work
            folder.mkdir()
            proofs[work] = PROOFS[work](folder, rng)
        for number in range(arguments.count):
            work = works[number % len(works)]
            killed = next(proofs[work])
            moment = killed.moment[-60:]
            print(f"{number + 1:>4}  {work:<8} {moment:<60} {killed.acknowledged:>12,} {killed.kept:>10,}", flush=True)
    print("nothing acknowledged was lost, nothing was kept in part, every store opened, every audit chain held")


if __name__ == "__main__":
    main()
