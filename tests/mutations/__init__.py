"""Takes the defences out one by one and looks whether the test that proves each one fails.

`python -m tests.mutations` prints defence, test, caught. `defences.toml` is the list: what is replaced where, and which
test must notice.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Mutation:
    """`text` stands once in `file` and is replaced by `by`; then `test` must fail."""

    defence: str
    file: str
    text: str
    by: str
    test: str


def mutations() -> tuple[Mutation, ...]:
    listed = tomllib.loads((ROOT / "tests" / "mutations" / "defences.toml").read_text(encoding="utf-8"))
    return tuple(Mutation(defence, **entry) for defence, entry in listed.items())
