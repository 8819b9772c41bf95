"""What features mean: which belong together, in what words one is told, and which rows it was computed from.

Features of one meaning (the amount over the mean of 1, 7 and 30 days) are one piece of evidence. A meaning says nothing
where its feature is absent for a transaction: there is nothing to tell then.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Literal

from domain import statements as say
from domain.store.provenance import Habits, Rows, Scope, Selection
from domain.transactions import Transaction

HOURS = {"10min": 1 / 6, "1h": 1.0, "1d": 24.0, "7d": 168.0, "30d": 720.0, "90d": 2160.0}
LIMIT = 10_000.0
SMALL = 5.0
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ShopLike = Literal["terminal", "merchant", "device", "counterparty"]
SUBJECTS: tuple[ShopLike, ...] = ("terminal", "merchant", "device", "counterparty")


@dataclass(frozen=True, slots=True)
class Case:
    """All that words can be made of. `values` may hold NaN; `typical` are the medians of training."""

    transaction: Transaction
    values: Mapping[str, float]
    typical: Mapping[str, float]
    typical_amount: float
    habits: Habits | None
    rows: Rows

    @property
    def currency(self) -> str | None:
        """The code, or None where the data holds something else."""
        return self.transaction.currency if _is_code(self.transaction.currency, 3) else None

    def usual(self, hours: float, of: Callable[[Habits], float]) -> float | None:
        """What the customer makes `of` in `hours` on average; None where there is no history to say."""
        return None if self.habits is None else of(self.habits) * hours / self.habits.hours


@dataclass(frozen=True, slots=True)
class Said:
    """The words of a feature's value. `value` and `baseline` are in `unit`."""

    kind: str
    statement: str
    value: float | str
    unit: str
    baseline: float | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """Features told as one, and how. `rows` says which rows a feature was computed from."""

    features: tuple[str, ...]
    say: Callable[[Case, str], Said | None]
    rows: Callable[[str], Selection]


def together(*parts: Meaning) -> Meaning:
    """Meanings so close that they are one piece of evidence: told in the words of whichever weighs most."""
    of = {feature: part for part in parts for feature in part.features}
    return Meaning(
        tuple(of), lambda case, feature: of[feature].say(case, feature), lambda feature: of[feature].rows(feature)
    )


def _hours(feature: str) -> float:
    return HOURS[feature.rpartition("_")[2]]


def _rows(scope: Scope, hours: float | None = None, subject: str | None = None) -> Callable[[str], Selection]:
    return lambda _: Selection(scope, hours, subject)


def _window(scope: Scope, subject: str | None = None) -> Callable[[str], Selection]:
    """The rows of the window that the feature's name ends with."""
    return lambda feature: Selection(scope, _hours(feature), subject)


def _amount(case: Case, _: str) -> Said:
    amount, typical = case.transaction.amount, case.typical_amount
    return Said("amount", say.amount(amount, typical, case.currency), amount, case.currency or "", typical)


def _amount_ratio(case: Case, feature: str) -> Said | None:
    amount, value = case.transaction.amount, case.values[feature]
    mean = amount - value if feature.startswith("amount_less") else amount / value if value else 0.0
    if mean <= 0 or amount <= 0:
        return None
    days = round(_hours(feature) / 24)
    return Said("amount_ratio", say.amount_ratio(amount, mean, days, case.currency), amount, case.currency or "", mean)


def _amount_record(case: Case, feature: str) -> Said | None:
    amount, ratio = case.transaction.amount, case.values[feature]
    if ratio <= 0:
        return None
    largest = round(amount / ratio, 4)
    return Said(
        "amount_record", say.amount_record(amount, largest, case.currency), amount, case.currency or "", largest
    )


def _amount_spread(case: Case, _: str) -> Said | None:
    amount, median, spreads = case.transaction.amount, case.values["customer_median"], case.values["amount_spreads"]
    if math.isnan(spreads):
        return None
    statement = say.amount_spread(amount, median, spreads, case.currency)
    return Said("amount_spread", statement, amount, case.currency or "", median)


def _peer_amount(case: Case, feature: str) -> Said | None:
    amount, ratio = case.transaction.amount, case.values[feature]
    if ratio <= 0:
        return None
    median = round(amount / ratio, 4)
    return Said("peer_amount", say.peer_amount(amount, median, case.currency), amount, case.currency or "", median)


def _under_limit(case: Case, feature: str) -> Said | None:
    if not case.values[feature]:
        return None
    amount = case.transaction.amount
    return Said("under_limit", say.under_limit(amount, LIMIT, case.currency), amount, case.currency or "", LIMIT)


def _count(case: Case, feature: str) -> Said:
    count, hours = case.values[feature], _hours(feature)
    usual = case.usual(hours, lambda habits: habits.payments)
    return Said("customer_count", say.customer_count(count, hours, usual), count, "payments", usual)


