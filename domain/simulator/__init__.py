"""Simulated transactions for the demo and the tests: customers with habits, documented frauds, honest look-alikes.

Nothing here is drawn from real people or from another's data set. The same arguments give the same rows.
"""

from dataclasses import dataclass, fields
from datetime import datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from domain.simulator.genuine import DAY, genuine_payments
from domain.simulator.ledger import balances
from domain.simulator.rows import DEVICES_PER_CUSTOMER, NONE, Rows
from domain.simulator.typologies import SCENARIOS, STOLEN_DEVICES, Scene, fraud_rows
from domain.simulator.world import ALL_CATEGORY_NAMES, CHANNELS, CURRENCY, Floats, Ints, World, build_world

DEFAULT_START = datetime(2026, 1, 5)
MEMOS = {"bills": "invoice", "salary": "salary", "transfer": "transfer"}
Objects = NDArray[np.object_]


@dataclass(frozen=True)
class SimulatedTransactions:
    """Columns of CONTRACT (`domain.transactions`), one array each, sorted by time; absent values are None, NaN, NaT."""

    transaction_id: Objects
    occurred_at: NDArray[np.datetime64]
    customer_id: Objects
    amount: Floats
    currency: Objects
    merchant_id: Objects
    terminal_id: Objects
    merchant_category: Objects
    channel: Objects
    country: Objects
    customer_home_country: Objects
    latitude: Floats
    longitude: Floats
    device_id: Objects
    counterparty_id: Objects
    balance_before: Floats
    balance_after: Floats
    approved: NDArray[np.bool_]
    memo: Objects
    label: NDArray[np.bool_]
    label_time: NDArray[np.datetime64]
    label_scenario: Objects

    def __len__(self) -> int:
        return len(self.transaction_id)

    def arrow(self) -> pa.Table:
        """The same columns as an Arrow table, absent values as nulls: ready to be read by DuckDB."""
        return pa.table({field.name: pa.array(getattr(self, field.name), from_pandas=True) for field in fields(self)})


def simulate(customers: int, days: int, seed: int, start: datetime = DEFAULT_START) -> SimulatedTransactions:
    """About 1.5 transactions per customer and day over `days` days from `start`; about one in a hundred is fraud.

    `label_time` is when the bank learns of a fraud (days after it); genuine rows have none.
    Raises ValueError where there are fewer than 10 customers or 10 days.
    """
    if customers < 10 or days < 10:
        raise ValueError(f"a simulation needs at least 10 customers and 10 days, not {customers} and {days}")
    rng = np.random.default_rng(seed)
    world = build_world(customers, rng)
    genuine = _tidy(genuine_payments(world, days, start.weekday(), rng), days)
    _, after = balances(world, genuine)
    by_customer = np.lexsort((genuine["at"], genuine["customer"]))
    scene = Scene(world, days, genuine[by_customer], after[by_customer])
    rows = _tidy(np.concatenate([genuine, fraud_rows(scene, rng)]), days)
    return _columns(world, rows, start, rng)


def _tidy(rows: Rows, days: int) -> Rows:
    """Whole seconds within the span, positive cents, sorted by time."""
    rows = rows[(rows["at"] >= 0) & (rows["at"] < days * DAY)]
    rows["at"] = np.floor(rows["at"])
    rows["amount"] = np.maximum(np.round(rows["amount"], 2), 0.5)
    return rows[np.argsort(rows["at"], kind="stable")]


def _named(prefix: str, codes: Ints) -> Objects:
    """'P-000012' for each code, None where it is NONE. Each distinct name is one object."""
    known, inverse = np.unique(codes, return_inverse=True)
    names = np.array([None if code == NONE else f"{prefix}{code:06d}" for code in known.tolist()], dtype=object)
    return names[inverse]


def _device_names(codes: Ints) -> Objects:
    known, inverse = np.unique(codes, return_inverse=True)
    own = DEVICES_PER_CUSTOMER * 10**8
    names = [
        None if code == NONE else f"D-{code + (own if code >= STOLEN_DEVICES else 0) * 7919 % 0xFFFFFF:08x}"
        for code in known.tolist()
    ]
    return np.array(names, dtype=object)[inverse]


def _columns(world: World, rows: Rows, start: datetime, rng: np.random.Generator) -> SimulatedTransactions:
    people = world.customers
    home = world.city_country[people.city]
    code_of = np.array([CURRENCY.get(country, ("EUR", 1.0))[0] for country in home], dtype=object)
    rate_of = np.array([CURRENCY.get(country, ("EUR", 1.0))[1] for country in home])
    rate = rate_of[rows["customer"]]
    before, after = balances(world, rows)
    occurred = np.datetime64(start, "us") + (rows["at"] * 1e6).astype("timedelta64[us]")
    fraud = rows["scenario"] > 0
    delay = np.clip(rng.lognormal(np.log(4.0), 0.7, len(rows)), 0.2, 30.0) * DAY
    label_time = occurred + (np.floor(delay) * 1e6).astype("timedelta64[us]")
    categories = np.array(ALL_CATEGORY_NAMES, dtype=object)
    scenarios = np.array([None, *(scenario.name for scenario in SCENARIOS)], dtype=object)
    return SimulatedTransactions(
        transaction_id=np.array([f"T-{number:08d}" for number in range(1, len(rows) + 1)], dtype=object),
        occurred_at=occurred,
        customer_id=_named("C-", rows["customer"]),
        amount=np.round(rows["amount"] * rate, 2),
        currency=code_of[rows["customer"]],
        merchant_id=_named("M-", rows["merchant"]),
        terminal_id=_named("K-", rows["terminal"]),
        merchant_category=categories[rows["category"]],
        channel=np.array(CHANNELS, dtype=object)[rows["channel"]],
        country=world.city_country.astype(object)[rows["city"]],
        customer_home_country=home.astype(object)[rows["customer"]],
        latitude=np.round(rows["latitude"], 4),
        longitude=np.round(rows["longitude"], 4),
        device_id=_device_names(rows["device"]),
        counterparty_id=_named("C-", rows["counterparty"]),
        balance_before=np.round(before * rate, 2),
        balance_after=np.round(after * rate, 2),
        approved=rows["approved"],
        memo=np.array([MEMOS.get(name) for name in ALL_CATEGORY_NAMES], dtype=object)[rows["category"]],
        label=fraud,
        label_time=np.where(fraud, label_time, np.datetime64("NaT")),
        label_scenario=scenarios[rows["scenario"]],
    )
