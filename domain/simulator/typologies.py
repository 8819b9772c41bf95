"""Frauds by typology. Each function draws episodes against customers as they stand and returns the fraud rows.

The amounts, hours and places overlap with genuine payments on purpose: a customer on a trip, a big purchase or a first
payee looks like a mild fraud, and a careful fraud looks like a normal payment.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from domain.simulator.genuine import DAY, GAP_DAYS
from domain.simulator.rows import NONE, Rows, card_payments, own_device, transfers
from domain.simulator.world import CASH, CATEGORY_NAMES, CITIES, CURRENCY, POS, TRANSFER, Floats, Ints, World

Random = np.random.Generator
LIMIT = 10_000.0
MOST_TAKEN = 25_000.0  # euro: more than that in one day stops at the bank's own limits
ROWS_PER_TERMINAL = 12
STOLEN_DEVICES = 10**9  # device numbers from here on belong to fraudsters


@dataclass(frozen=True)
class Scene:
    """What a fraudster finds: the world and the genuine rows, sorted by customer and time, with their balances."""

    world: World
    days: int
    rows: Rows
    balance: Floats

    @property
    def _key(self) -> Floats:
        key: Floats = self.rows["customer"] * 1e9 + self.rows["at"]
        return key

    def balance_at(self, customer: Ints, at: Floats) -> Floats:
        """Balance in euro after each customer's last genuine payment before `at`; 500 where there was none."""
        last = np.searchsorted(self._key, customer * 1e9 + at) - 1
        known = (last >= 0) & (self.rows["customer"][last] == customer)
        return np.where(known, self.balance[last], 500.0)

    def victims(self, episodes: int, rng: Random) -> Ints:
        """Private customers, drawn with return."""
        people = self.world.customers
        return rng.choice(np.flatnonzero(~people.employer), size=episodes)

    def times(self, episodes: int, night_share: float, rng: Random) -> Floats:
        """Starts of episodes, the given share of them between midnight and six."""
        hour = np.where(rng.random(episodes) < night_share, rng.uniform(0, 6, episodes), rng.uniform(8, 23, episodes))
        start: Floats = rng.integers(0, self.days, episodes) * DAY + hour * 3600
        return start


