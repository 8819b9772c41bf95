"""The first rows of a file to import, as text, and what a mapping makes of them."""

from dataclasses import dataclass

SAMPLE_ROWS = 500


@dataclass(frozen=True, slots=True)
class SampleColumn:
    """A column of the file, its type there (VARCHAR throughout for CSV), and its values in the sample's rows."""

    name: str
    type: str
    values: tuple[str | None, ...]

    @property
    def present(self) -> tuple[str, ...]:
        return tuple(value for value in self.values if value is not None and value.strip())


@dataclass(frozen=True, slots=True)
class Sample:
    """`total` rows are in the file, 0 where only reading all would tell."""

    source: str
    columns: tuple[SampleColumn, ...]
    total: int

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def rows(self) -> int:
        return len(self.columns[0].values) if self.columns else 0


@dataclass(frozen=True, slots=True)
class TrialFault:
    """Rows of the sample that an import would refuse, by the contract's column and the reason.

    `rows` are the first of them (1 is the first row of data), `samples` the values found there.
    """

    column: str
    reason: str
    count: int
    rows: tuple[int, ...]
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """A mapping tried on the first `rows` rows: the columns it makes, their values as text, what would be refused."""

    rows: int
    columns: tuple[str, ...]
    values: tuple[tuple[str | None, ...], ...]
    faults: tuple[TrialFault, ...]

    @property
    def refused(self) -> int:
        return sum(fault.count for fault in self.faults)
