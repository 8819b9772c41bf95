"""`python -m tests.mutations [--only WORD]`: each defence taken out in a copy of the tree, and its test run there.

Every test is run once with the defence in place, where it has to pass. Exit code 1 where a defence was taken out and
nobody noticed.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.mutations import ROOT, Mutation, mutations

PARTS = ("desktop", "domain", "models", "resources", "tests", "installer")
FILES = ("pyproject.toml", "LICENSE", "THIRD_PARTY_NOTICES.md", "ARCHITECTURE.md")
LONGEST = 900  # seconds; a test that hangs without the defence has noticed
PASSED, FAILED = 0, 1  # pytest's exit codes; any other is no verdict


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="defences whose words hold this")
    arguments = parser.parse_args()
    chosen = [mutation for mutation in mutations() if arguments.only in mutation.defence]
    missed = 0
    with tempfile.TemporaryDirectory(prefix="whyflag-mutations-") as name:
        tree = Path(name) / "tree"
        copy_tree(tree)
        for mutation in chosen:
            verdict = tried(tree, mutation)
            missed += verdict != "caught"
            print(f"{mutation.defence:<72} {mutation.test.split('::')[1]:<84} {verdict}", flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} defences are proven: without each, its test fails")
    return int(missed > 0)


def copy_tree(tree: Path) -> None:
    for part in PARTS:
        shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    for file in FILES:
        if (ROOT / file).exists():
            shutil.copyfile(ROOT / file, tree / file)


def tried(tree: Path, mutation: Mutation) -> str:
    file = tree / mutation.file
    whole = file.read_text(encoding="utf-8")
    if not passes(tree, mutation.test):
        return "FAILS WITH THE DEFENCE IN PLACE"
    file.write_text(whole.replace(mutation.text, mutation.by), encoding="utf-8")
    try:
        found = outcome(tree, mutation.test)
    finally:
        file.write_text(whole, encoding="utf-8")
    return "caught" if found == FAILED else "NOT CAUGHT" if found == PASSED else f"no verdict ({found})"


@cache
def passes(tree: Path, test: str) -> bool:
    return outcome(tree, test) == PASSED


def outcome(tree: Path, test: str) -> int:
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", test]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(tree)}
    try:
        return subprocess.run(
            command, cwd=tree, env=environment, capture_output=True, check=False, timeout=LONGEST
        ).returncode
    except subprocess.TimeoutExpired:
        return FAILED


if __name__ == "__main__":
    sys.exit(main())
