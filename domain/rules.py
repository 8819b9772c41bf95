"""Detection rules beside the model: declared by people, one TOML file each, in resources/rules or the user's folder.

    name = "large first payment at night"            # letters, digits, spaces and hyphens
    description = "a counterparty never paid before gets at least 1,000 between midnight and seven"   # shown to people
    [[all]]                                          # every one of these must hold ...
    column = "amount"                                # a column of transactions, or a feature of sql/features.sql
    operator = ">="                                  # >= > <= < == != in
    value = 1000                                     # a number, a text, true or false, a time; for `in` a list
    [[any]]                                          # ... and, where there are any, one of these

A condition on a value that a transaction lacks does not hold. What is known only afterwards (label, label_time,
label_scenario) cannot be named.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from domain.errors import RulesInvalid, UnknownRule
from domain.evidence import Evidence
from domain.narrative import Claim, Sentence
from domain.rule_files import Table, check_keys, conditions, read_rule_file
from domain.transactions import CONTRACT, ColumnType

Operator = Literal[">=", ">", "<=", "<", "==", "!=", "in"]
Value = float | bool | str
OPERATORS: tuple[Operator, ...] = (">=", ">", "<=", "<", "==", "!=", "in")
EQUALITY = ("==", "!=", "in")
HINDSIGHT = ("label", "label_time", "label_scenario")
KINDS: dict[ColumnType, str] = {
    "text": "a text", "time": "a time like 2026-03-01T08:00:00", "amount": "a number", "number": "a number",
    "flag": "true or false",
}  # fmt: skip
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{0,59}")
RULE_KIND = "rule"  # the kind of evidence that a hit is


@dataclass(frozen=True, slots=True)
class RuleCondition:
    """`column` compares so with `value`; `type` is the column's. For `in`, `value` holds the members."""

    column: str
    type: ColumnType
    operator: Operator
    value: Value | tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class DetectionRule:
    """A rule holds where all of `all_of` do and, if there are any, one of `any_of`."""

    name: str
    description: str
    all_of: tuple[RuleCondition, ...]
    any_of: tuple[RuleCondition, ...]


def load_detection_rules(features: Sequence[str], folders: Sequence[Path]) -> tuple[DetectionRule, ...]:
    """The rules of all TOML files in `folders`, by name. `features` are the names that conditions may use.

    Raises RulesInvalid naming the file and what is wrong, or two files with one name.
    """
    found: dict[str, Path] = {}
    rules = []
    for path in (path for folder in folders for path in sorted(folder.glob("*.toml"))):
        rule = read_detection_rule(path, features)
        if rule.name in found:
            raise RulesInvalid(f"{path} and {found[rule.name]} have the same name.", "Give each its own name.")
        found[rule.name] = path
        rules.append(rule)
    return tuple(sorted(rules, key=lambda rule: rule.name))


def find_rule(rules: Sequence[DetectionRule], name: str) -> DetectionRule:
    """Raises UnknownRule."""
    for rule in rules:
        if rule.name == name:
            return rule
    known = ", ".join(rule.name for rule in rules)
    raise UnknownRule(f"No rule has the name {name!r}.", f"Known: {known}." if known else "No rule is declared.")


def read_detection_rule(path: Path, features: Sequence[str]) -> DetectionRule:
    """Raises RulesInvalid."""
    texts = ("name", "description")
    content = read_rule_file(path, (*texts, "all", "any"), texts, "domain/rules.py")
    if not NAME.fullmatch(content["name"]):
        raise RulesInvalid(
            f"{path}: `name` is {content['name']!r}.", "Use letters, digits, spaces and hyphens, 60 at most."
        )
    types = column_types(features)
    all_of, any_of = conditions(path, content, lambda path, where, table: _condition(path, where, table, types))
    return DetectionRule(content["name"], content["description"].strip(), all_of, any_of)


def column_types(features: Sequence[str]) -> Mapping[str, ColumnType]:
    """What a condition may name: the contract's columns that are known at once, and features."""
    columns: dict[str, ColumnType] = {column.name: column.type for column in CONTRACT if column.name not in HINDSIGHT}
    return {**dict.fromkeys(features, "number"), **columns}


def rule_evidence(rules: Sequence[DetectionRule], transaction_id: str, after: int) -> tuple[Evidence, ...]:
    """A piece of evidence for each rule that a transaction meets, ranked behind `after` reasons of the model."""
    return tuple(
        Evidence(
            id=f"E{rank}",
            kind=RULE_KIND,
            feature=RULE_KIND,
            statement=f"declared rule {rule.name}: {rule.description}",
            value=rule.name,
            unit="",
            baseline=None,
            direction="raises",
            contribution=0.0,
            rank=rank,
            rows=(transaction_id,),
        )
        for rank, rule in enumerate(rules, start=after + 1)
    )


def rule_sentences(evidence: Sequence[Evidence]) -> tuple[Sentence, ...]:
    """'Declared rule NAME is met [E11].' for each: told by no language model, for no model weighed it."""
    return tuple(
        Sentence(
            f"Declared rule {item.value} is met [{item.id}].",
            (item.id,),
            "template",
            (Claim("name", str(item.value), item.id), Claim("citation", item.id, item.id)),
        )
        for item in evidence
        if item.kind == RULE_KIND
    )


def _condition(path: Path, where: str, table: Table, types: Mapping[str, ColumnType]) -> RuleCondition:
    check_keys(path, where, table, ("column", "operator", "value"))
    column, operator, value = table.get("column"), table.get("operator"), table.get("value")
    if column in HINDSIGHT:
        raise RulesInvalid(f"{path}: {where} names {column}, which is known only afterwards.")
    if not isinstance(column, str) or column not in types:
        raise RulesInvalid(
            f"{path}: {where} names the column {column!r}, which no transaction has.",
            "Use a column of the import contract or a feature of domain/store/sql/features.sql.",
        )
    type_ = types[column]
    allowed = EQUALITY if type_ in ("text", "flag") else OPERATORS
    for known in OPERATORS:
        if known == operator and known in allowed:
            return RuleCondition(column, type_, known, _value(path, f"{where}: `value`", known, type_, value))
    raise RulesInvalid(
        f"{path}: {where} has the operator {operator!r}.", f"For {column} use one of {' '.join(allowed)}."
    )


def _value(path: Path, where: str, operator: Operator, type_: ColumnType, value: Any) -> Value | tuple[Value, ...]:
    if operator != "in":
        return _single(path, where, type_, value)
    if not isinstance(value, list) or not value:
        raise RulesInvalid(f"{path}: {where} is no list.", "The operator `in` needs a list that is not empty.")
    return tuple(_single(path, where, type_, each) for each in value)


def _single(path: Path, where: str, type_: ColumnType, value: Any) -> Value:
    match type_:
        case "amount" | "number" if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        case "flag" if isinstance(value, bool):
            return value
        case "text" if isinstance(value, str):
            return value
        case "time" if isinstance(value, date):  # a datetime is one too
            moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
            return moment.replace(tzinfo=None).isoformat()
    raise RulesInvalid(f"{path}: {where} is {value!r}.", f"The column needs {KINDS[type_]}.")
