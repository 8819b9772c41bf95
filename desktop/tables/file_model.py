"""What happened to a case, and what was added to it, as a table."""

from dataclasses import dataclass

from desktop.support.translation import mark
from desktop.tables.queue_model import LEFT
from desktop.tables.text_table import TextTable
from domain.casefile import Attachment

COLUMNS = ((mark("When"), LEFT), (mark("Who"), LEFT), (mark("What"), LEFT), (mark("Words"), LEFT))


@dataclass(frozen=True, slots=True)
class FileLine:
    """`attachment` where the line is one that can be saved again."""

    when: str
    who: str
    what: str
    words: str
    attachment: Attachment | None


class FileModel(TextTable[FileLine]):
    def __init__(self) -> None:
        super().__init__(COLUMNS, lambda line: (line.when, line.who, line.what, line.words))

    def line(self, number: int) -> FileLine:
        return self._rows[number]
