"""Why rows of an import were not taken, as a table."""

from dataclasses import dataclass

from desktop.support.translation import mark
from desktop.tables.queue_model import LEFT, RIGHT
from desktop.tables.text_table import TextTable

COLUMNS = (
    (mark("Reason"), LEFT),
    (mark("Rows"), RIGHT),
    (mark("First rows"), LEFT),
    (mark("Found there"), LEFT),
    (mark("File"), LEFT),
)


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
