"""`whyflag doctor`: is this installation whole, offline and able?"""

import typer

from desktop.bootstrap import health
from desktop.commands.shared import AsJson, print_json


def doctor(as_json: AsJson = False) -> None:
    """Check versions, hashes, offline state, cipher, disk and memory."""
    checks = health()
    if as_json:
        print_json(list(checks))
    else:
        for check in checks:
            print(f"{'ok ' if check.passed else 'NO '} {check.name:<22} {check.found}")
    if not all(check.passed for check in checks):
        raise typer.Exit(1)
