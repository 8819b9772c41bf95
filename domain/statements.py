"""The plain words of each kind of evidence. One function a kind; its name is the evidence's `kind`.

Every number a narrative may use stands in the statement, written as an analyst reads it. The narrator is trained on
these words and verification reads them back, so a change here needs a new adapter.
"""

import math
import unicodedata
from typing import Literal

Subject = Literal["terminal", "merchant", "device", "counterparty", "category", "country"]


NAME_LENGTH = 60


def name(text: str) -> str:
    """A name from data as a statement holds it: one short line, with nothing in it that reads as more than a name.

    Invisible and reordering characters go; brackets (which cite), semicolons (which part a statement) and '<|' (which
    begins a special token) are written otherwise. '' where nothing is left.
    """
    seen = "".join(" " if character.isspace() else character for character in text)
    seen = "".join(character for character in seen if unicodedata.category(character)[0] != "C")
    seen = seen.translate(str.maketrans("[];", "(),")).replace("<|", "< |")
    line = " ".join(seen.split())
    return line if len(line) <= NAME_LENGTH else f"{line[: NAME_LENGTH - 1].rstrip()}…"


def money(value: float, currency: str | None) -> str:
    """'12,508.50 EUR', or without the code where the currency is unknown."""
    return f"{value:,.2f} {currency}" if currency else f"{value:,.2f}"


def number(value: float) -> str:
    """A count or a mean of counts: '7', '1,250', '1.9', '0.04'."""
    if abs(value - round(value)) < 1e-9 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 1 else _two_digits(value)


def _two_digits(value: float) -> str:
    """Two significant digits, never with an exponent, no trailing zeros: '0.45', '0.004', '0.000037'."""
    decimals = 1 - math.floor(math.log10(abs(value)))
    return f"{value:.{decimals}f}".rstrip("0").rstrip(".")


def counted(count: float, noun: str) -> str:
    """'1 payment', '7 days', '3 different counterparties'."""
    if number(count) == "1":
        return f"1 {noun}"
    plural = f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeiou" else f"{noun}s"
    return f"{number(count)} {plural}"


def percent(share: float) -> str:
    """'25%', '0.8%', '0.012%': small shares keep two significant digits."""
    value = 100 * share
    return f"{value:.0f}%" if value >= 10 or value == round(value) else f"{_two_digits(value)}%"


def times(ratio: float) -> str:
    """'25 times', '2.5 times', '0.45 times'."""
    if ratio >= 10:
        return f"{ratio:,.0f} times"
    return f"{ratio:.1f} times" if ratio >= 1 else f"{_two_digits(ratio)} times"


def duration(seconds: float) -> str:
    """'1 second', '45 seconds', '4 minutes', '11 hours', '214 days': the largest unit that is at least 2."""
    for unit, size in (("days", 86400.0), ("hours", 3600.0), ("minutes", 60.0)):
        if seconds >= 2 * size:
            return f"{math.floor(seconds / size):,} {unit}"
    return counted(math.floor(seconds), "second")


def window(hours: float) -> str:
    """'10 minutes', '1 hour', '24 hours', '7 days'."""
    if hours < 1:
        return f"{round(hours * 60)} minutes"
    if hours <= 24:
        return "1 hour" if hours == 1 else f"{round(hours)} hours"
    return f"{round(hours / 24)} days"


def before(hours: float) -> str:
    """'in the hour before', 'in the 24 hours before'."""
    return f"in the {window(hours).removeprefix('1 ')} before"


def amount_ratio(amount: float, mean: float, days: int, currency: str | None) -> str:
    return (
        f"{money(amount, currency)}; the customer's {days}-day mean is {money(mean, currency)}; {times(amount / mean)}"
    )


def amount(value: float, typical: float, currency: str | None) -> str:
    return f"{money(value, currency)}; the typical payment is {money(typical, currency)}"


def amount_record(value: float, largest: float, currency: str | None) -> str:
    return f"{money(value, currency)}; the customer's largest payment before was {money(largest, currency)}"


def amount_spread(value: float, median: float, spreads: float, currency: str | None) -> str:
    """`spreads`: how many halves of the interquartile range the amount lies above (below, if negative) the median."""
    side = "above" if spreads >= 0 else "below"
    return (
        f"{money(value, currency)}; the customer's median payment is {money(median, currency)};"
        f" {number(abs(spreads))} usual spreads {side} it"
    )


