"""The working form of simulated payments: one structured array, small codes instead of names."""

import numpy as np
from numpy.typing import NDArray

from domain.simulator.world import ATM, CASH, ONLINE, POS, WIRE, Floats, Ints, World

NONE = -1
# `at` is seconds from the start, `amount` euro, `scenario` an index into typologies.SCENARIOS (0: genuine).
ROW = np.dtype(
    [
        ("customer", "i8"), ("at", "f8"), ("amount", "f8"), ("merchant", "i8"), ("terminal", "i8"), ("category", "i8"),
        ("channel", "i8"), ("city", "i8"), ("latitude", "f8"), ("longitude", "f8"), ("device", "i8"),
        ("counterparty", "i8"), ("approved", "?"), ("scenario", "i8"),
    ]
)  # fmt: skip
Rows = NDArray[np.void]
DEVICES_PER_CUSTOMER = 4  # numbers 0..3 belong to the customer, stolen and borrowed ones are numbered from the top


def blank(count: int) -> Rows:
    """`count` approved genuine rows without place, merchant, device or counterparty."""
    rows = np.zeros(count, dtype=ROW)
    for name in ("merchant", "terminal", "city", "device", "counterparty"):
        rows[name] = NONE
    rows["latitude"] = rows["longitude"] = np.nan
    rows["approved"] = True
    return rows


def card_payments(
    world: World, customer: Ints, at: Floats, amount: Floats, merchant: Ints, device: Ints, rng: np.random.Generator
) -> Rows:
    """Payments at shops: a physical one gets a terminal and its place, an online one `device`."""
    rows = blank(len(customer))
    shops = world.merchants
    online = shops.online[merchant]
    terminal = shops.first_terminal[merchant] + rng.integers(0, np.maximum(shops.terminals[merchant], 1))
    rows["customer"], rows["at"], rows["amount"], rows["merchant"] = customer, at, amount, merchant
    rows["category"] = shops.category[merchant]
    rows["city"] = shops.city[merchant]
    cash = rows["category"] == CASH
    rows["channel"] = np.where(online, ONLINE, np.where(cash, ATM, POS))
    rows["terminal"] = np.where(online, NONE, terminal)
    rows["latitude"], rows["longitude"] = shops.latitude[merchant], shops.longitude[merchant]
    rows["device"] = np.where(online, device, NONE)
    return rows


def transfers(
    world: World, customer: Ints, at: Floats, amount: Floats, counterparty: Ints, device: Ints, category: int
) -> Rows:
    """Money sent from an account to another."""
    rows = blank(len(customer))
    rows["customer"], rows["at"], rows["amount"], rows["counterparty"] = customer, at, amount, counterparty
    rows["category"], rows["channel"], rows["device"] = category, WIRE, device
    rows["city"] = world.customers.city[customer]
    return rows


def own_device(customer: Ints, devices: Ints, rng: np.random.Generator) -> Ints:
    """One of the devices the customer uses."""
    return customer * DEVICES_PER_CUSTOMER + rng.integers(0, devices[customer])
