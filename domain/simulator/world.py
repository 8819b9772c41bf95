"""The simulated world: cities, merchants with terminals, and customers with their habits. Arrays, one entry each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

# Name of the country, latitude, longitude, share of customers.
CITIES: tuple[tuple[str, float, float, float], ...] = (
    ("FR", 48.86, 2.35, 0.14), ("FR", 45.76, 4.84, 0.06), ("FR", 43.30, 5.37, 0.05), ("DE", 52.52, 13.40, 0.10),
    ("DE", 48.14, 11.58, 0.07), ("DE", 53.55, 9.99, 0.05), ("ES", 40.42, -3.70, 0.06), ("ES", 41.39, 2.17, 0.05),
    ("IT", 41.90, 12.50, 0.05), ("IT", 45.46, 9.19, 0.05), ("NL", 52.37, 4.90, 0.05), ("GB", 51.51, -0.13, 0.08),
    ("GB", 53.48, -2.24, 0.04), ("CH", 47.37, 8.54, 0.04), ("SE", 59.33, 18.07, 0.03), ("PL", 52.23, 21.01, 0.04),
    ("US", 40.71, -74.01, 0.03), ("RO", 44.43, 26.10, 0.01),
)  # fmt: skip
FAR_CITIES: tuple[tuple[str, float, float], ...] = (
    ("BR", -23.55, -46.63), ("NG", 6.52, 3.38), ("TH", 13.76, 100.50), ("TR", 41.01, 28.98), ("AE", 25.20, 55.27),
)  # fmt: skip
# Currency of a country's accounts and how many units a euro is worth.
CURRENCY = {"GB": ("GBP", 0.86), "CH": ("CHF", 0.95), "SE": ("SEK", 11.3), "PL": ("PLN", 4.3), "US": ("USD", 1.08)}

# Category, share of payments, median amount in euro, spread in log units, share paid online, merchants a city has.
CATEGORIES: tuple[tuple[str, float, float, float, float, int], ...] = (
    ("groceries", 0.30, 28.0, 0.65, 0.06, 14), ("restaurants", 0.17, 19.0, 0.60, 0.05, 16),
    ("transport", 0.09, 9.0, 0.80, 0.35, 5), ("fuel", 0.08, 48.0, 0.35, 0.00, 7),
    ("clothing", 0.07, 52.0, 0.70, 0.45, 8), ("electronics", 0.035, 95.0, 1.00, 0.60, 4),
    ("health", 0.06, 23.0, 0.70, 0.10, 8), ("entertainment", 0.06, 18.0, 0.70, 0.55, 6),
    ("home", 0.05, 60.0, 0.90, 0.35, 5), ("travel", 0.02, 210.0, 0.90, 0.80, 3),
    ("digital", 0.05, 11.0, 0.70, 1.00, 3), ("gift cards", 0.01, 40.0, 0.60, 0.85, 2),
    ("jewellery", 0.005, 160.0, 0.90, 0.30, 2),
)  # fmt: skip
CATEGORY_NAMES = tuple(name for name, *_ in CATEGORIES)
CASH, BILLS, TRANSFER, SALARY = (len(CATEGORIES) + i for i in range(4))
ALL_CATEGORY_NAMES = (*CATEGORY_NAMES, "cash", "bills", "transfer", "salary")
CHANNELS = ("pos", "online", "atm", "transfer")
POS, ONLINE, ATM, WIRE = range(4)
FAVOURITES = 3


@dataclass(frozen=True)
class Merchants:
    """Shops (online ones have no terminals and no place). `terminals` is how many; ids start at `first_terminal`."""

    city: Ints
    category: Ints
    online: Flags
    latitude: Floats
    longitude: Floats
    terminals: Ints
    first_terminal: Ints


@dataclass(frozen=True)
class Customers:
    """Account holders. Money in euro; times of day in hours; `category_cdf` is (n, categories)."""

    city: Ints
    latitude: Floats
    longitude: Floats
    payments_per_day: Floats
    amount_factor: Floats
    usual_hour: Floats
    hour_spread: Floats
    online_lean: Floats
    category_cdf: Floats
    favourites: Ints  # (n, categories, 2, FAVOURITES): physical and online merchants
    payees: Ints  # (n, PAYEES) other customers or outside accounts (>= n)
    salary: Floats
    salary_day: Ints
    devices: Ints
    employer: Flags
    business: Flags


@dataclass(frozen=True)
class World:
    """Everything that stands still. `outside` is how many accounts exist at other banks, numbered after customers."""

    city_country: NDArray[np.str_]
    city_latitude: Floats
    city_longitude: Floats
    merchants: Merchants
    shelf_first: Ints  # (cities + 1, categories and banks); the last row holds the online shops
    shelf_size: Ints
    customers: Customers
    outside: int

    def pick_merchant(self, place: Ints, category: Ints, rng: np.random.Generator) -> Ints:
        """A random shop of each category in each place (place -1: online)."""
        return self.shelf_first[place, category] + rng.integers(0, self.shelf_size[place, category])


PAYEES = 6
PEOPLE_PER_EMPLOYER = 60
MEAN_PAYMENT = 55.0  # euro


def build_world(customers: int, rng: np.random.Generator) -> World:
    """Draws a world for `customers` account holders (some of them employers and businesses)."""
    places = [(country, lat, lon) for country, lat, lon, _ in CITIES] + list(FAR_CITIES)
    merchants, first, size = _merchants(places, rng)
    outside = max(40, customers // 2)
    return World(
        city_country=np.array([place[0] for place in places]),
        city_latitude=np.array([place[1] for place in places]),
        city_longitude=np.array([place[2] for place in places]),
        merchants=merchants,
        shelf_first=first,
        shelf_size=size,
        customers=_customers(customers, outside, first, size, rng),
        outside=outside,
    )


def _merchants(places: list[tuple[str, float, float]], rng: np.random.Generator) -> tuple[Merchants, Ints, Ints]:
    here = np.array([*(shops for *_, shops in CATEGORIES), 2])  # and two banks with cash machines
    size = np.vstack([np.tile(here, (len(places), 1)), 6 * here])
    size[-1, CASH] = 0
    first = (np.cumsum(size.ravel()) - size.ravel()).reshape(size.shape)
    cities = np.repeat(np.arange(len(places) + 1), size.sum(axis=1))
    category = np.repeat(np.tile(np.arange(len(here)), len(places) + 1), size.ravel())
    online_flags = cities == len(places)
    seat = np.where(online_flags, rng.integers(0, len(CITIES), len(cities)), cities)
    latitudes, longitudes = (np.array([place[axis] for place in places], dtype=float) for axis in (1, 2))
    terminals = np.where(online_flags, 0, rng.integers(1, 4, len(cities)) + 3 * (category == CASH))
    return (
        Merchants(
            city=seat,
            category=category,
            online=online_flags,
            latitude=np.where(online_flags, np.nan, latitudes[seat] + rng.normal(0, 0.04, len(cities))),
            longitude=np.where(online_flags, np.nan, longitudes[seat] + rng.normal(0, 0.05, len(cities))),
            terminals=terminals,
            first_terminal=np.cumsum(terminals) - terminals,
        ),
        first,
        size,
    )


def _customers(count: int, outside: int, first: Ints, size: Ints, rng: np.random.Generator) -> Customers:
    shares = np.array([share for *_, share in CITIES])
    city = rng.choice(len(CITIES), size=count, p=shares / shares.sum())
    latitude = np.array([place[1] for place in CITIES])[city] + rng.normal(0, 0.05, count)
    longitude = np.array([place[2] for place in CITIES])[city] + rng.normal(0, 0.06, count)
    employer = np.zeros(count, bool)
    employer[: max(1, count // PEOPLE_PER_EMPLOYER)] = True
    business = ~employer & (rng.random(count) < 0.04)
    weights = np.array([share for _, share, *_ in CATEGORIES])
    taste = rng.gamma(weights * 12 + 0.02, 1.0, (count, len(CATEGORIES)))
    cdf = np.cumsum(taste / taste.sum(axis=1, keepdims=True), axis=1)
    kinds = np.arange(len(CATEGORIES))[None, :, None]
    slots = np.zeros((1, 1, FAVOURITES), dtype=np.int64)
    near, online = city[:, None, None], np.full((count, 1, 1), -1)
    favourites = np.stack(
        [
            first[place, kinds] + rng.integers(0, size[place, kinds] + slots, (count, len(CATEGORIES), FAVOURITES))
            for place in (near, online)
        ],
        axis=2,
    )
    night_owl = rng.random(count) < 0.06
    payments_per_day = np.where(employer, 0.05, np.clip(rng.gamma(2.2, 0.6, count), 0.1, 6.0))
    amount_factor = rng.lognormal(0, 0.35, count) * np.where(business, 3.0, 1.0)
    spending = 30 * payments_per_day * amount_factor * MEAN_PAYMENT
    salary = 700 + spending * rng.uniform(1.3, 2.2, count)  # rent takes a good quarter of it
    return Customers(
        city=city,
        latitude=latitude,
        longitude=longitude,
        payments_per_day=payments_per_day,
        amount_factor=amount_factor,
        usual_hour=np.where(night_owl, rng.normal(22.5, 1.5, count), rng.normal(14.5, 1.8, count)),
        hour_spread=rng.uniform(2.0, 4.5, count),
        online_lean=rng.beta(2, 2, count) * 2,
        category_cdf=cdf,
        favourites=favourites,
        payees=rng.integers(0, count + outside, (count, PAYEES)),
        salary=np.where(employer | business, 0.0, salary),
        salary_day=rng.choice([1, 15, 25, 28], size=count),
        devices=rng.integers(1, 3, count),
        employer=employer,
        business=business,
    )