def peer_amount(value: float, median: float, currency: str | None) -> str:
    """`median` is that of all customers' earlier payments in the same category."""
    return (
        f"{money(value, currency)}; the median payment in this category is {money(median, currency)};"
        f" {times(value / median)}"
    )


def customer_count(count: float, hours: float, usual: float | None) -> str:
    text = f"{counted(count, 'payment')} by the customer in {window(hours)}"
    return text if usual is None else f"{text}; usual is {number(usual)}"


def customer_sum(total: float, hours: float, usual: float | None, currency: str | None) -> str:
    text = f"{money(total, currency)} spent by the customer in {window(hours)}"
    return text if usual is None else f"{text}; usual is {money(usual, currency)}"


def customer_mean(mean: float, hours: float, typical: float, currency: str | None) -> str:
    return (
        f"the customer's mean payment in {window(hours)} is {money(mean, currency)};"
        f" typical is {money(typical, currency)}"
    )


def known_fraud(share: float, outcomes: int, subject: Subject, days: int, typical: float) -> str:
    """`outcomes` is how many the share is of: payments whose outcome became known in the `days` before the alert."""
    return (
        f"{percent(share)} of {counted(outcomes, 'outcome')} learned in {counted(days, 'day')} for the {subject}"
        f" {'was' if outcomes == 1 else 'were'} fraud; typical is {percent(typical)}"
    )


def subject_count(count: float, subject: Subject, hours: float, typical: float) -> str:
    return f"{counted(count, 'payment')} at the {subject} in {window(hours)}; typical is {number(typical)}"


def since_last(seconds: float, usual: float | None) -> str:
    text = f"{duration(seconds)} since the customer's previous payment"
    return text if usual is None else f"{text}; usual is {duration(usual)}"


def time_of_day(hour: int, minute: int, share: float) -> str:
    return f"made at {hour:02d}:{minute:02d}; {percent(share)} of the customer's payments are made at this time of day"


def weekday(day: str, share: float) -> str:
    """`day` is Monday..Sunday; `share` is that of payments made on the same kind of day."""
    kind = "at weekends" if day in ("Saturday", "Sunday") else "on working days"
    return f"made on a {day}; {percent(share)} of the customer's payments are made {kind}"


def familiarity(earlier: int, subject: Subject) -> str:
    preposition = "to" if subject == "counterparty" else "with" if subject == "device" else "in"
    preposition = "at" if subject in ("terminal", "merchant") else preposition
    if earlier == 0:
        return f"the customer's first payment {preposition} this {subject}"
    return f"{counted(earlier, 'earlier payment')} by the customer {preposition} this {subject}"


def travel_speed(kmh: float, km: float, seconds: float) -> str:
    return f"{number(round(km))} km from the previous payment {duration(seconds)} before; {number(round(kmh))} km/h"


def home_distance(km: float, usual: float) -> str:
    return f"{number(round(km, 1))} km from the customer's usual place; usual is {number(round(usual, 1))} km"


def country(code: str, home: str, share: float) -> str:
    return f"made in {code}; the customer's home is {home}; {percent(share)} of the customer's payments are made abroad"


def channel(called: str, share: float) -> str:
    return f"made by {name(called)}; {percent(share)} of the customer's payments are made this way"


def category(called: str, share: float) -> str:
    return f"category {name(called)}; {percent(share)} of the customer's payments are in this category"


def balance_drained(share: float, balance: float, currency: str | None) -> str:
    return f"{percent(share)} of the balance of {money(balance, currency)} was taken"


def passed_through(share: float, received: float, hours: float, currency: str | None) -> str:
    return f"{money(received, currency)} came in {before(hours)}; {percent(share)} of it goes out"


def declines(count: int, hours: float) -> str:
    return f"{counted(count, 'declined payment')} by the customer {before(hours)}"


def small_payments(count: int, limit: float, hours: float, currency: str | None) -> str:
    return f"{counted(count, 'payment')} of at most {money(limit, currency)} {before(hours)}"


def under_limit(amount: float, limit: float, currency: str | None) -> str:
    return f"{money(amount, currency)}; {money(limit - amount, currency)} under the limit of {money(limit, currency)}"


def counterparties(count: int, days: int, usual: float | None) -> str:
    text = f"{counted(count, 'different counterparty')} of the customer in {counted(days, 'day')}"
    return text if usual is None else f"{text}; usual is {number(usual)}"


def other(name: str, value: float, typical: float) -> str:
    """A feature of an own classifier that has no words of its own yet."""
    return f"{name} is {number(value)}; typical is {number(typical)}"
