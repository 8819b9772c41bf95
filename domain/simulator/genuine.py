"""Genuine payments, and the honest look-alikes that make detection hard: trips, new phones, sprees, big purchases,
first payees, quiet months, invoices just under a round limit, declined payments tried again."""

import numpy as np

from domain.simulator.rows import DEVICES_PER_CUSTOMER, NONE, Rows, card_payments, own_device, transfers
from domain.simulator.world import (
    BILLS,
    CASH,
    CATEGORIES,
    CATEGORY_NAMES,
    SALARY,
    TRANSFER,
    Flags,
    Floats,
    Ints,
    World,
)  # fmt: skip

DAY = 86400.0
TRAVEL_HOURS = 11.0
WEEKDAY_WEIGHT = np.array([0.9, 0.9, 0.95, 1.0, 1.15, 1.3, 0.8])  # Monday first
GAP_DAYS = 50


def genuine_payments(world: World, days: int, first_weekday: int, rng: np.random.Generator) -> Rows:
    """All genuine rows, unsorted. `first_weekday` is that of the first day, Monday 0."""
    rows = np.concatenate(
        [
            _everyday(world, days, first_weekday, rng),
            _sprees(world, days, rng),
            _bills(world, days, rng),
            _between_people(world, days, rng),
            _invoices(world, days, rng),
            _salaries(world, days, rng),
        ]
    )
    rows = _travel(world, rows, days, rng)
    _new_phones(world, rows, days, rng)
    return _declines(_quiet_months(world, rows, days, rng), rng)


def _moments(
    world: World, per_day: Floats, days: int, first_weekday: int, rng: np.random.Generator
) -> tuple[Ints, Floats]:
    """Customers and times of payments: more at weekends and in the days after the salary, at the customer's hours."""
    people = world.customers
    headroom = 1.5  # drawn so many times too often, then thinned by the day's weight
    customer = np.repeat(np.arange(len(per_day)), rng.poisson(per_day * days * headroom))
    day = rng.integers(0, days, len(customer))
    since_salary = (day - people.salary_day[customer]) % 30
    weight = WEEKDAY_WEIGHT[(day + first_weekday) % 7] * np.where(since_salary < 3, 1.25, 0.97)
    keep = rng.random(len(customer)) * headroom < weight
    customer, day = customer[keep], day[keep]
    usual = rng.normal(people.usual_hour[customer], people.hour_spread[customer]) % 24
    hour = np.where(rng.random(len(customer)) < 0.04, rng.uniform(0, 24, len(customer)), usual)
    return customer, day * DAY + hour * 3600


def _everyday(world: World, days: int, first_weekday: int, rng: np.random.Generator) -> Rows:
    people = world.customers
    customer, at = _moments(world, people.payments_per_day, days, first_weekday, rng)
    count = len(customer)
    category = (rng.random(count)[:, None] > people.category_cdf[customer]).sum(axis=1).clip(max=len(CATEGORIES) - 1)
    online_share = np.array([share for *_, share, _ in CATEGORIES])
    online = rng.random(count) < online_share[category] * people.online_lean[customer]
    slot = rng.integers(0, 3, count)
    favourite = people.favourites[customer, category, online.astype(int), slot]
    place = np.where(online, -1, people.city[customer])
    merchant = np.where(rng.random(count) < 0.8, favourite, world.pick_merchant(place, category, rng))
    median, spread = (np.array([row[column] for row in CATEGORIES]) for column in (2, 3))
    amount = people.amount_factor[customer] * median[category] * rng.lognormal(0, spread[category])
    durable = np.isin(category, [CATEGORY_NAMES.index(name) for name in ("electronics", "home", "jewellery", "travel")])
    big = durable & (rng.random(count) < 0.015)
    amount = np.where(big, amount * rng.uniform(4, 12, count), amount)
    cash = ~online & (rng.random(count) < 0.05)
    merchant = np.where(cash, world.pick_merchant(people.city[customer], np.full(count, CASH), rng), merchant)
    amount = np.where(cash, 20 * rng.integers(1, 12, count), amount)
    return card_payments(world, customer, at, amount, merchant, own_device(customer, people.devices, rng), rng)


