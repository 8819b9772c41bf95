"""Numbered evidence: what was observed, against what, how it moved the score, and the rows it was computed from."""

from dataclasses import dataclass
from typing import Literal

Direction = Literal["raises", "lowers"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence about one transaction.

    `id` is E1..En and stable for the alert's bundle. `value` in `unit`; `baseline` in the same unit, or None where
    there is none. `contribution` is in calibrated log-odds, its sign is `direction`. `rank` 1 has the largest absolute
    contribution. `rows` are the transaction ids the value was computed from. `statement` says it in plain words.
    """

    id: str
    kind: str
    feature: str
    statement: str
    value: float | str
    unit: str
    baseline: float | None
    direction: Direction
    contribution: float
    rank: int
    rows: tuple[str, ...] = ()

    @property
    def unnamed(self) -> str:
        """The statement without a name from data, whose words and digits claim nothing."""
        return self.statement.replace(self.value, " ") if isinstance(self.value, str) and self.value else self.statement


@dataclass(frozen=True, slots=True)
class Typology:
    """A fraud pattern recognised by a declared rule (never by the model), and the evidence it rests on."""

    name: str
    rule: str
    evidence: tuple[str, ...]
