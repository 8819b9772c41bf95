"""`whyflag doctor`: is this installation whole, offline and able?"""

import textwrap
from collections.abc import Sequence
from typing import Annotated

import typer

from desktop.bootstrap import health, tested_health
from desktop.commands.shared import AsJson, print_json
from desktop.health import Check

WIDTH = 110
NAME, RESULT, SECONDS = 16, 8, 9  # columns
FOUND = " " * (NAME + RESULT + SECONDS)


def doctor(
    self_test: Annotated[
        bool, typer.Option("--self-test", help="Also make a small store, score, explain and report it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check versions, hashes, signatures, offline state, cipher, disk and memory; for a help desk, as a table."""
    made: list[Check] = []
    if not as_json:
        print(f"{'check':<{NAME}}{'result':<{RESULT}}{'seconds':>7}  what was found, and what to do", flush=True)
    for check in tested_health() if self_test else health():
        made.append(check)
        if not as_json:
            print("\n".join(_row(check)), flush=True)
    if as_json:
        print_json(made)
    else:
        print(_sum(made))
    if not all(check.passed for check in made):
        raise typer.Exit(1)


def _row(check: Check) -> list[str]:
    head = f"{check.name:<{NAME}}{'ok' if check.passed else 'FAILED':<{RESULT}}{check.seconds:>7.1f}  "
    lines = textwrap.wrap(check.found, WIDTH, initial_indent=head, subsequent_indent=FOUND)
    return lines + textwrap.wrap(check.hint, WIDTH, initial_indent=f"{FOUND}To do: ", subsequent_indent=FOUND)


def _sum(made: Sequence[Check]) -> str:
    failed = [check.name for check in made if not check.passed]
    took = sum(check.seconds for check in made)
    if failed:
        return f"{len(failed)} of {len(made)} checks failed, in {took:.0f} s: {', '.join(failed)}"
    return f"All {len(made)} checks passed, in {took:.0f} s."