def _sprees(world: World, days: int, rng: np.random.Generator) -> Rows:
    """A shopping afternoon, or an evening of online orders: four to nine payments within two hours."""
    people = world.customers
    episodes = rng.poisson(len(people.city) * days * 0.004)
    size = rng.integers(4, 10, episodes)
    customer = np.repeat(rng.integers(0, len(people.city), episodes), size)
    start = np.repeat(rng.integers(0, days, episodes) * DAY + rng.uniform(11, 20, episodes) * 3600, size)
    online = np.repeat(rng.random(episodes) < 0.4, size)
    kind = [CATEGORY_NAMES.index(name) for name in ("clothing", "entertainment", "restaurants", "home")]
    category = rng.choice(kind, len(customer))
    merchant = world.pick_merchant(np.where(online, -1, people.city[customer]), category, rng)
    amount = people.amount_factor[customer] * rng.lognormal(np.log(28), 0.9, len(customer))
    at = start + rng.uniform(0, 7200, len(customer))
    return card_payments(world, customer, at, amount, merchant, own_device(customer, people.devices, rng), rng)


def _month_days(days: int) -> Floats:
    return np.arange(0, days, 30).astype(np.float64) * DAY


def _bills(world: World, days: int, rng: np.random.Generator) -> Rows:
    """Rent and two standing payments a month, to known payees."""
    people = world.customers
    who = np.flatnonzero(~people.employer)
    months = _month_days(days)
    customer = np.tile(np.repeat(who, 3), len(months))
    slot = np.tile(np.arange(3), len(who) * len(months))
    month = np.repeat(months, 3 * len(who))
    steady = np.stack([people.salary * 0.28 + 150, people.amount_factor * 60, people.amount_factor * 35], axis=1)
    amount = steady[customer, slot] * rng.normal(1, 0.01, len(customer)).clip(0.9, 1.1)
    at = month + ((people.salary_day[customer] + 2 + slot) % 30) * DAY + rng.uniform(7, 11, len(customer)) * 3600
    device = own_device(customer, people.devices, rng)
    return transfers(world, customer, at, amount, people.payees[customer, slot], device, BILLS)


def _between_people(world: World, days: int, rng: np.random.Generator) -> Rows:
    """Money to friends, and now and then to someone for the first time, sometimes much of it."""
    people = world.customers
    count = len(people.city)
    customer = np.repeat(np.arange(count), rng.poisson(0.045 * days, count))
    at = rng.integers(0, days, len(customer)) * DAY + rng.normal(16, 3.5, len(customer)).clip(0.2, 23.8) * 3600
    first = rng.random(len(customer)) < 0.22
    stranger = rng.integers(0, count + world.outside, len(customer))
    payee = np.where(first, stranger, people.payees[customer, rng.integers(3, 6, len(customer))])
    amount = people.amount_factor[customer] * rng.lognormal(np.log(45), 0.9, len(customer))
    large = first & (rng.random(len(customer)) < 0.25)
    amount = np.where(large, np.maximum(people.salary[customer], 800) * rng.uniform(0.2, 1.2, len(customer)), amount)
    return transfers(world, customer, at, amount, payee, own_device(customer, people.devices, rng), TRANSFER)


def _invoices(world: World, days: int, rng: np.random.Generator) -> Rows:
    """Businesses pay invoices, a few of them just under ten thousand."""
    people = world.customers
    who = np.flatnonzero(people.business)
    customer = np.repeat(who, rng.poisson(0.6 * days, len(who)))
    at = rng.integers(0, days, len(customer)) * DAY + rng.uniform(8, 18, len(customer)) * 3600
    amount = rng.lognormal(np.log(900), 0.9, len(customer)).clip(max=14000)
    near = rng.random(len(customer)) < 0.025
    amount = np.where(near, rng.uniform(8600, 9990, len(customer)), amount)
    known = people.payees[customer, rng.integers(0, 6, len(customer))]
    payee = np.where(rng.random(len(customer)) < 0.85, known, rng.integers(0, len(people.city), len(customer)))
    return transfers(world, customer, at, amount, payee, own_device(customer, people.devices, rng), BILLS)


