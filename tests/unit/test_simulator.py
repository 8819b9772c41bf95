"""Simulated transactions: reproducible, within the contract, and every typology looks like what it is called."""

from datetime import datetime
from functools import cache

import numpy as np
import pandas as pd
import pytest

from domain.simulator import SimulatedTransactions, simulate
from domain.simulator.typologies import SCENARIOS
from domain.transactions import CONTRACT


@cache
def simulated() -> SimulatedTransactions:
    return simulate(400, 100, seed=7)


@cache
def frame() -> pd.DataFrame:
    return simulated().arrow().to_pandas()


def frauds(name: str) -> pd.DataFrame:
    return frame()[frame().label_scenario == name]


def test_the_same_seed_gives_the_same_rows_and_another_seed_others() -> None:
    first, again, other = (simulate(40, 30, seed).arrow() for seed in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)


def test_columns_are_those_of_the_contract() -> None:
    names = [column.name for column in CONTRACT]
    assert [name for name in names if name in simulated().arrow().column_names] == simulated().arrow().column_names
    for column in CONTRACT:
        if column.required:
            assert frame()[column.name].notna().all()


def test_rows_are_plausible() -> None:
    rows = frame()
    assert rows.transaction_id.is_unique
    assert rows.occurred_at.is_monotonic_increasing
    assert rows.occurred_at.min() >= datetime(2026, 1, 5)
    assert (rows.amount > 0).all() and (rows.balance_before >= 0).all() and (rows.balance_after >= 0).all()
    assert 0.005 < rows.label.mean() < 0.02
    assert 1.0 < len(rows) / (400 * 100) < 2.0
    assert rows.groupby("customer_id").currency.nunique().max() == 1
    assert rows.currency.nunique() > 1


def test_an_account_pays_what_its_balance_says() -> None:
    rows = frame()
    paid = rows[rows.approved & (rows.balance_before > rows.amount + 1)]
    assert np.allclose(paid.balance_before - paid.amount, paid.balance_after, atol=0.02)
    declined = rows[~rows.approved]
    assert len(declined) and np.allclose(declined.balance_before, declined.balance_after)


def test_frauds_are_known_only_later() -> None:
    rows = frame()
    assert (rows.label_time.notna() == rows.label).all()
    assert (rows[rows.label].label_time > rows[rows.label].occurred_at).all()


@pytest.mark.parametrize("name", [scenario.name for scenario in SCENARIOS])
def test_every_typology_occurs_and_is_labelled(name: str) -> None:
    assert len(frauds(name)) and frauds(name).label.all()


def test_typologies_look_like_their_names() -> None:
    assert (frauds("structuring").amount.between(8500, 10000)).all()
    assert (frauds("card testing").amount < 10).mean() > 0.5
    push = frauds("first-payee push payment")
    assert (push.amount / push.balance_before).median() > 0.3
    assert set(push.channel) == {"transfer"} and not push.counterparty_id.isna().any()
    burst = frauds("velocity burst").sort_values(["customer_id", "occurred_at"])
    assert burst.groupby("customer_id").size().max() >= 6
    dormant = frauds("dormant reactivation")
    for _, row in dormant.groupby("customer_id").first().reset_index().iterrows():
        before = frame()[(frame().customer_id == row.customer_id) & (frame().occurred_at < row.occurred_at)]
        genuine = before[~before.label]
        assert (row.occurred_at - genuine.occurred_at.max()).days >= 30


def test_detection_is_not_trivial() -> None:
    genuine = frame()[~frame().label]
    assert (genuine.amount > frauds("card-not-present fraud").amount.median()).sum() > 100
    assert (genuine.country != genuine.customer_home_country).mean() > 0.01
    assert (genuine.amount.between(8500, 10000)).sum() > 5


@pytest.mark.parametrize(("customers", "days"), [(9, 30), (30, 9)])
def test_too_small_a_world_is_refused(customers: int, days: int) -> None:
    with pytest.raises(ValueError, match="at least"):
        simulate(customers, days, seed=1)