def _sum(case: Case, feature: str) -> Said:
    total, hours = case.values[feature], _hours(feature)
    usual = case.usual(hours, lambda habits: habits.spent)
    return Said("customer_sum", say.customer_sum(total, hours, usual, case.currency), total, case.currency or "", usual)


def _mean(case: Case, feature: str) -> Said:
    mean, typical = case.values[feature], case.typical_amount
    statement = say.customer_mean(mean, _hours(feature), typical, case.currency)
    return Said("customer_mean", statement, mean, case.currency or "", typical)


def _since_last(case: Case, _: str) -> Said:
    seconds, ratio = case.values["seconds_since_last"], case.values["gap_over_mean"]
    usual = seconds / ratio if ratio > 0 else None
    return Said("since_last", say.since_last(seconds, usual), seconds, "seconds", usual)


def _small_payments(case: Case, feature: str) -> Said:
    count = case.values[feature]
    statement = say.small_payments(round(count), SMALL, _hours(feature), case.currency)
    return Said("small_payments", statement, count, "payments")


def _time_of_day(case: Case, _: str) -> Said | None:
    share = case.values["hours_share"]
    if math.isnan(share):
        return None
    moment = case.transaction.occurred_at
    return Said("time_of_day", say.time_of_day(moment.hour, moment.minute, share), 100 * share, "%")


def _weekday(case: Case, _: str) -> Said | None:
    share = case.values["day_kind_share"]
    if math.isnan(share):
        return None
    day = DAYS[case.transaction.occurred_at.weekday()]
    return Said("weekday", say.weekday(day, share), 100 * share, "%")


def _known_fraud(subject: ShopLike, case: Case, feature: str) -> Said | None:
    share, outcomes = case.values[feature], case.values[feature.replace("fraud", "outcomes")]
    if math.isnan(share):
        return None
    typical, days = case.typical.get(feature, 0.0), round(_hours(feature) / 24)
    statement = say.known_fraud(share, round(outcomes), subject, days, typical)
    return Said("known_fraud", statement, 100 * share, "%", 100 * typical)


def _subject_count(subject: ShopLike, case: Case, feature: str) -> Said:
    feature = feature.replace("outcomes", "count")  # both say how busy it is; payments are what a person counts
    count, typical = case.values[feature], case.typical.get(feature, 0.0)
    return Said(
        "subject_count", say.subject_count(count, subject, _hours(feature), typical), count, "payments", typical
    )


def _familiarity(subject: say.Subject, case: Case, feature: str) -> Said:
    earlier = case.values[feature]
    return Said("familiarity", say.familiarity(round(earlier), subject), earlier, "payments")


def _is_code(text: str | None, length: int) -> bool:
    """Whether data gives an ISO code, and not other words in its place."""
    return text is not None and len(text) == length and text.isascii() and text.isalpha() and text.isupper()


def _category(case: Case, _: str) -> Said | None:
    share, name = case.values["category_share"], say.name(case.transaction.merchant_category or "")
    if math.isnan(share) or not name:
        return None
    return Said("category", say.category(name, share), name, "")


def _channel(case: Case, feature: str) -> Said | None:
    name = say.name(case.transaction.channel or "")
    return Said("channel", say.channel(name, case.values[feature]), name, "") if name else None


def _country(case: Case, _: str) -> Said | None:
    share = case.values["abroad_share"]
    code, home = case.transaction.country, case.transaction.customer_home_country
    if math.isnan(share) or code is None or home is None or not (_is_code(code, 2) and _is_code(home, 2)):
        return None
    return Said("country", say.country(code, home, share), 100 * share, "%")


def _travel(case: Case, _: str) -> Said | None:
    km, kmh = case.values["km_from_previous"], case.values["speed_kmh"]
    if case.rows.newest is None or math.isnan(km):
        return None
    seconds = max(1.0, (case.transaction.occurred_at - case.rows.newest) / timedelta(seconds=1))
    return Said("travel_speed", say.travel_speed(kmh, km, seconds), kmh, "km/h")


def _home_distance(case: Case, feature: str) -> Said | None:
    usual = case.habits.km_from_usual if case.habits else None
    if usual is None:
        return None
    km = case.values[feature]
    return Said("home_distance", say.home_distance(km, usual), km, "km", usual)


def _balance(case: Case, feature: str) -> Said | None:
    share, balance = case.values[feature], case.transaction.balance_before
    if balance is None:
        return None
    return Said("balance_drained", say.balance_drained(share, balance, case.currency), 100 * share, "%")


def _passed_through(case: Case, _: str) -> Said | None:
    share, received = case.values["passed_through"], case.values["received_1d"]
    if math.isnan(share):
        return None
    return Said("passed_through", say.passed_through(share, received, 24, case.currency), 100 * share, "%")


def _declines(case: Case, feature: str) -> Said:
    count = case.values[feature]
    return Said("declines", say.declines(round(count), _hours(feature)), count, "payments")


