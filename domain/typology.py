"""Fraud patterns recognised from evidence by declared rules, one TOML file each in resources/typologies.

    name = "impossible travel"
    rule = "the card was used farther away than anyone can travel in the time"   # shown to people
    priority = 20                                    # of several rules that hold, the lowest number is the pattern
    [[all]]                                          # every one of these must hold ...
    kind = "travel_speed"                            # the kind of evidence (domain.statements)
    operator = ">="                                  # >= > <= < == !=, or within: from the first of two to the second
    value = 500                                      # in the unit of that evidence
    [[any]]                                          # ... and, where there are any, one of these

A condition may also name `features` (the evidence must tell one of them), `measure` ("value", the default, or
"times_baseline": value over baseline) and `direction` ("raises", the default, "lowers" or "either"). `weak = true`
lets it look beside the strongest evidence, at what moved the score too little to be listed: where the pattern rests on
such a piece, that is listed in place of the weakest (domain.explaining). It must name `features`.
"""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from domain import statements
from domain.errors import RulesInvalid
from domain.evidence import Evidence, Typology
from domain.rule_files import Table, check_keys, conditions, read_rule_file

Measure = Literal["value", "times_baseline"]
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
    "!=": operator.ne,
    "within": lambda measured, span: span[0] <= measured < span[1],
}
RULE_KEYS = {"name", "rule", "priority", "all", "any"}
CONDITION_KEYS = {"kind", "operator", "value", "features", "measure", "direction", "weak"}


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds for a piece of evidence of `kind` whose measure compares so with `value`."""

    kind: str
    operator: str
    value: float | str | tuple[float, float]
    features: tuple[str, ...] = ()
    measure: Measure = "value"
    direction: Literal["raises", "lowers", "either"] = "raises"
    weak: bool = False

    def holds(self, item: Evidence) -> bool:
        if item.kind != self.kind or (self.features and item.feature not in self.features):
            return False
        if self.direction not in ("either", item.direction):
            return False
        measured = item.value if self.measure == "value" else _times_baseline(item)
        if measured is None or isinstance(measured, str) is not isinstance(self.value, str):
            return False
        return OPERATORS[self.operator](measured, self.value)


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern, in words and in conditions."""

    name: str
    rule: str
    priority: int
    all_of: tuple[Condition, ...]
    any_of: tuple[Condition, ...]

    def matches(self, evidence: Sequence[Evidence]) -> tuple[str, ...]:
        """The ids of the evidence that the pattern rests on; empty where it does not hold."""
        needed = [_first(condition, evidence) for condition in self.all_of]
        further = [id_ for condition in self.any_of if (id_ := _first(condition, evidence))]
        if not all(needed) or (self.any_of and not further):
            return ()
        found = {id_ for id_ in (*needed, *further) if id_}
        return tuple(item.id for item in evidence if item.id in found)


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules, in the order in which they are tried."""

    rules: tuple[Rule, ...]

    @property
    def weak(self) -> tuple[Condition, ...]:
        """The conditions that look beside the strongest evidence too."""
        return tuple(each for rule in self.rules for each in (*rule.all_of, *rule.any_of) if each.weak)

    def may_rest_on(self, item: Evidence) -> bool:
        """Whether a pattern may rest on it though it is weak."""
        return any(condition.holds(item) for condition in self.weak)


def load_rules(folder: Path | None = None) -> Rules:
    """Reads all rules of `folder` (default: those shipped). Raises RulesInvalid naming the file and what is wrong."""
    source = folder or Path(str(files("resources") / "typologies"))
    rules = [_rule(path) for path in sorted(source.glob("*.toml"))]
    if len({rule.name for rule in rules}) < len(rules):
        raise RulesInvalid(f"Two files in {source} have the same name of a pattern.", "Give each pattern one file.")
    return Rules(tuple(sorted(rules, key=lambda rule: (rule.priority, rule.name))))


def recognise(rules: Rules, evidence: Sequence[Evidence]) -> Typology | None:
    """The first pattern that holds, with the ids of the evidence it rests on; None where none does."""
    for rule in rules.rules:
        ids = rule.matches(evidence)
        if ids:
            return Typology(rule.name, rule.rule, ids)
    return None


def _first(condition: Condition, evidence: Sequence[Evidence]) -> str:
    return next((item.id for item in evidence if condition.holds(item)), "")


def _times_baseline(item: Evidence) -> float | None:
    if isinstance(item.value, str) or not item.baseline:
        return None
    return item.value / item.baseline


def _rule(path: Path) -> Rule:
    content = read_rule_file(path, RULE_KEYS, ("name", "rule"), "domain/typology.py")
    if not isinstance(content.get("priority", 0), int):
        raise RulesInvalid(f"{path}: `priority` is no whole number.")
    all_of, any_of = conditions(path, content, _condition)
    return Rule(content["name"], content["rule"], content.get("priority", 100), all_of, any_of)


def _condition(path: Path, where: str, table: Table) -> Condition:
    check_keys(path, where, table, CONDITION_KEYS)
    kind = table.get("kind")
    if not isinstance(kind, str) or not callable(getattr(statements, kind, None)):
        raise RulesInvalid(f"{path}: {where} names the kind {kind!r}, which no evidence has.")
    if table.get("operator") not in OPERATORS:
        raise RulesInvalid(
            f"{path}: {where} has the operator {table.get('operator')!r}.", f"Use one of {' '.join(OPERATORS)}."
        )
    value = table.get("value")
    if table["operator"] == "within":
        if not isinstance(value, list) or [type(end) in (int, float) for end in value] != [True, True]:
            raise RulesInvalid(f"{path}: {where} needs two numbers as `value`, from and to.")
        value = tuple(value)
    elif isinstance(value, bool) or not isinstance(value, int | float | str):
        raise RulesInvalid(f"{path}: {where} needs a `value`, a number or a text.")
    if table.get("measure", "value") not in ("value", "times_baseline"):
        raise RulesInvalid(f"{path}: {where} has the measure {table['measure']!r}.", "Use value or times_baseline.")
    if table.get("direction", "raises") not in ("raises", "lowers", "either"):
        raise RulesInvalid(
            f"{path}: {where} has the direction {table['direction']!r}.", "Use raises, lowers or either."
        )
    if not isinstance(table.get("weak", False), bool):
        raise RulesInvalid(f"{path}: {where} has {table['weak']!r} for `weak`.", "Use true or false.")
    if table.get("weak") and not table.get("features"):
        raise RulesInvalid(f"{path}: {where} is weak and names no `features`.", "Name those to look at.")
    return Condition(**{**table, "value": value, "features": tuple(table.get("features", ()))})
