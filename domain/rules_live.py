"""Trying rules on history, and letting them go live: never without a dry run, never without an audit entry."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from domain.access.roles import require
from domain.errors import UnknownRule
from domain.rules import DetectionRule
from domain.store import Store
from domain.transactions import Period


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a rule would have done on the store's history.

    `precision` is the share of fraud among hits with a known outcome, `capture` the share of all known frauds that the
    rule hits; None where nothing is known. `overlap` is how many of the model's `alerts` it hits too.
    """

    rule: str
    hits: int
    known: int
    frauds: int
    precision: float | None
    capture: float | None
    alerts: int
    overlap: int


@dataclass(frozen=True, slots=True)
class RuleState:
    """A declared rule: whether it is live, and whether its file differs from what went live."""

    rule: DetectionRule
    enabled: bool
    changed: bool


def dry_run(store: Store, rule: DetectionRule, period: Period | None = None) -> DryRun:
    """Changes nothing. Features must be made (`pipeline.ensure_features`)."""
    found = store.rules.counts(rule, period)
    return DryRun(
        rule.name,
        found.hits,
        found.known,
        found.frauds,
        found.frauds / found.known if found.known else None,
        found.frauds / found.all_frauds if found.all_frauds else None,
        found.alerts,
        found.overlap,
    )


def enable(store: Store, rule: DetectionRule, *, actor: str, now: datetime) -> DryRun:
    """From now on the rule's hits are evidence; the audit entry holds what the dry run found."""
    require(store.person, "model")
    with store.transaction():
        found = dry_run(store, rule)
        store.rules.put(rule, actor, now)
        store.audit.append(actor, "enable_rule", rule.name, {k: v for k, v in asdict(found).items() if k != "rule"})
    return found


def disable(store: Store, name: str, *, actor: str) -> None:
    """Raises UnknownRule where no live rule has the name."""
    require(store.person, "model")
    with store.transaction():
        live = [rule.name for rule in store.rules.live()]
        if name not in live:
            raise UnknownRule(
                f"No live rule has the name {name!r}.", f"Live: {', '.join(live)}." if live else "No rule is live."
            )
        store.rules.remove(name)
        store.audit.append(actor, "disable_rule", name, {})


def rule_states(store: Store, declared: Sequence[DetectionRule]) -> tuple[RuleState, ...]:
    """All rules that are declared or live, by name; a live one whose file is gone counts as changed."""
    live = {rule.name: rule for rule in store.rules.live()}
    files = {rule.name: rule for rule in declared}
    return tuple(
        RuleState(files.get(name) or live[name], name in live, name in live and files.get(name) != live[name])
        for name in sorted({*live, *files})
    )
