"""What the window's stand-in services hold: alerts, payments, a file as a bank sends it."""

from datetime import datetime, timedelta

from domain.import_report import ImportReport, Reject
from domain.review import QueueRow
from domain.sample import Sample, SampleColumn
from domain.scoring import Band, band
from domain.transactions import Period, Transaction
from tests.reports import a_transaction

THRESHOLD = 0.31
MERCHANTS = ("M-311", "M-87", "POS-9", "M-1204", "M-55")


def queue_rows(count: int) -> list[QueueRow]:
    """Alerts A-T-1000, A-T-1001, ... with falling scores."""
    rows = []
    for number in range(count):
        score = 0.991 * (1 - number / max(count, 1)) + 0.0004
        level: Band = band(score, THRESHOLD)
        rows.append(
            QueueRow(
                f"A-T-{1000 + number}", f"T-{1000 + number}",
                datetime(2026, 2, 27, 3, 14, 9) - timedelta(minutes=37 * number),
                f"C-{(number * 37) % 400:04d}", round(508.5 * (1 + (number * 7) % 11) / 3, 2), "EUR",
                MERCHANTS[number % len(MERCHANTS)], score, level, "upstream" if number % 9 == 4 else "model", "open",
                None,
            )
        )  # fmt: skip
    return rows


def payments(this: Transaction, length: int = 60) -> tuple[Transaction, ...]:
    """The customer's history, newest first: habits, one flagged elsewhere, one known fraud."""
    earlier = tuple(
        a_transaction(
            f"T-{960 - step}",
            occurred_at=this.occurred_at - timedelta(hours=29 * (step + 1) + (step * 13) % 9),
            customer_id=this.customer_id,
            amount=round(9.0 + 11.7 * ((step * 5) % 7) + (step * 3) % 4, 2),
            merchant_id=MERCHANTS[step % len(MERCHANTS)],
            flagged=step == 12,
            label=step == 31,
        )
        for step in range(length - 1)
    )
    return (this, *earlier)


def an_import_report(sources: tuple[str, ...] = ("january.csv",)) -> ImportReport:
    rejects = (
        Reject("the amount is negative", 12, (17, 408, 911), ("-3.20", "-18.00", "-0.01"), sources[0]),
        Reject("the time cannot be read", 140, (3, 4, 5, 6), ("31/31/2026", "n/a", "", "soon"), sources[0]),
    )
    period = Period(datetime(2026, 1, 1), datetime(2026, 2, 28, 23, 59, 59))
    return ImportReport(7, "whyflag", sources, 10_652, 10_400, rejects, 100, 2, 9, 4, 12, 0, 31, 10_400, period)


def a_sample() -> Sample:
    """A bank's file, whose columns have names of its own."""
    columns = {
        "ref": ("A1", "A2"),
        "booking date": ("13.01.2026 09:12", "01.02.2026 17:40"),
        "customer": ("K-1", "K-2"),
        "value": ("1.234,56", "8,90"),
        "<b>shop</b>": ("\u202eevil", None),
    }
    return Sample("/data/a.csv", tuple(SampleColumn(name, "VARCHAR", found) for name, found in columns.items()), 0)
