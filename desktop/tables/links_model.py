"""What a payment is tied to, as a table: the link graph for whoever cannot see it drawn."""

from dataclasses import dataclass

from desktop.support.translation import mark
from desktop.tables.queue_model import LEFT, RIGHT
from desktop.tables.text_table import TextTable

COLUMNS = (
    (mark("Kind"), LEFT),
    (mark("Name"), LEFT),
    (mark("Known fraud"), LEFT),
    (mark("Payments"), RIGHT),
    (mark("Accounts"), RIGHT),
    (mark("Through"), LEFT),
    (mark("Left out"), LEFT),
)


@dataclass(frozen=True, slots=True)
class LinkLine:
    kind: str
    name: str
    frauds: str
    payments: str
    accounts: str
    through: str
    left_out: str


class LinksModel(TextTable[LinkLine]):
    def __init__(self) -> None:
        super().__init__(
            COLUMNS,
            lambda line: (line.kind, line.name, line.frauds, line.payments, line.accounts, line.through, line.left_out),
        )