def _salaries(world: World, days: int, rng: np.random.Generator) -> Rows:
    """Employers pay their people on salary day, in the early morning."""
    people = world.customers
    paid = np.flatnonzero(people.salary > 0)
    employers = np.flatnonzero(people.employer)
    months = _month_days(days)
    person = np.tile(paid, len(months))
    at = np.repeat(months, len(paid)) + (people.salary_day[person] % 30) * DAY + rng.uniform(4, 6, len(person)) * 3600
    amount = people.salary[person] * rng.normal(1, 0.02, len(person)).clip(0.9, 1.2)
    employer = employers[person % len(employers)]
    return transfers(world, employer, at, amount, person, employer * DEVICES_PER_CUSTOMER, SALARY)


def _within(rows: Rows, start: Floats, end: Floats) -> Flags:
    inside: Flags = (rows["at"] >= start[rows["customer"]]) & (rows["at"] < end[rows["customer"]])
    return inside


def _travel(world: World, rows: Rows, days: int, rng: np.random.Generator) -> Rows:
    """A quarter of the customers are away for some days in every 60: their shop payments move to another city."""
    people = world.customers
    count = len(people.city)
    for season in range(0, days, 60):
        away = rng.random(count) < 0.25
        start = np.where(away, (season + rng.uniform(3, 50, count)) * DAY, np.inf)
        end = start + rng.uniform(2, 9, count) * DAY
        place = rng.integers(0, len(world.city_latitude), count)
        journey = TRAVEL_HOURS * 3600
        on_site = rows["terminal"] != NONE
        en_route = on_site & (_within(rows, start - journey, start) | _within(rows, end, end + journey))
        rows = rows[~en_route]
        moved = np.flatnonzero((rows["terminal"] != NONE) & _within(rows, start, end))
        customer = rows["customer"][moved]
        merchant = world.pick_merchant(place[customer], rows["category"][moved], rng)
        amount = rows["amount"][moved] * np.where(rows["category"][moved] == CASH, 1.0, 1.25)
        rows[moved] = card_payments(
            world, customer, rows["at"][moved], amount, merchant, np.full(len(moved), NONE), rng
        )
    return rows


def _new_phones(world: World, rows: Rows, days: int, rng: np.random.Generator) -> None:
    """A fifth of the customers change their devices on some day."""
    count = len(world.customers.city)
    day = np.where(rng.random(count) < 0.2 * days / 120, rng.uniform(0, days, count), np.inf)
    changed = (rows["device"] != NONE) & (rows["at"] > day[rows["customer"]] * DAY)
    rows["device"][changed] += DEVICES_PER_CUSTOMER // 2


def _quiet_months(world: World, rows: Rows, days: int, rng: np.random.Generator) -> Rows:
    """Some customers make no payment for at least GAP_DAYS; most of them come back."""
    if days < GAP_DAYS + 20:
        return rows
    count = len(world.customers.city)
    quiet = (rng.random(count) < 0.06) & ~world.customers.employer
    start = np.where(quiet, rng.uniform(8, days - GAP_DAYS - 5, count) * DAY, np.inf)
    back = rng.random(count) < 0.6
    end = np.where(back, start + rng.uniform(GAP_DAYS, GAP_DAYS + 40, count) * DAY, np.inf)
    return rows[~_within(rows, start, end)]


def _declines(rows: Rows, rng: np.random.Generator) -> Rows:
    """One payment in eighty is declined first and tried again within minutes."""
    failed = rows[rng.random(len(rows)) < 1 / 80].copy()
    failed["approved"] = False
    failed["at"] -= rng.uniform(20, 400, len(failed))
    return np.concatenate([rows, failed[failed["at"] >= 0]])