def _counterparties(case: Case, feature: str) -> Said:
    count, usual = case.values[feature], case.habits.counterparties_7d if case.habits else None
    return Said("counterparties", say.counterparties(round(count), 7, usual), count, "counterparties", usual)


def _other(case: Case, feature: str) -> Said:
    value, typical = case.values[feature], case.typical.get(feature, 0.0)
    return Said("other", say.other(feature.replace("_", " "), value, typical), value, "", typical)


def _first_use(feature: str, subject: say.Subject) -> Meaning:
    return Meaning((feature,), partial(_familiarity, subject), _rows("same_subject", None, subject))


def _of_subject(subject: ShopLike) -> tuple[Meaning, ...]:
    """Streaks of fraud are told by the share of fraud in 30 days, how lately it was settled by its payments then."""
    windows = ("1d", "7d", "30d")
    return (
        together(
            Meaning(
                tuple(f"{subject}_fraud_{window}" for window in windows),
                partial(_known_fraud, subject),
                _window("subject_outcomes", subject),
            ),
            Meaning(
                (f"{subject}_fraud_streak", f"{subject}_fraud_streak_days"),
                lambda case, _: _known_fraud(subject, case, f"{subject}_fraud_30d"),
                _rows("subject_outcomes", HOURS["30d"], subject),
            ),
        ),
        together(
            Meaning(
                tuple(f"{subject}_{what}_{window}" for what in ("count", "outcomes") for window in windows),
                partial(_subject_count, subject),
                _window("subject_window", subject),
            ),
            Meaning(
                (f"{subject}_settled_days",),
                lambda case, _: _subject_count(subject, case, f"{subject}_count_30d"),
                _rows("subject_window", HOURS["30d"], subject),
            ),
        ),
        _first_use(f"{subject}_earlier", subject),
    )


MEANINGS: tuple[Meaning, ...] = (
    together(
        Meaning(("amount",), _amount, _rows("self")),
        Meaning(("amount_over_peers",), _peer_amount, _rows("peers", None, "category")),
    ),
    together(
        Meaning(
            ("amount_over_mean_1d", "amount_over_mean_7d", "amount_over_mean_30d", "amount_less_mean_30d"),
            _amount_ratio,
            _window("before"),
        ),
        Meaning(("amount_spreads", "customer_median"), _amount_spread, _rows("newest_100")),
        Meaning(("amount_over_largest",), _amount_record, _rows("largest")),
    ),
    Meaning(("near_limit",), _under_limit, _rows("self")),
    Meaning(("customer_count_10min", "customer_count_1h", "customer_count_1d"), _count, _window("window")),
    Meaning(("customer_count_7d", "customer_count_30d", "customer_count_90d"), _count, _window("window")),
    Meaning(("customer_sum_10min", "customer_sum_1h", "customer_sum_1d"), _sum, _window("window")),
    Meaning(("customer_sum_7d", "customer_sum_30d", "customer_sum_90d"), _sum, _window("window")),
    together(
        Meaning(("customer_mean_1d", "customer_mean_7d", "customer_mean_30d"), _mean, _window("window")),
        Meaning(  # payments out of proportion show in the mean
            ("outsize_payments_7d", "outsize_payments_14d", "largest_outsize_14d"),
            lambda case, _: _mean(case, "customer_mean_7d"),
            _rows("window", HOURS["7d"]),
        ),
    ),
    Meaning(("seconds_since_last", "gap_over_mean"), _since_last, _rows("previous")),
    Meaning(("small_payments_1h", "small_payments_1d"), _small_payments, _window("small")),
    Meaning(("hour", "night", "hours_share"), _time_of_day, _rows("before")),
    Meaning(("weekend", "day_kind_share"), _weekday, _rows("before")),
    *(meaning for subject in SUBJECTS for meaning in _of_subject(subject)),
    together(_first_use("category_earlier", "category"), Meaning(("category_share",), _category, _rows("before"))),
    Meaning(("channel_share",), _channel, _rows("before")),
    together(_first_use("country_earlier", "country"), Meaning(("abroad", "abroad_share"), _country, _rows("located"))),
    Meaning(("km_from_previous", "speed_kmh"), _travel, _rows("previous_place")),
    Meaning(("km_from_usual",), _home_distance, _rows("places")),
    Meaning(("balance_drained",), _balance, _rows("self")),
    Meaning(("received_1d", "passed_through"), _passed_through, _rows("inflow", 24.0)),
    Meaning(("declines_1d",), _declines, _window("declined")),
    Meaning(("counterparties_7d",), _counterparties, _rows("paid_out", 168.0)),
)
MEANING_OF = {feature: meaning for meaning in MEANINGS for feature in meaning.features}


def meaning_of(feature: str) -> Meaning:
    """Of a feature without words of its own: itself, told as a bare number."""
    return MEANING_OF.get(feature) or Meaning((feature,), _other, _rows("self"))
