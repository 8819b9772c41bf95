"""The mapping as a table: a line a column of the contract. And the first rows of a file as they stand."""

from dataclasses import dataclass

from desktop.support.text import visible
from desktop.support.translation import mark
from desktop.tables.queue_model import LEFT
from desktop.tables.text_table import TextTable


@dataclass(frozen=True, slots=True)
class MappingLine:
    column: str
    source: str
    confidence: str
    example: str
    problem: str


class MappingModel(TextTable[MappingLine]):
    def __init__(self) -> None:
        titles = (mark("Column"), mark("From the file"), mark("Guess"), mark("First value"), mark("Problem"))
        super().__init__(tuple((title, LEFT) for title in titles), _cells)

    def show_lines(self, lines: tuple[MappingLine, ...]) -> None:
        """Changes in place, so that the line one stands on stays."""
        if len(lines) != self.rowCount():
            self.replace_rows(lines)
            return
        self._rows = lines
        self.dataChanged.emit(self.index(0, 0), self.index(len(lines) - 1, self.columnCount() - 1))


class PreviewModel(TextTable[tuple[str | None, ...]]):
    """Rows under the names of their own columns; both come from a file."""

    def __init__(self) -> None:
        super().__init__((), lambda row: tuple(value or "" for value in row))

    def show_rows(self, names: tuple[str, ...], rows: tuple[tuple[str | None, ...], ...]) -> None:
        self.beginResetModel()
        self._columns = tuple((visible(name, 60), LEFT) for name in names)
        self._rows = rows
        self.endResetModel()


def _cells(line: MappingLine) -> tuple[str, ...]:
    return (line.column, line.source, line.confidence, line.example, line.problem)
