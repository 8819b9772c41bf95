"""What an import did with every row of its sources."""

from dataclasses import dataclass

from domain.transactions import Period

ROWS_NAMED = 20  # a reason names its first rows; the count covers all


@dataclass(frozen=True, slots=True)
class Reject:
    """Rows of one source refused for one reason. `rows` are the first of them (1 is the first row of data).

    `samples` are the values found there, cut short, one for each of `rows`.
    """

    reason: str
    count: int
    rows: tuple[int, ...]
    samples: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """rows = accepted + rejected + duplicates.

    Negative, null and unreadable amounts are among the rejects; zero amounts, self-transfers, flags and labels are
    counted among the accepted rows. `conflicts` are duplicates whose customer, time or amount differs from the row
    that was kept. `period` spans the accepted rows.
    """

    import_id: int
    mapping: str
    sources: tuple[str, ...]
    rows: int
    accepted: int
    rejects: tuple[Reject, ...]
    duplicates: int
    conflicts: int
    self_transfers: int
    zero_amounts: int
    negative_amounts: int
    null_amounts: int
    flagged: int
    labelled: int
    period: Period | None

    @property
    def rejected(self) -> int:
        return sum(reject.count for reject in self.rejects)
