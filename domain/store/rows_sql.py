"""The query that turns a source's rows into the contract's columns and names what is wrong with a row.

It reads a relation called `source_rows` and runs where the source is: in the child process that opened a file, or in
the owner for rows made in memory. Besides the columns it gives `fault` (index into `reasons`, null for a good row) and
`sample`, the value at fault.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.mapping import Mapping, Rule
from domain.transactions import CONTRACT, Column

LONGEST = 10_000  # characters
SAMPLE = 80
EARLIEST, LATEST = "TIMESTAMP '1970-01-01'", "TIMESTAMP '2100-01-01'"
NO_VALUE = "('', 'null', 'none', 'na', 'n/a', 'nan', '\\n')"  # how files write an absent number, time or flag
YES, NO = "('1', '1.0', 'true', 't', 'yes', 'y')", "('0', '0.0', 'false', 'f', 'no', 'n')"
SQL_TYPES = {"text": "VARCHAR", "time": "TIMESTAMP", "amount": "DOUBLE", "number": "DOUBLE", "flag": "BOOLEAN"}
READ_AS = {"time": "a time", "amount": "a number", "number": "a number", "flag": "yes or no"}
TEXT = ("VARCHAR", "ENUM", "UUID")
WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
TIMES = ("TIMESTAMP", "DATE")
BY_NAME = {column.name: column for column in CONTRACT}


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A column of the source and its DuckDB type."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class RowsQuery:
    """`sql` gives `columns`, then `fault` and `sample`."""

    sql: str
    columns: tuple[str, ...]
    reasons: tuple[str, ...]


def rows_query(mapping: Mapping, source: tuple[SourceColumn, ...]) -> RowsQuery:
    """The columns of `mapping` that the source can fill; the required ones are checked before."""
    types = {column.name.lower(): column.type for column in source}
    chosen = mapping.chosen(types)
    columns = [BY_NAME[name] for name, _ in chosen]
    raw = ", ".join(f"{_raw(BY_NAME[name], rule, types)} AS raw_{name}" for name, rule in chosen)
    typed = ", ".join(
        f"{_typed(column, _type(rule, types))} AS {column.name}"
        for column, (_, rule) in zip(columns, chosen, strict=True)
    )
    faults = [fault for column in columns for fault in _faults(column)]
    whens = " ".join(f"WHEN {condition} THEN {number}" for number, (condition, _, _) in enumerate(faults))
    samples = " ".join(f"WHEN {number} THEN {_sample(column)}" for number, (_, _, column) in enumerate(faults))
    names = [column.name for column in columns]
    shown = ", ".join(_shown(column, mapping, names) for column in columns)
    if "label" in names and "label_time" not in names and mapping.label_delay_days is not None:
        shown += f", {_default_label_time(mapping.label_delay_days)} AS label_time"
        names.append("label_time")
    sql = f"""
        SELECT {shown}, fault, CASE fault {samples} END AS sample
        FROM (SELECT *, CAST(CASE {whens} END AS INTEGER) AS fault
              FROM (SELECT *, {typed} FROM (SELECT {raw} FROM source_rows)))"""
    return RowsQuery(sql, tuple(names), tuple(reason for _, reason, _ in faults))


def _raw(column: Column, rule: Rule, types: dict[str, str]) -> str:
    """The source's value, null where the source says that there is none."""
    value = f"({rule.sql}\n)" if rule.sql is not None else _identifier(rule.needs[0])  # it may end in a comment
    kind = _type(rule, types)
    if kind.startswith(("DOUBLE", "FLOAT")):
        return f"CASE WHEN NOT isnan({value}) THEN {value} END"
    if column.type == "text" or not kind.startswith(TEXT):
        return value
    return f"CASE WHEN lower(trim({value})) NOT IN {NO_VALUE} THEN {value} END"


def _typed(column: Column, kind: str) -> str:
    raw = f"raw_{column.name}"
    if column.type == "text":
        text = f"CAST({raw} AS VARCHAR)"
        return text if kind in WHOLE else f"CASE WHEN trim({text}) <> '' THEN {text} END"
    if column.type == "flag":
        text = f"lower(trim(CAST({raw} AS VARCHAR)))"
        return f"CASE WHEN {text} IN {YES} THEN true WHEN {text} IN {NO} THEN false END"
    if column.type == "time" and kind and not kind.startswith((*TIMES, *TEXT)):
        raw = f"CAST({raw} AS VARCHAR)"  # a bare number is no time, and casting one would stop the whole query
    return f"TRY_CAST({raw} AS {SQL_TYPES[column.type]})"


def _faults(column: Column) -> Iterator[tuple[str, str, str]]:
    """(condition, reason, column): the first that holds is the row's fault."""
    name, raw = column.name, f"raw_{column.name}"
    if column.required:
        blank = f"{name} IS NULL" if column.type == "text" else f"{raw} IS NULL"
        yield blank, f"{name} is missing", name
    if column.type == "text":
        yield f"length({name}) > {LONGEST}", f"{name} is longer than {LONGEST:,} characters", name
        return
    yield f"{raw} IS NOT NULL AND {name} IS NULL", f"{name} cannot be read as {READ_AS[column.type]}", name
    if column.type == "time":
        yield f"NOT ({name} >= {EARLIEST} AND {name} < {LATEST})", f"{name} is before 1970 or after 2099", name
    if column.type in ("amount", "number"):
        yield f"NOT isfinite({name})", f"{name} is not finite", name
    if name == "amount":
        yield "amount < 0", "amount is negative", name
    if name in ("latitude", "longitude"):
        most = 90 if name == "latitude" else 180
        yield f"abs({name}) > {most}", f"{name} is beyond {most} degrees", name


def _shown(column: Column, mapping: Mapping, names: list[str]) -> str:
    name = column.name
    if column.type == "text":  # a text beyond the limit is a fault and never leaves where the file is read
        return f"CASE WHEN length({name}) <= {LONGEST} THEN {name} END AS {name}"
    if name == "label_time" and "label" in names and mapping.label_delay_days is not None:
        return f"coalesce(label_time, {_default_label_time(mapping.label_delay_days)}) AS label_time"
    return name


def _default_label_time(days: float) -> str:
    seconds = round(days * 86_400)
    return f"CASE WHEN fault IS NULL AND label IS NOT NULL THEN occurred_at + to_seconds({seconds}) END"


def _sample(column: str) -> str:
    return f"left(CAST(raw_{column} AS VARCHAR), {SAMPLE})"


def _type(rule: Rule, types: dict[str, str]) -> str:
    """'' where an expression's type is not known before it runs."""
    return "" if rule.sql is not None else types[rule.needs[0].lower()]


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
