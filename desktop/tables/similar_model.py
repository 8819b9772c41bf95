"""Cases like the open one as a table, decided ones first."""

from dataclasses import dataclass

from desktop.support.translation import mark
from desktop.tables.queue_model import LEFT, RIGHT
from desktop.tables.text_table import TextTable

COLUMNS = ((mark("Alert"), LEFT), (mark("Alike"), RIGHT), (mark("State"), LEFT), (mark("Amount"), LEFT))


@dataclass(frozen=True, slots=True)
class SimilarLine:
    """One case; `alike` is the cosine of the two scores' reasons, as percent."""

    alert_id: str
    alike: str
    state: str
    amount: str


class SimilarModel(TextTable[SimilarLine]):
    def __init__(self) -> None:
        super().__init__(COLUMNS, lambda line: (line.alert_id, line.alike, line.state, line.amount))
