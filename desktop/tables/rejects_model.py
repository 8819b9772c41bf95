"""Why rows of an import were not taken, as a table."""

from dataclasses import dataclass

from desktop.tables.queue_model import LEFT, RIGHT
from desktop.tables.text_table import TextTable

COLUMNS = (("Reason", LEFT), ("Rows", RIGHT), ("First rows", LEFT), ("Found there", LEFT), ("File", LEFT))


@dataclass(frozen=True, slots=True)
class RejectLine:
    """One reason for which rows of one source were not taken."""

    reason: str
    count: str
    rows: str
    samples: str
    source: str


class RejectsModel(TextTable[RejectLine]):
    def __init__(self) -> None:
        super().__init__(COLUMNS, _cells)

    def show_lines(self, lines: tuple[RejectLine, ...]) -> None:
        self.replace_rows(lines)


def _cells(line: RejectLine) -> tuple[str, ...]:
    return (line.reason, line.count, line.rows, line.samples, line.source)
