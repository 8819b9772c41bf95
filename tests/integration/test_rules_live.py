"""Rules on a store: what they hit, their figures from known outcomes only, going live with an audit entry."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.deciding import decide
from domain.errors import UnknownRule
from domain.pipeline import ensure_features
from domain.progress import finish
from domain.rules import DetectionRule, RuleCondition
from domain.rules_live import disable, dry_run, enable, rule_states
from domain.scoring import Alert
from domain.store import Store
from domain.transactions import Period, Transaction
from tests.stores import START, new_store, put

NOW = datetime(2026, 6, 1, tzinfo=UTC)
LARGE = DetectionRule("large", "at least 100", (RuleCondition("amount", "amount", ">=", 100.0),), ())


def payment(number: int, days: float, amount: float, **fields: object) -> Transaction:
    at = START + timedelta(days=days)
    return Transaction(f"T-{number}", at, "C-1", amount, **fields)  # type: ignore[arg-type]


def alert(transaction_id: str, origin: str = "model") -> Alert:
    return Alert(f"A-{transaction_id}", transaction_id, "c", 0.9, 0.5, "high", origin, NOW)  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Known at the end (day 30): T-0 fraud, T-1 genuine, T-2 fraud but learned too late, T-4 small; T-3 unlabelled."""
    with new_store(tmp_path) as open_store:
        put(
            open_store,
            [
                payment(0, 0, 500.0, label=True, label_time=START + timedelta(days=3), channel="pos"),
                payment(1, 1, 200.0, label=False, channel="online", approved=True),
                payment(2, 2, 300.0, label=True, label_time=START + timedelta(days=60), channel="atm"),
                payment(3, 3, 400.0),
                payment(4, 4, 10.0, label=True, label_time=START + timedelta(days=5)),
                payment(5, 30, 5.0, label=False),
            ],
        )
        finish(ensure_features(open_store))
        open_store.alerts.replace_alerts([alert("T-0"), alert("T-3"), alert("T-4"), alert("T-1", "upstream")])
        yield open_store


def test_a_dry_run_counts_known_outcomes_only(store: Store) -> None:
    found = dry_run(store, LARGE)
    assert (found.hits, found.known, found.frauds, found.precision) == (4, 2, 1, 0.5)
    assert found.capture == 0.5  # of T-0 and T-4
    assert (found.alerts, found.overlap) == (3, 2)  # what another system flagged is not the model's


def test_a_decision_is_an_outcome_and_overrules_the_label(store: Store) -> None:
    decide(store, "A-T-3", "confirmed_fraud", "", actor="tester", now=NOW)
    decide(store, "A-T-0", "false_positive", "", actor="tester", now=NOW)
    found = dry_run(store, LARGE)
    assert (found.known, found.frauds) == (3, 1)


def test_nothing_known_gives_no_precision(store: Store) -> None:
    period = Period(START + timedelta(days=2), START + timedelta(days=4))
    found = dry_run(store, LARGE, period)
    assert (found.hits, found.known, found.precision) == (2, 0, None)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (RuleCondition("channel", "text", "in", ("pos", "atm")), {"T-0", "T-2"}),
        (RuleCondition("channel", "text", "!=", "pos"), {"T-1", "T-2"}),  # an absent channel is no other channel
        (RuleCondition("channel", "text", "==", "pos' OR 'a' = 'a"), set()),
        (RuleCondition("approved", "flag", "==", True), {"T-1"}),
        (RuleCondition("occurred_at", "time", "<", (START + timedelta(days=1)).isoformat()), {"T-0"}),
        (RuleCondition("customer_count_7d", "number", ">=", 5.0), {"T-4"}),
    ],
)
def test_conditions_are_over_columns_and_features(store: Store, condition: RuleCondition, expected: set[str]) -> None:
    ids = [f"T-{number}" for number in range(6)]
    assert set(store.rules.hits([replace(LARGE, all_of=(condition,))], ids)) == expected
    assert set(store.rules.hits([replace(LARGE, all_of=(), any_of=(condition,))], ids)) == expected


def test_all_and_any_are_both_needed(store: Store) -> None:
    pos = RuleCondition("channel", "text", "==", "pos")
    small = RuleCondition("amount", "amount", "<", 20.0)
    ids = [f"T-{number}" for number in range(6)]
    assert set(store.rules.hits([replace(LARGE, any_of=(pos, small))], ids)) == {"T-0"}


def test_going_live_and_back_is_audited(store: Store) -> None:
    enable(store, LARGE, actor="ann", now=NOW)
    assert store.rules.live() == (LARGE,)
    disable(store, "large", actor="ben")
    assert store.rules.live() == ()
    entries = [(entry.actor, entry.action, entry.subject) for entry in store.audit.entries()]
    assert entries == [("ann", "enable_rule", "large"), ("ben", "disable_rule", "large")]
    assert '"hits":4' in store.audit.entries()[0].details
    with pytest.raises(UnknownRule, match="No rule is live"):
        disable(store, "large", actor="ben")


def test_an_edited_file_changes_nothing_that_is_live(store: Store) -> None:
    enable(store, LARGE, actor="ann", now=NOW)
    edited = replace(LARGE, description="another")
    [state] = rule_states(store, [edited])
    assert state.enabled and state.changed and store.rules.live() == (LARGE,)
    [gone] = rule_states(store, [])
    assert gone.enabled and gone.changed and gone.rule == LARGE
    [new] = rule_states(store, [replace(LARGE, name="a new one")])[:1]
    assert not new.enabled and not new.changed
