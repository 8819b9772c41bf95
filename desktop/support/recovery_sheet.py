"""What stands on the sheet of paper with a store's recovery key."""

from collections.abc import Iterable
from pathlib import Path

from domain.access.roles import Person

GROUPS = 7  # in a line


def sheet_text(store: Path, key: str, people: Iterable[Person]) -> str:
    """`key` as `domain.access.users.new_recovery_sheet` gives it; it works for the administrators among `people`."""
    able = ", ".join(person.name for person in people if "administrator" in person.roles)
    groups = key.split("-")
    lines = "\n".join(f"    {'-'.join(groups[at : at + GROUPS])}" for at in range(0, len(groups), GROUPS))
    return (
        f"Recovery key of {store}\n\n{lines}\n\n"
        "It opens the store without any passphrase. Keep it on paper, in a safe, away from this machine.\n"
        f"Used by: whyflag user recover NAME --store {store} --recovery-file FILE, where NAME is one of: {able}.\n"
        "It is not shown again; a new sheet makes this one worthless."
    )
