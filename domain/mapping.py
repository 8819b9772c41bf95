"""Mappings: how a source's columns become the contract's, written in TOML.

    name = "bank"
    description = "Nightly extract of the card system"
    label_delay_days = 7                 # label_time where the source has none: that long after the transaction

    [columns]
    transaction_id = "TX_REF"            # the source's column of that name
    occurred_at = ["BOOKED_AT", "TX_TIME"]                    # the first that the file has
    amount = { column = "AMT" }          # the same as a name alone
    currency = { constant = "EUR" }
    channel = { sql = "lower(TYPE)", needs = ["TYPE"] }       # any DuckDB expression over the columns it needs

An expression runs only in the process that reads the file, which can open nothing else.
"""

import importlib.resources
import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.errors import ColumnMissing, MappingInvalid
from domain.transactions import CONTRACT

KEYS = {"name", "description", "label_delay_days", "columns"}
REQUIRED = tuple(column.name for column in CONTRACT if column.required)


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to make a contract column: of the source column `needs[0]`, or by `sql` over the columns of `needs`."""

    needs: tuple[str, ...]
    sql: str | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """`columns` pairs each contract column with its rules; the first rule whose needs the source has is used."""

    name: str
    description: str
    columns: tuple[tuple[str, tuple[Rule, ...]], ...]
    label_delay_days: float | None = None

    def chosen(self, present: Iterable[str]) -> tuple[tuple[str, Rule], ...]:
        """For each contract column that a source with the columns `present` can fill, the rule that fills it."""
        names = {name.lower() for name in present}
        found = []
        for column, rules in self.columns:
            fitting = (rule for rule in rules if all(need.lower() in names for need in rule.needs))
            if (rule := next(fitting, None)) is not None:
                found.append((column, rule))
        return tuple(found)

    def unfilled(self, present: Iterable[str]) -> tuple[str, ...]:
        """The required contract columns that such a source cannot fill."""
        filled = {column for column, _ in self.chosen(present)}
        return tuple(column for column in REQUIRED if column not in filled)


def shipped_mappings() -> tuple[str, ...]:
    """The names of the mappings in resources/mappings, the product's own first."""
    names = sorted(file.name.removesuffix(".toml") for file in _folder().iterdir() if file.name.endswith(".toml"))
    return tuple(sorted(names, key=lambda name: name != "whyflag"))


