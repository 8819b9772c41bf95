"""Ways to read a column's text that DuckDB's casts do not know: as the files of banks write times and amounts.

A reading is tried on values here, in Python, and carried out by the import in SQL; the import's checks decide about
each row.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.mapping import Rule
from domain.transactions import ColumnType

ISO = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?\s*(Z|[+-]\d{2}(:?\d{2})?)?")
PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
COMMA_DECIMAL = re.compile(r"[+-]?\d{1,3}(\.?\d{3})*,\d+|[+-]?\d{1,3}(\.\d{3})+")
COMMA_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?|[+-]?\d+(\.\d+)?")
FLAGS = frozenset({"1", "1.0", "true", "t", "yes", "y", "0", "0.0", "false", "f", "no", "n"})
NOTHING = frozenset({"", "null", "none", "na", "n/a", "nan", "\\n"})
SECONDS_FROM, SECONDS_UNTIL = 631_152_000, 4_102_444_800  # 1990 and 2100
TEXT = "CAST({column} AS VARCHAR)"
PATTERNS = {
    "day first": (
        "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y",
        "%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d-%m-%Y",
    ),
    "month first": (
        "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p",
        "%m-%d-%Y %H:%M:%S", "%m-%d-%Y %H:%M", "%m-%d-%Y",
    ),
    "digits only": ("%Y%m%d%H%M%S", "%Y%m%d %H%M%S", "%Y%m%d"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """`fits` says whether one text can be read so; `sql` is an expression over {column}, '' for the column itself."""

    name: str
    type: ColumnType
    fits: Callable[[str], bool]
    sql: str = ""

    def rule(self, column: str) -> Rule:
        return Rule((column,), self.sql.replace("{column}", identifier(column)) if self.sql else None)

    def share(self, values: Iterable[str]) -> float:
        """The share of the values that say something which can be read so; 0 where none says anything."""
        said = [value.strip() for value in values if value.strip().lower() not in NOTHING]
        return sum(map(self.fits, said)) / len(said) if said else 0.0


def readings_of(kind: ColumnType) -> tuple[Reading, ...]:
    """The usual one first."""
    return tuple(reading for reading in READINGS if reading.type == ("amount" if kind == "number" else kind))


def best_reading(kind: ColumnType, values: Iterable[str]) -> tuple[Reading, float, bool]:
    """The reading that fits most values, its share, and whether another one fits as many (a day or a month first?)."""
    said = tuple(values)
    shares = [(reading.share(said), reading) for reading in readings_of(kind)]
    share, chosen = max(shares, key=lambda pair: pair[0])
    as_good = [reading for other, reading in shares if other == share and other > 0]
    doubtful = {chosen.name, *(reading.name for reading in as_good)} >= {"day first", "month first"}
    return chosen, share, doubtful and chosen.name in PATTERNS


def identifier(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _has_pattern(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    return lambda text: any(_is_time(text, pattern) for pattern in patterns)


def _is_time(text: str, pattern: str) -> bool:
    try:
        datetime.strptime(text, pattern)
    except ValueError:
        return False
    return True


def _epoch(scale: int) -> Callable[[str], bool]:
    def fits(text: str) -> bool:
        return bool(PLAIN_NUMBER.fullmatch(text)) and SECONDS_FROM <= float(text) / scale < SECONDS_UNTIL

    return fits


def _time(name: str) -> Reading:
    patterns = PATTERNS[name]
    listed = ", ".join(f"'{pattern}'" for pattern in patterns)
    return Reading(name, "time", _has_pattern(patterns), _or_text(f"try_strptime(trim({TEXT}), [{listed}])"))


def _or_text(sql: str) -> str:
    """Text that cannot be read so stays as it is: the import then refuses the row and names it."""
    return f"coalesce(CAST({sql} AS VARCHAR), {TEXT})"


def _matches(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


READINGS: tuple[Reading, ...] = (
    Reading("as it stands", "text", lambda text: True),
    Reading("as it stands", "flag", lambda text: text.lower() in FLAGS),
    Reading("as it stands", "time", _matches(ISO)),
    _time("day first"),
    _time("month first"),
    Reading(
        "seconds since 1970",
        "time",
        _epoch(1),
        _or_text("make_timestamp(CAST(TRY_CAST({column} AS DOUBLE) * 1000000 AS BIGINT))"),
    ),
    Reading(
        "milliseconds since 1970",
        "time",
        _epoch(1000),
        _or_text("make_timestamp(CAST(TRY_CAST({column} AS DOUBLE) * 1000 AS BIGINT))"),
    ),
    _time("digits only"),
    Reading("as it stands", "amount", _matches(PLAIN_NUMBER)),
    Reading(
        "comma for decimals",
        "amount",
        _matches(COMMA_DECIMAL),
        "replace(replace(CAST({column} AS VARCHAR), '.', ''), ',', '.')",
    ),
    Reading("comma for thousands", "amount", _matches(COMMA_THOUSANDS), "replace(CAST({column} AS VARCHAR), ',', '')"),
)
