"""What the queue shows: its order, and a filter that a person types, as `amount>500 band:critical,high "gift card"`.

Words are looked for in every text of an alert and its payment. A term names a column: `customer:C-1` contains,
`customer=C-1` is, `amount>=500` compares, `band:high,critical` is one of several; `-` before anything turns it round.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, cast

from domain.errors import InvalidFilter
from domain.review import DISPOSITIONS, QueueState

Operator = Literal["contains", "=", ">=", "<=", ">", "<"]
Value = str | float | datetime
Kind = Literal["text", "number", "percent", "time", "choice"]
NOBODY: Final = "nobody"
ME: Final = "me"
DUE = ("overdue", "soon", "later")
CHOICES: Final = {
    "band": ("critical", "high", "medium", "low"),
    "origin": ("model", "upstream"),
    "state": ("open", "decided", "waiting", *DISPOSITIONS),
    "due": DUE,
    "snoozed": ("yes", "no"),
}
COLUMNS: Final[dict[str, Kind]] = {
    "alert": "text", "transaction": "text", "customer": "text", "merchant": "text", "currency": "text", "memo": "text",
    "device": "text", "country": "text", "channel": "text", "claimed": "text",
    "amount": "number", "score": "percent", "time": "time", "raised": "time",
    "band": "choice", "origin": "choice", "state": "choice", "due": "choice", "snoozed": "choice",
}  # fmt: skip
TOKEN = re.compile(r"""-?(?:[a-z]+(?:>=|<=|[:=<>]))?(?:"[^"]*"?|[^\s"]+)+""", re.IGNORECASE)
TERM = re.compile(r"(-?)(?:([a-z]+)(>=|<=|[:=<>]))?(.*)", re.IGNORECASE | re.DOTALL)
VALUE = re.compile(r'(?:"[^"]*"?|[^,"])+')  # commas part values, but for those in quotes
LONGEST_FILTER = 1000


@dataclass(frozen=True, slots=True)
class Term:
    """One condition; several values mean any of them. `column` is "" for a word looked for everywhere."""

    column: str
    operator: Operator
    values: tuple[Value, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class QueueQuery:
    """`sort` is a field of QueueRow. `state` None is any; open ones that are snoozed show only where terms ask."""

    sort: str = "score"
    descending: bool = True
    state: QueueState | None = "open"
    terms: tuple[Term, ...] = ()

    @property
    def asks_for_snoozed(self) -> bool:
        return any(term.column == "snoozed" for term in self.terms)

    @property
    def asks_for_waiting(self) -> bool:
        """By name, so that they are no less open than the others."""
        return any(term.column == "state" and "waiting" in term.values and not term.negated for term in self.terms)


@dataclass(frozen=True, slots=True)
class SavedView:
    """A filter under a name, with its order: `filter` is as it was typed."""

    name: str
    filter: str
    sort: str
    descending: bool
    state: QueueState | None


def parse_filter(text: str) -> tuple[Term, ...]:
    """Raises InvalidFilter naming the term that cannot be understood."""
    if len(text) > LONGEST_FILTER:
        raise InvalidFilter(f"The filter has {len(text):,} characters.", f"Use at most {LONGEST_FILTER:,}.")
    return tuple(_term(found.group()) for found in TOKEN.finditer(text))


def _term(token: str) -> Term:
    minus, column, sign, rest = TERM.fullmatch(token).groups()  # type: ignore[union-attr]  # matches anything
    column = (column or "").lower()
    if not column or column not in COLUMNS:
        if column and sign != ":":
            raise InvalidFilter(f"The queue has no column {column!r} to filter by.", f"It has {', '.join(COLUMNS)}.")
        word = token.removeprefix("-").replace('"', "")  # an id with a colon in it is a word, too
        return Term("", "contains", (word,), negated=bool(minus))
    kind = COLUMNS[column]
    operator: Operator = ("contains" if kind == "text" else "=") if sign == ":" else cast(Operator, sign)
    if operator not in ("contains", "=") and kind in ("text", "choice"):
        raise InvalidFilter(f"{token}: {column} has no order.", f"Write {column}:value.")
    values = tuple(value for part in VALUE.findall(rest) if (value := part.replace('"', "").strip()))
    if not values:
        raise InvalidFilter(f"{token} names no value.", f"Write {column}{sign}value.")
    if operator not in ("contains", "=") and len(values) > 1:  # 1,000 and 12,50 are no two values
        raise InvalidFilter(
            f"{token}: one value at most can be compared with.", "Write numbers without commas, as in amount>=1250.50."
        )
    return Term(column, operator, tuple(READERS[kind](column, value) for value in values), negated=bool(minus))


def _number(column: str, text: str) -> float:
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        value = float("nan")
    if value != value or abs(value) == float("inf"):
        raise InvalidFilter(f"{column}: {text} is no number.", "Write it with a point, as in amount>=12.50.")
    return value


def _time(column: str, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        raise InvalidFilter(
            f"{column}: {text} is no date.", "Write year-month-day, as in time>=2026-03-01 or time<2026-03-01T18:30."
        ) from error


def _choice(column: str, text: str) -> str:
    wanted = text.lower().replace(" ", "_")
    if wanted not in CHOICES[column]:
        raise InvalidFilter(f"{column} is never {text}.", f"It is one of {', '.join(CHOICES[column])}.")
    return wanted


READERS: Final[dict[Kind, Callable[[str, str], Value]]] = {
    "text": lambda _, text: text,
    "number": _number,
    "percent": lambda column, text: _number(column, text) / 100,
    "time": _time,
    "choice": _choice,
}