def load_mapping(name_or_path: str) -> Mapping:
    """A shipped mapping by its name, or a TOML file by its path. Raises MappingInvalid."""
    if name_or_path in shipped_mappings():
        return parse_mapping((_folder() / f"{name_or_path}.toml").read_text(encoding="utf-8"), name_or_path)
    path = Path(name_or_path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as missing:
        raise MappingInvalid(
            f"There is no mapping {name_or_path}.",
            f"Name a mapping file, or one of: {', '.join(shipped_mappings())}.",
        ) from missing
    except (OSError, UnicodeDecodeError) as broken:
        raise MappingInvalid(f"The mapping file {path} cannot be read: {broken}.") from broken
    return parse_mapping(text, str(path))


def parse_mapping(text: str, source: str) -> Mapping:
    """Raises MappingInvalid naming the key at fault; `source` is what the error calls the text."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as broken:
        raise MappingInvalid(f"The mapping {source} is no TOML: {broken}.") from broken
    _only_known(content, KEYS, source)
    columns = content.get("columns")
    if not isinstance(columns, dict):
        raise MappingInvalid(f"The mapping {source} has no [columns].", "See resources/mappings for examples.")
    _only_known(columns, {column.name for column in CONTRACT}, f"{source} [columns]")
    missing = [column for column in REQUIRED if column not in columns]
    if missing:
        raise MappingInvalid(f"The mapping {source} says nothing of {', '.join(missing)}, which every row must have.")
    delay = content.get("label_delay_days")
    if delay is not None and (isinstance(delay, bool) or not isinstance(delay, int | float) or not 0 <= delay <= 3650):
        raise MappingInvalid(f"The mapping {source}: label_delay_days must be a number from 0 to 3650.")
    rules = tuple((column, _rules(spec, f"{source} [columns] {column}")) for column, spec in columns.items())
    return Mapping(str(content.get("name", source)), str(content.get("description", "")), rules, delay)


def mapping_text(mapping: Mapping) -> str:
    """The mapping as the TOML that `parse_mapping` reads back."""
    lines = [f"name = {_toml(mapping.name)}", f"description = {_toml(mapping.description)}"]
    if mapping.label_delay_days is not None:
        lines.append(f"label_delay_days = {mapping.label_delay_days:g}")
    lines += ["", "[columns]"]
    for column, rules in mapping.columns:
        specs = [_spec(rule) for rule in rules]
        lines.append(f"{column} = {specs[0] if len(specs) == 1 else '[' + ', '.join(specs) + ']'}")
    return "\n".join(lines) + "\n"


def constant_rule(text: str) -> Rule:
    """The same text for every row."""
    return Rule((), "'" + text.replace("'", "''") + "'")


def constant_of(rule: Rule) -> str | None:
    """The text that every row gets by this rule; None where it reads a column."""
    return rule.sql[1:-1].replace("''", "'") if not rule.needs and rule.sql is not None else None


def _spec(rule: Rule) -> str:
    constant = constant_of(rule)
    if constant is not None:
        return f"{{ constant = {_toml(constant)} }}"
    if rule.sql is None:
        return _toml(rule.needs[0])
    return f"{{ sql = {_toml(rule.sql)}, needs = [{', '.join(map(_toml, rule.needs))}] }}"


def _toml(text: str) -> str:
    """A basic string; JSON writes the same, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def check_columns(mapping: Mapping, present: tuple[str, ...], source: str) -> None:
    """Raises ColumnMissing where the source cannot fill a required column, and says which mapping would fit."""
    unfilled = mapping.unfilled(present)
    if not unfilled:
        return
    rules = dict(mapping.columns)
    wanted = "; ".join(
        f"{column} (from {' or '.join(', '.join(rule.needs) for rule in rules[column])})" for column in unfilled
    )
    fitting = [name for name in shipped_mappings() if not load_mapping(name).unfilled(present)]
    hint = (
        f"The mapping {' or '.join(fitting)} fits these columns."
        if fitting
        else "Write a mapping that names the file's columns; resources/mappings holds examples."
    )
    raise ColumnMissing(
        f"{source} lacks what mapping {mapping.name} needs for {wanted}. It has: {', '.join(present)}.", hint
    )


def _rules(spec: Any, place: str) -> tuple[Rule, ...]:
    return tuple(_rule(one, place) for one in (spec if isinstance(spec, list) else [spec]))


def _rule(spec: Any, place: str) -> Rule:
    if isinstance(spec, str):
        return Rule((spec,))
    if not isinstance(spec, dict):
        raise MappingInvalid(f"The mapping {place} must be a column's name or a table.")
    _only_known(spec, {"column", "constant", "sql", "needs"}, place)
    kinds = [kind for kind in ("column", "constant", "sql") if kind in spec]
    if len(kinds) != 1 or not isinstance(spec[kinds[0]], str):
        raise MappingInvalid(f"The mapping {place} needs exactly one text: column, constant or sql.")
    needs = spec.get("needs", [])
    if not isinstance(needs, list) or not all(isinstance(need, str) for need in needs):
        raise MappingInvalid(f"The mapping {place}: needs must be a list of column names.")
    if kinds[0] == "column":
        return Rule((spec["column"],))
    if kinds[0] == "constant":
        return constant_rule(spec["constant"])
    if not needs:
        raise MappingInvalid(f"The mapping {place}: sql needs the list of columns it reads, as `needs`.")
    return Rule(tuple(needs), spec["sql"])


def _only_known(table: dict[str, Any], known: set[str], place: str) -> None:
    for key in table:
        if key not in known:
            raise MappingInvalid(
                f"The mapping {place} has an unknown key {key!r}.", f"Known: {', '.join(sorted(known))}."
            )


def _folder() -> Any:
    return importlib.resources.files("resources") / "mappings"
