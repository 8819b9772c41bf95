"""Detection rules as SQL: columns from a fixed list, values always bound. Nothing of a rule's text becomes SQL."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from pydantic import TypeAdapter

from domain.rules import DetectionRule, RuleCondition
from domain.store.database import Database
from domain.store.features import KNOWN_AT, families
from domain.store.times import to_utc
from domain.transactions import CONTRACT, ColumnType, Period

COLUMNS = {
    **{name: f"f.{name}" for family in families() for name in family.gives},
    **{column.name: f"t.{column.name}" for column in CONTRACT},
}
TYPES: dict[ColumnType, str] = {
    "text": "VARCHAR", "time": "TIMESTAMP", "amount": "DOUBLE", "number": "DOUBLE", "flag": "BOOLEAN",
}  # fmt: skip
OPERATORS = {">=": ">=", ">": ">", "<=": "<=", "<": "<", "==": "=", "!=": "<>"}


@dataclass(frozen=True, slots=True)
class RuleCounts:
    """What a rule would have done. `known` of the `hits` have a known outcome, `frauds` of those were fraud.

    `alerts` are the model's, `overlap` those that the rule hits too; `all_frauds` are all that are known.
    """

    hits: int
    known: int
    frauds: int
    alerts: int
    overlap: int
    all_frauds: int


class RuleTable:
    """The rules that are live, and what any rule hits."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def live(self) -> tuple[DetectionRule, ...]:
        """As they were when they were enabled, by name."""
        rows = self._database.query("SELECT definition FROM live_rules ORDER BY name")
        return tuple(_adapter().validate_json(row[0]) for row in rows)

    def put(self, rule: DetectionRule, actor: str, now: datetime) -> None:
        """Takes the place of a live rule of the same name."""
        self._database.execute(
            "INSERT OR REPLACE INTO live_rules VALUES (?, ?, ?, ?)",
            [rule.name, _adapter().dump_json(rule).decode(), to_utc(now), actor],
        )

    def remove(self, name: str) -> None:
        self._database.execute("DELETE FROM live_rules WHERE name = ?", [name])

    def hits(self, rules: Sequence[DetectionRule], ids: Sequence[str]) -> Mapping[str, tuple[DetectionRule, ...]]:
        """By transaction id of `ids`, the rules it meets, in the order given; one that meets none is left out."""
        found: dict[str, list[DetectionRule]] = defaultdict(list)
        for rule in rules:
            condition, bound = _sql(rule)
            rows = self._database.query(
                f"""SELECT t.transaction_id FROM transactions AS t JOIN features AS f USING (transaction_id)
                    WHERE t.transaction_id IN (SELECT unnest(?::VARCHAR[])) AND {condition}""",
                [list(ids), *bound],
            )
            for (id_,) in rows:
                found[id_].append(rule)
        return {id_: tuple(met) for id_, met in found.items()}

    def counts(self, rule: DetectionRule, period: Period | None = None) -> RuleCounts:
        """Over `period` (default: all). An outcome is an analyst's decision, else a label known by the store's end."""
        condition, bound = _sql(rule)
        span = "t.occurred_at >= ? AND t.occurred_at < ?" if period else "true"
        row = self._database.first(
            f"""WITH held AS (
                    SELECT DISTINCT ON (alert_id) alert_id, disposition
                    FROM decisions ORDER BY alert_id, sequence DESC
                ), judged AS (
                    SELECT {condition} AS hit, coalesce(a.origin = 'model', false) AS alerted,
                           CASE WHEN d.disposition = 'confirmed_fraud' THEN true
                                WHEN d.disposition = 'false_positive' THEN false
                                WHEN {KNOWN_AT} <= (SELECT max(occurred_at) FROM transactions) THEN t.label
                           END AS fraud
                    FROM transactions AS t JOIN features AS f USING (transaction_id)
                    LEFT JOIN alerts AS a USING (transaction_id) LEFT JOIN held AS d USING (alert_id)
                    WHERE {span}
                )
                SELECT count(*) FILTER (hit), count(fraud) FILTER (hit), count(*) FILTER (hit AND fraud),
                       count(*) FILTER (alerted), count(*) FILTER (hit AND alerted), count(*) FILTER (fraud)
                FROM judged""",
            [*bound, *([period.start, period.end] if period else [])],
        )
        return RuleCounts(*(row or (0, 0, 0, 0, 0, 0)))


def _sql(rule: DetectionRule) -> tuple[str, list[object]]:
    """The rule as a condition over `t` (transactions) and `f` (features), never null, and the values to bind."""
    bound: list[object] = []
    parts = [_compared(condition, bound) for condition in rule.all_of]
    if rule.any_of:
        parts.append("(" + " OR ".join(_compared(condition, bound) for condition in rule.any_of) + ")")
    return f"coalesce({' AND '.join(parts)}, false)", bound


def _compared(condition: RuleCondition, bound: list[object]) -> str:
    column, type_ = COLUMNS[condition.column], TYPES[condition.type]
    if condition.operator == "in":
        bound.append(list(condition.value) if isinstance(condition.value, tuple) else [condition.value])
        return f"coalesce(list_contains(?::{type_}[], {column}), false)"
    bound.append(condition.value)
    return f"coalesce({column} {OPERATORS[condition.operator]} ?::{type_}, false)"


@cache
def _adapter() -> TypeAdapter[DetectionRule]:
    return TypeAdapter(DetectionRule)
