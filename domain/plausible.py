"""Changes that could really have been: to what this customer's own earlier payments show to be usual."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from domain.transactions import Transaction

Value = str | float | bool | datetime | None
AMOUNT_STEPS = (0.25, 0.5, 0.75, 1.0)  # of the way, by ratio, from the amount down to the usual one
PLACE = (
    "merchant_id", "terminal_id", "merchant_category", "channel", "country", "latitude", "longitude", "device_id",
)  # fmt: skip
HABITUAL = 2  # times that something must have occurred before to be known


@dataclass(frozen=True, slots=True)
class Plausible:
    """A kind of change in words, and its steps, smallest first: each the fields that it sets."""

    words: str
    steps: tuple[Mapping[str, Value], ...]


def plausible_changes(transaction: Transaction, history: Sequence[Transaction]) -> tuple[Plausible, ...]:
    """What could have been otherwise, given the customer's earlier payments (`history`, newest first).

    Fields that hang together change together: a shop has its category, place and channel. Empty without a history.
    """
    found = (
        _amount(transaction, history),
        _time(transaction, history),
        _place(transaction, history),
        _known("device_id", "a device the customer often uses", transaction, history),
        _known("counterparty_id", "a counterparty the customer often pays", transaction, history),
    )
    return tuple(option for option in found if option is not None)


def _amount(transaction: Transaction, history: Sequence[Transaction]) -> Plausible | None:
    """Towards the median of payments made the same way, and never up."""
    alike = [row.amount for row in history if row.channel == transaction.channel] or [row.amount for row in history]
    if not alike or median(alike) >= transaction.amount:
        return None
    usual = max(median(alike), 0.01)
    ratio = usual / transaction.amount
    steps = tuple({"amount": round(transaction.amount * ratio**share, 2)} for share in AMOUNT_STEPS)
    return Plausible("an amount nearer to the customer's median", steps)


def _time(transaction: Transaction, history: Sequence[Transaction]) -> Plausible | None:
    """The nearest moment before or after, of the customer's most usual hour; the same minute."""
    if not history:
        return None
    [(hour, _)] = Counter(row.occurred_at.hour for row in history).most_common(1)
    if hour == transaction.occurred_at.hour:
        return None
    same_day = transaction.occurred_at.replace(hour=hour)
    days = (same_day - timedelta(days=1), same_day, same_day + timedelta(days=1))
    nearest = sorted(days, key=lambda moment: abs(moment - transaction.occurred_at))[:2]
    return Plausible("the customer's usual hour", tuple({"occurred_at": moment} for moment in nearest))


def _place(transaction: Transaction, history: Sequence[Transaction]) -> Plausible | None:
    """The shop or terminal where the customer paid most often, with all that belongs to it."""
    if transaction.merchant_id is None and transaction.terminal_id is None:
        return None
    here = _shop(transaction)
    most = _most_often(_shop, history)
    if most is None or most == here:
        return None
    row = next(row for row in history if _shop(row) == most)
    return Plausible("a shop the customer often pays at", ({field: getattr(row, field) for field in PLACE},))


def _known(field: str, words: str, transaction: Transaction, history: Sequence[Transaction]) -> Plausible | None:
    """The value that the customer's payments most often have; not for a payment that has none."""
    if getattr(transaction, field) is None:
        return None
    most = _most_often(lambda row: getattr(row, field), history)
    return Plausible(words, ({field: most},)) if most not in (None, getattr(transaction, field)) else None


def _shop(row: Transaction) -> str | None:
    return row.terminal_id or row.merchant_id


def _most_often(of: Callable[[Transaction], str | None], history: Sequence[Transaction]) -> str | None:
    counted = Counter(value for row in history if (value := of(row)) is not None)
    return next((value for value, count in counted.most_common(1) if count >= HABITUAL), None)
