"""Counts a source's rows while they pass: what is wrong with how many, and which were the first."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from domain.import_report import ROWS_NAMED, Reject
from domain.store.reading import BrokenRow

SHAPES = {
    "missing columns": "the row has too few columns",
    "too many columns": "the row has too many columns",
    "unquoted value": "the row has a quote that is not closed",
    "line size over maximum": "the row is too long",
}


class Tally:
    """For one source. `reasons` are those of its RowsQuery."""

    def __init__(self, source: str, reasons: tuple[str, ...]) -> None:
        self.rows = 0
        self._source = source
        self._reasons = reasons
        self._counts = np.zeros(len(reasons), dtype=np.int64)
        self._first: list[list[tuple[int, str]]] = [[] for _ in reasons]
        self._broken: tuple[BrokenRow, ...] = ()

    def accept(self, batch: pa.Table) -> pa.Table:
        """The good rows of the next batch, without the columns `fault` and `sample`."""
        faults = batch["fault"]
        if faults.null_count < len(batch):
            numbers = faults.fill_null(-1).to_numpy()
            for number in np.unique(numbers[numbers >= 0]):
                self._note(int(number), np.flatnonzero(numbers == number), batch["sample"])
            batch = batch.filter(faults.is_null())
        self.rows += len(faults)
        return batch.drop_columns(["fault", "sample"])

    def add_broken(self, rows: Iterable[BrokenRow]) -> None:
        """Rows without the right number of columns, which never came in a batch."""
        self._broken = tuple(rows)
        self.rows += len(self._broken)

    def rejects(self) -> tuple[Reject, ...]:
        """The most frequent reason first."""
        found = [
            self._reject(reason, int(count), [(self._place(row), sample) for row, sample in first])
            for reason, count, first in zip(self._reasons, self._counts, self._first, strict=True)
            if count
        ]
        for why in {broken.why for broken in self._broken}:
            rows = [(broken.row, broken.sample) for broken in self._broken if broken.why == why]
            found.append(self._reject(SHAPES.get(why, f"the row is broken: {why}"), len(rows), rows[:ROWS_NAMED]))
        return tuple(sorted(found, key=lambda reject: (-reject.count, reject.reason)))

    def _note(self, number: int, places: np.ndarray, samples: pa.ChunkedArray) -> None:
        self._counts[number] += len(places)
        first = self._first[number]
        for place in places[: ROWS_NAMED - len(first)]:
            first.append((self.rows + int(place) + 1, samples[int(place)].as_py() or ""))

    def _place(self, row: int) -> int:
        """The row's number in the file, where the broken ones count too."""
        for broken in self._broken:
            if broken.row > row:
                break
            row += 1
        return row

    def _reject(self, reason: str, count: int, first: list[tuple[int, str]]) -> Reject:
        return Reject(
            reason, count, tuple(row for row, _ in first), tuple(sample[:80] for _, sample in first), self._source
        )
