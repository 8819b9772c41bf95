"""Balances: what each account held before and after every payment, never below nothing."""

import numpy as np

from domain.simulator.rows import Rows
from domain.simulator.world import Floats, Ints, World

CENTS = 100
APART = 10**13  # more cents than any account moves: keeps accounts apart in one running minimum


def balances(world: World, rows: Rows) -> tuple[Floats, Floats]:
    """Balance in euro before and after each of `rows`, which are sorted by time.

    An account earns what others send it, pays its approved payments, and cannot fall below zero: a payment that the
    balance does not bear takes what is there (an overdraft given and paid back outside the record).
    """
    people = world.customers
    count = len(people.city)
    amount = np.rint(rows["amount"] * CENTS).astype(np.int64) * rows["approved"]
    received = np.flatnonzero((rows["counterparty"] >= 0) & (rows["counterparty"] < count))
    opening = np.rint((people.salary * 1.2 + 400 + 300_000 * people.business + 5e7 * people.employer) * CENTS)
    account = np.concatenate([np.arange(count), rows["customer"], rows["counterparty"][received]])
    moment = np.concatenate([np.full(count, -1), np.arange(len(rows)), received])
    change = np.concatenate([opening.astype(np.int64), -amount, amount[received]])
    order = np.lexsort((moment, account))
    after = _floored(account[order], change[order])
    before = np.concatenate([[0], after[:-1]])
    position = np.empty(len(order), dtype=np.int64)
    position[order] = np.arange(len(order))
    own = position[count : count + len(rows)]
    return before[own] / CENTS, after[own] / CENTS


def _floored(account: Ints, change: Ints) -> Ints:
    """Running sum within each account that never falls below zero (Lindley's recursion, by a running minimum)."""
    total = np.cumsum(change)
    first = np.searchsorted(account, np.arange(account[-1] + 1))
    total = total - np.concatenate([[0], total])[first][account]
    lowest = np.minimum.accumulate(total - account * APART) + account * APART
    balance: Ints = total - np.minimum(lowest, 0)
    return balance
