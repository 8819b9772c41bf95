"""What if: the features of a changed transaction are those it would have, nothing in the store moves."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from domain.errors import InvalidChange, UnknownAlert
from domain.pipeline import ensure_features
from domain.plausible import plausible_changes
from domain.progress import finish
from domain.store.imagined import imagined_features
from domain.transactions import CONTRACT, Transaction
from domain.what_if import changed, counterfactual, parse_change, what_if
from tests.simulated import Simulated, simulated
from tests.stores import START


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    made = simulated(tmp_path_factory.mktemp("imagined"))
    yield made
    made.store.close()


def fingerprint(world: Simulated) -> int:
    return world.store.database.number(
        "SELECT hash(list(h ORDER BY h)) // 4 FROM (SELECT hash(t) AS h FROM transactions t)"
    )


def test_a_transaction_imagined_as_it_was_has_the_features_it_has(world: Simulated) -> None:
    names = world.store.features.names()
    stored = world.store.features.sample(40, names)
    transactions = world.store.transactions.get([*world.alerted(20), *stored.transaction_ids.tolist()])
    expected = world.store.features.matrix(ids=[transaction.transaction_id for transaction in transactions])
    found = imagined_features(world.store.database, transactions, names)
    assert found.transaction_ids.tolist() == expected.transaction_ids.tolist()
    np.testing.assert_allclose(found.values, expected.values, rtol=1e-9, atol=1e-9)


def test_a_changed_transaction_has_the_features_it_would_have_in_the_store(world: Simulated) -> None:
    """The same change written into the store and rolled back."""
    [one, other] = world.store.transactions.get(world.alerted(2))
    later = replace(
        one, amount=12.5, occurred_at=one.occurred_at + timedelta(days=2, hours=3), merchant_id=other.merchant_id,
        terminal_id=other.terminal_id, device_id=other.device_id, counterparty_id=other.counterparty_id,
        merchant_category=other.merchant_category, country="FR",
    )  # fmt: skip
    names = world.store.features.names()
    found = imagined_features(world.store.database, [one, later], names).values[1]
    fields = [column.name for column in CONTRACT]
    with pytest.raises(RollBack), world.store.transaction():
        world.store.database.execute(
            f"UPDATE transactions SET {', '.join(f'{name} = ?' for name in fields)} WHERE transaction_id = ?",
            [*(getattr(later, name) for name in fields), one.transaction_id],
        )
        finish(world.store.features.compute())
        written = world.store.features.matrix(ids=[one.transaction_id]).values[0]
        raise RollBack
    np.testing.assert_allclose(found, written, rtol=1e-9, atol=1e-9)


class RollBack(Exception):
    pass


def test_nothing_in_the_store_changes(world: Simulated) -> None:
    before = fingerprint(world)
    what_if(world.store, world.scorer, world.alerted(1)[0], {"amount": 1.0}, 0.5)
    counterfactual(world.store, world.scorer, world.alerted(1)[0], 0.5)
    assert fingerprint(world) == before and world.store.features.current()
    finish(ensure_features(world.store))


def test_moves_add_up_to_the_change_of_the_score(world: Simulated) -> None:
    result = what_if(world.store, world.scorer, world.alerted(3)[2], {"amount": 1.0}, 0.5)
    assert [(change.field, change.after) for change in result.changes] == [("amount", 1.0)]

    def log_odds(score: float) -> float:
        return float(np.log(score / (1 - score)))

    moved = sum(move.after - move.before for move in result.moves)
    assert moved == pytest.approx(log_odds(result.score) - log_odds(result.score_before), abs=1e-6)
    amounts = [item for item in result.evidence if item.kind.startswith("amount")]
    assert all("1.00" in item.statement for item in amounts)


def test_no_change_moves_nothing(world: Simulated) -> None:
    result = what_if(world.store, world.scorer, world.alerted(1)[0], {}, 0.5)
    assert result.changes == () and result.moves == () and result.score == pytest.approx(result.score_before)


def test_a_counterfactual_is_under_the_threshold_and_changes_the_fewest_kinds(world: Simulated) -> None:
    threshold = world.store.alerts.threshold(world.scorer.version.classifier_id)
    found = [counterfactual(world.store, world.scorer, id_, threshold) for id_ in world.alerted(6)]
    assert any(each.found for each in found)
    for each in found:
        assert each.found is (each.result is not None)
        if each.result is not None:
            assert each.result.score < threshold <= each.result.score_before
            assert each.result.changes


def test_none_is_found_where_nothing_suffices(world: Simulated) -> None:
    found = counterfactual(world.store, world.scorer, world.alerted(1)[0], 0.0)
    assert not found.found and found.result is None and found.tried


def payment(number: int, **fields: object) -> Transaction:
    at = START + timedelta(days=number)
    return Transaction(f"T-{number}", at, "C-1", 20.0, channel="pos", **fields)  # type: ignore[arg-type]


def test_changes_are_to_what_the_customer_does() -> None:
    history = [payment(number, terminal_id="K-1", merchant_id="M-1", country="DE") for number in range(5)]
    this = replace(payment(9, terminal_id="K-9", merchant_id="M-9", country="FR"), amount=320.0)
    this = replace(this, occurred_at=this.occurred_at.replace(hour=3))
    amount, time, place = plausible_changes(this, history)
    assert [step["amount"] for step in amount.steps] == [160.0, 80.0, 40.0, 20.0]
    assert time.steps[0] == {"occurred_at": this.occurred_at.replace(hour=8)}
    assert place.steps[0]["terminal_id"] == "K-1" and place.steps[0]["country"] == "DE"


def test_without_a_history_nothing_is_plausible() -> None:
    assert plausible_changes(payment(1, device_id="D-1"), []) == ()


def test_the_balance_follows_the_amount() -> None:
    this = replace(payment(1), amount=20.0, balance_before=100.0, balance_after=80.0)
    assert changed(this, {"amount": 5.0}).balance_after == 95.0


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [("amount", "1,250.5", 1250.5), ("approved", "no", False), ("device_id", " D-1 ", "D-1"), ("country", "", None)],
)
def test_what_a_person_types_is_read(field: str, text: str, value: object) -> None:
    assert parse_change(field, text) == (field, value)


@pytest.mark.parametrize(
    ("field", "text", "complaint"),
    [
        ("label", "true", "'label' cannot be changed"),
        ("customer_id", "C-2", "'customer_id' cannot be changed"),
        ("amount", "-3", "amount cannot be '-3'"),
        ("amount", "inf", "amount cannot be 'inf'"),
        ("amount", "", "amount cannot be empty"),
        ("occurred_at", "yesterday", "a time like"),
        ("approved", "perhaps", "yes or no"),
        ("amount", "0,86", "amount cannot be '0,86'"),
        ("amount", "1,25,000", "amount cannot be"),
    ],
)
def test_what_cannot_be_is_refused_by_field(field: str, text: str, complaint: str) -> None:
    with pytest.raises(InvalidChange, match=complaint):
        parse_change(field, text)


def test_an_unknown_transaction_is_named(world: Simulated) -> None:
    with pytest.raises(UnknownAlert, match="T-unheard"):
        what_if(world.store, world.scorer, "T-unheard", {}, 0.5)