def _burst(customer: Ints, start: Floats, sizes: Ints, span_seconds: float, rng: Random) -> tuple[Ints, Floats, Ints]:
    """Repeats each episode's customer, with ascending moments within the span; also each row's place in its episode."""
    who = np.repeat(customer, sizes)
    position = np.arange(len(who)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    step = span_seconds / np.repeat(sizes, sizes)
    return who, np.repeat(start, sizes) + (position + rng.uniform(0, 0.9, len(who))) * step, position


def _strange_device(episodes: int, own: Ints, own_share: float, rng: Random) -> Ints:
    return np.where(rng.random(episodes) < own_share, own, STOLEN_DEVICES + rng.integers(0, max(1, episodes), episodes))


def _online(world: World, names: tuple[str, ...], count: int, rng: Random) -> Ints:
    kinds = rng.choice([CATEGORY_NAMES.index(name) for name in names], count)
    return world.pick_merchant(np.full(count, -1), kinds, rng)


def card_testing(scene: Scene, episodes: int, rng: Random) -> Rows:
    """Tiny online payments within half an hour, some declined, then one or two worth having."""
    victim, sizes = scene.victims(episodes, rng), rng.integers(4, 9, episodes)
    who, at, position = _burst(victim, scene.times(episodes, 0.5, rng), sizes, 1800, rng)
    last = position >= np.repeat(sizes, sizes) - rng.integers(1, 3, episodes).repeat(sizes)
    amount = np.where(last, rng.lognormal(np.log(160), 0.6, len(who)), rng.uniform(0.4, 4.5, len(who)))
    device = np.repeat(
        _strange_device(episodes, own_device(victim, scene.world.customers.devices, rng), 0.05, rng), sizes
    )
    merchant = np.repeat(_online(scene.world, ("digital", "gift cards"), episodes, rng), sizes)
    merchant = np.where(last, _online(scene.world, ("gift cards", "electronics"), len(who), rng), merchant)
    rows = card_payments(scene.world, who, at, amount, merchant, device, rng)
    rows["approved"] = rng.random(len(who)) > 0.3
    return rows


def card_not_present(scene: Scene, episodes: int, rng: Random) -> Rows:
    """Online orders of resaleable goods at shops new to the customer, well over the customer's usual amounts."""
    victim, sizes = scene.victims(episodes, rng), rng.integers(1, 4, episodes)
    who, at, _ = _burst(victim, scene.times(episodes, 0.35, rng), sizes, 5400, rng)
    factor = scene.world.customers.amount_factor[who]
    amount = factor * rng.lognormal(np.log(190), 0.7, len(who))
    device = np.repeat(
        _strange_device(episodes, own_device(victim, scene.world.customers.devices, rng), 0.2, rng), sizes
    )
    merchant = _online(scene.world, ("electronics", "gift cards", "jewellery", "clothing", "travel"), len(who), rng)
    return card_payments(scene.world, who, at, amount, merchant, device, rng)


def account_takeover(scene: Scene, episodes: int, rng: Random) -> Rows:
    """A stranger's device empties the account to a new payee in one to three transfers."""
    victim, sizes = scene.victims(episodes, rng), rng.integers(1, 4, episodes)
    start = scene.times(episodes, 0.5, rng)
    who, at, _ = _burst(victim, start, sizes, 3600, rng)
    taken = np.minimum(scene.balance_at(victim, start), MOST_TAKEN) * rng.uniform(0.55, 0.97, episodes)
    amount = np.repeat(taken / sizes, sizes) * rng.uniform(0.8, 1.0, len(who))
    device = np.repeat(STOLEN_DEVICES + rng.integers(0, 10**6, episodes), sizes)
    payee = np.repeat(_mule_accounts(scene, episodes, rng), sizes)
    return transfers(scene.world, who, at, amount, payee, device, TRANSFER)


def compromised_terminal(scene: Scene, episodes: int, rng: Random) -> Rows:
    """For ten to twenty days a corrupt terminal takes payments in the names of people of its city, by shop hours."""
    rows = scene.rows[scene.rows["channel"] == POS]
    busy, payments = np.unique(rows["terminal"], return_counts=True)
    busy = rng.permutation(busy[np.argsort(payments)[len(busy) // 2 :]])
    found: list[Rows] = []
    wanted = episodes * ROWS_PER_TERMINAL
    people = scene.world.customers
    while busy.size and sum(map(len, found)) < wanted:
        terminal, busy = busy[0], busy[1:]
        begin = rng.uniform(0, max(1.0, scene.days - 12.0)) * DAY
        here = (rows["terminal"] == terminal) & (rows["at"] >= begin) & (rows["at"] < begin + rng.uniform(10, 20) * DAY)
        taken = rows[here]
        taken = taken[rng.random(len(taken)) < 0.7][: 4 * ROWS_PER_TERMINAL]
        if not len(taken):
            continue
        neighbours = np.flatnonzero((people.city == taken["city"][0]) & ~people.employer)
        taken["customer"] = rng.choice(neighbours, len(taken)) if len(neighbours) else taken["customer"]
        taken["at"] += rng.uniform(-1.5, 1.5, len(taken)) * 3600
        taken["amount"] *= rng.lognormal(0.5, 0.4, len(taken))
        found.append(taken)
    return np.concatenate(found)


def impossible_travel(scene: Scene, episodes: int, rng: Random) -> Rows:
    """A cloned card pays in another city within two hours of its owner paying at home."""
    at_shop = np.flatnonzero(scene.rows["channel"] == POS)
    seen = scene.rows[rng.choice(at_shop, size=episodes)]
    sizes = rng.integers(1, 4, episodes)
    who, at, _ = _burst(seen["customer"], seen["at"] + rng.uniform(600, 5400, episodes), sizes, 3600, rng)
    away = (seen["city"] + rng.integers(3, len(CITIES), episodes)) % len(scene.world.city_latitude)
    away = np.repeat(away, sizes)
    kinds = [CATEGORY_NAMES.index(name) for name in ("electronics", "clothing", "jewellery", "fuel", "groceries")]
    merchant = scene.world.pick_merchant(away, rng.choice([*kinds, CASH], len(who)), rng)
    amount = scene.world.customers.amount_factor[who] * rng.lognormal(np.log(85), 0.8, len(who))
    return card_payments(scene.world, who, at, amount, merchant, np.full(len(who), NONE), rng)


def velocity_burst(scene: Scene, episodes: int, rng: Random) -> Rows:
    """Six to fourteen middling online payments within forty minutes."""
    victim, sizes = scene.victims(episodes, rng), rng.integers(6, 15, episodes)
    who, at, _ = _burst(victim, scene.times(episodes, 0.3, rng), sizes, 2400, rng)
    amount = scene.world.customers.amount_factor[who] * rng.lognormal(np.log(42), 0.6, len(who))
    device = np.repeat(
        _strange_device(episodes, own_device(victim, scene.world.customers.devices, rng), 0.4, rng), sizes
    )
    merchant = _online(scene.world, ("digital", "gift cards", "entertainment", "clothing"), len(who), rng)
    rows = card_payments(scene.world, who, at, amount, merchant, device, rng)
    rows["approved"] = rng.random(len(who)) > 0.12
    return rows


def first_payee_push(scene: Scene, episodes: int, rng: Random) -> Rows:
    """The customer, deceived, sends much of the balance to a payee never paid before, from the own device by day."""
    victim, at = scene.victims(episodes, rng), scene.times(episodes, 0.03, rng)
    amount = np.minimum(scene.balance_at(victim, at), MOST_TAKEN) * rng.uniform(0.35, 0.9, episodes)
    device = own_device(victim, scene.world.customers.devices, rng)
    return transfers(scene.world, victim, at, amount, _mule_accounts(scene, episodes, rng), device, TRANSFER)


def mule(scene: Scene, episodes: int, rng: Random) -> Rows:
    """Two or three deposits from strangers reach an account and leave it within hours, nearly whole."""
    people = scene.world.customers
    account, start = scene.victims(episodes, rng), scene.times(episodes, 0.1, rng)
    deposits, exits = rng.integers(1, 4, episodes), rng.integers(1, 4, episodes)
    into, at_in, _ = _burst(account, start, deposits, 5400, rng)
    sender = scene.victims(len(into), rng)
    amount_in = rng.lognormal(np.log(1300), 0.5, len(into))
    paid_in = transfers(scene.world, sender, at_in, amount_in, into, own_device(sender, people.devices, rng), TRANSFER)
    total = np.bincount(np.repeat(np.arange(episodes), deposits), weights=amount_in, minlength=episodes)
    who, at_out, _ = _burst(account, start + 5400 + rng.uniform(300, 9000, episodes), exits, 7200, rng)
    share = rng.uniform(0.82, 0.99, episodes) / exits
    amount_out = np.repeat(total * share, exits)
    outside = len(people.city) + rng.integers(0, scene.world.outside, len(who))
    device = own_device(who, people.devices, rng)
    paid_out = transfers(scene.world, who, at_out, amount_out, outside, device, TRANSFER)
    return np.concatenate([paid_in, paid_out])


def structuring(scene: Scene, episodes: int, rng: Random) -> Rows:
    """A sum kept under the reporting limit: three to six transfers just below ten thousand in a few days."""
    people = scene.world.customers
    in_euro = ~np.isin(scene.world.city_country[people.city], list(CURRENCY))  # the limit is one of units, not of worth
    rich = np.flatnonzero(people.business & in_euro)
    account = rng.choice(rich if len(rich) else np.flatnonzero(~people.employer), size=episodes)
    who, at, _ = _burst(account, scene.times(episodes, 0.05, rng), rng.integers(3, 7, episodes), 3 * DAY, rng)
    amount = LIMIT - rng.gamma(2.0, 220.0, len(who)).clip(5, 1500)
    payee = len(people.city) + rng.integers(0, scene.world.outside, len(who))
    return transfers(scene.world, who, at, amount, payee, own_device(who, people.devices, rng), TRANSFER)


def dormant_reactivation(scene: Scene, episodes: int, rng: Random) -> Rows:
    """An account silent for weeks wakes up and pays two to four large amounts within hours."""
    customer, at = scene.rows["customer"], scene.rows["at"]
    gap = np.empty(len(at))
    gap[:-1] = np.where(customer[1:] == customer[:-1], at[1:] - at[:-1], scene.days * DAY - at[:-1])
    gap[-1] = scene.days * DAY - at[-1]
    silent = np.flatnonzero(gap > GAP_DAYS * DAY)
    chosen = rng.permutation(silent)[:episodes]
    wake = at[chosen] + rng.uniform(0.75, 0.99, len(chosen)) * gap[chosen]
    sizes = rng.integers(2, 5, len(chosen))
    who, moment, _ = _burst(customer[chosen], wake, sizes, 4 * 3600, rng)
    amount = scene.world.customers.amount_factor[who] * rng.lognormal(np.log(240), 0.6, len(who))
    device = np.repeat(STOLEN_DEVICES + rng.integers(0, 10**6, len(chosen)), sizes)
    merchant = _online(scene.world, ("electronics", "travel", "jewellery", "gift cards"), len(who), rng)
    return card_payments(scene.world, who, moment, amount, merchant, device, rng)


def _mule_accounts(scene: Scene, episodes: int, rng: Random) -> Ints:
    """Payees of stolen money: accounts at other banks, of which fraudsters use few again and again."""
    people = len(scene.world.customers.city)
    pool = rng.integers(people, people + scene.world.outside, max(2, episodes // 2))
    return rng.choice(pool, size=episodes)


@dataclass(frozen=True)
class Scenario:
    """A labelled typology: its name, how it is drawn, the share of all rows it makes and the rows an episode has."""

    name: str
    draw: Callable[[Scene, int, Random], Rows]
    share: float
    rows_per_episode: float


SCENARIOS: tuple[Scenario, ...] = (
    Scenario("card testing", card_testing, 0.0013, 6.0),
    Scenario("card-not-present fraud", card_not_present, 0.0014, 2.0),
    Scenario("account takeover", account_takeover, 0.0008, 2.0),
    Scenario("compromised terminal", compromised_terminal, 0.0015, float(ROWS_PER_TERMINAL)),
    Scenario("impossible travel", impossible_travel, 0.0009, 2.0),
    Scenario("velocity burst", velocity_burst, 0.0012, 10.0),
    Scenario("first-payee push payment", first_payee_push, 0.0008, 1.0),
    Scenario("mule or pass-through", mule, 0.0009, 4.0),
    Scenario("structuring", structuring, 0.0005, 4.5),
    Scenario("dormant reactivation", dormant_reactivation, 0.0005, 3.0),
)


def fraud_rows(scene: Scene, rng: Random) -> Rows:
    """Rows of all typologies, with `scenario` numbered from 1; at least one episode each where the data allow one."""
    found = []
    for number, scenario in enumerate(SCENARIOS, start=1):
        expected = scenario.share * len(scene.rows) / scenario.rows_per_episode
        rows = scenario.draw(scene, max(1, rng.poisson(expected)), rng)
        rows["scenario"] = number
        found.append(rows)
    return np.concatenate(found)
