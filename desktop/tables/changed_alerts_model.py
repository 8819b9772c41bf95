"""What a threshold would bring into a day's queue and take out of it, as a table."""

from dataclasses import dataclass

from desktop.support.translation import mark
from desktop.tables.queue_model import LEFT
from desktop.tables.text_table import TextTable

COLUMNS = ((mark("Change"), LEFT), (mark("Transaction, highest score first"), LEFT))


@dataclass(frozen=True, slots=True)
class ChangedAlert:
    """A transaction that would come into the day's queue or leave it."""

    change: str
    transaction_id: str


class ChangedAlertsModel(TextTable[ChangedAlert]):
    def __init__(self) -> None:
        super().__init__(COLUMNS, lambda row: (row.change, row.transaction_id))
