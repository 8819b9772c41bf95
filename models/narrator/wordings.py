"""The grammar that training answers are written with: clauses for each kind of evidence, and frames around them.

A clause is made from the words of the statement itself (read back by the kind's pattern), so real and synthetic
evidence are worded alike. Frames carry rank and direction and are independent of the kind, so that a model trained on
them cannot guess a direction from what the evidence is about. Verification shares nothing with this file.
"""

import random
import re
from dataclasses import dataclass

from domain.evidence import Evidence, Typology

NUMBER = r"[\d.,]*\d"
MONEY = rf"{NUMBER}(?: [A-Z]{{3}})?"
BEFORE = r"in the (?:hour|\d[\d,]* (?:minutes|hours|days)) before"
SPAN = r"\d[\d,]* (?:seconds?|minutes|hours?|days)"


@dataclass(frozen=True)
class KindGrammar:
    """How the statement of a kind reads, and the clauses that can say the same."""

    pattern: re.Pattern[str]
    clauses: tuple[str, ...]


def _kind(pattern: str, *clauses: str) -> KindGrammar:
    return KindGrammar(re.compile(pattern), clauses)


GRAMMAR: dict[str, tuple[KindGrammar, ...]] = {
    "amount_ratio": (
        _kind(
            rf"(?P<v>{MONEY}); the customer's (?P<d>\d+)-day mean is (?P<b>{MONEY}); (?P<t>{NUMBER} times)",
            "the payment of {v} is {t} the customer's {d}-day mean of {b}",
            "{v} was paid where the customer's {d}-day mean is {b}, so it is {t} the mean",
            "at {v} the amount is {t} the {d}-day mean of {b}",
            "the customer pays {b} on average over {d} days, and this payment of {v} is {t} that",
        ),
    ),
    "amount": (
        _kind(
            rf"(?P<v>{MONEY}); the typical payment is (?P<b>{MONEY})",
            "the amount is {v} while the typical payment is {b}",
            "{v} was paid, and the typical payment is {b}",
            "the payment of {v} stands against a typical payment of {b}",
        ),
    ),
    "amount_record": (
        _kind(
            rf"(?P<v>{MONEY}); the customer's largest payment before was (?P<b>{MONEY})",
            "the payment of {v} compares with a largest payment before of {b}",
            "the customer's largest payment before was {b}, and this one is {v}",
            "{v} was paid by a customer whose largest payment before was {b}",
        ),
    ),
    "customer_count": (
        _kind(
            rf"(?P<v>{NUMBER}) payments? by the customer in (?P<w>{SPAN}); usual is (?P<b>{NUMBER})",
            "the customer made {v} payments in {w}, where {b} is usual",
            "{v} payments were made by the customer in {w} and the usual number is {b}",
            "within {w} there were {v} payments by the customer, against a usual {b}",
        ),
        _kind(
            rf"(?P<v>{NUMBER}) payments? by the customer in (?P<w>{SPAN})",
            "the customer made {v} payments in {w}",
            "there were {v} payments by the customer within {w}",
        ),
    ),
    "customer_sum": (
        _kind(
            rf"(?P<v>{MONEY}) spent by the customer in (?P<w>{SPAN}); usual is (?P<b>{MONEY})",
            "the customer spent {v} in {w}, where {b} is usual",
            "{v} was spent by the customer in {w} and the usual sum is {b}",
            "spending in {w} comes to {v}, against a usual {b}",
        ),
        _kind(
            rf"(?P<v>{MONEY}) spent by the customer in (?P<w>{SPAN})",
            "the customer spent {v} in {w}",
            "spending by the customer in {w} comes to {v}",
        ),
    ),
    "customer_mean": (
        _kind(
            rf"the customer's mean payment in (?P<w>{SPAN}) is (?P<v>{MONEY}); typical is (?P<b>{MONEY})",
            "the customer's mean payment in {w} is {v}, where {b} is typical",
            "over {w} the customer paid {v} on average, and {b} is typical",
            "payments in {w} have a mean of {v}, against a typical {b}",
        ),
    ),
    "known_fraud": (
        _kind(
            rf"(?P<v>{NUMBER}%) of (?P<n>{NUMBER}) payments? at the (?P<s>\w+) in (?P<d>\d+) days were known fraud;"
            rf" typical is (?P<b>{NUMBER}%)",
            "{v} of the {n} payments at the {s} in {d} days were known fraud, where {b} is typical",
            "of {n} payments at this {s} within {d} days {v} were known fraud, and {b} is typical",
            "the {s} had {v} known fraud among {n} payments in {d} days, against a typical {b}",
            "known fraud at the {s} stands at {v} of {n} payments over {d} days, while {b} is typical",
        ),
    ),
    "subject_count": (
        _kind(
            rf"(?P<v>{NUMBER}) payments? at the (?P<s>\w+) in (?P<w>{SPAN}); typical is (?P<b>{NUMBER})",
            "the {s} took {v} payments in {w}, where {b} is typical",
            "{v} payments were made at the {s} in {w}, and {b} is typical",
            "within {w} there were {v} payments at this {s}, against a typical {b}",
        ),
    ),
    "since_last": (
        _kind(
            rf"(?P<v>{SPAN}) since the customer's previous payment; usual is (?P<b>{SPAN})",
            "{v} passed since the customer's previous payment, where {b} is usual",
            "the customer's previous payment was {v} before, and {b} is usual",
            "it came {v} after the customer's previous payment, against a usual {b}",
        ),
        _kind(
            rf"(?P<v>{SPAN}) since the customer's previous payment",
            "{v} passed since the customer's previous payment",
            "the customer's previous payment was {v} before",
        ),
    ),
    "time_of_day": (
        _kind(
            rf"made at (?P<v>\d\d:\d\d); (?P<p>{NUMBER}%) of the customer's payments are made at this time of day",
            "it was made at {v}, a time of day with {p} of the customer's payments",
            "the payment came at {v}, and {p} of the customer's payments are made at this time of day",
            "{v} is a time of day at which {p} of the customer's payments are made",
        ),
    ),
    "weekday": (
        _kind(
            rf"made on a (?P<v>\w+day); (?P<p>{NUMBER}%) of the customer's payments are made"
            r" (?P<k>at weekends|on working days)",
            "it was made on a {v}, and {p} of the customer's payments are made {k}",
            "the payment came on a {v}, while the customer makes {p} of the payments {k}",
        ),
    ),
    "familiarity": (
        _kind(
            r"the customer's first payment (?P<o>at|to|with|in) this (?P<s>\w+)",
            "this is the customer's first payment {o} this {s}",
            "the customer made a first payment {o} this {s}",
            "it is a first payment {o} this {s} by the customer",
        ),
        _kind(
            rf"(?P<v>{NUMBER}) earlier payments? by the customer (?P<o>at|to|with|in) this (?P<s>\w+)",
            "the customer made {v} earlier payments {o} this {s}",
            "there are {v} earlier payments by the customer {o} this {s}",
            "{v} earlier payments {o} this {s} are on record",
        ),
    ),
    "travel_speed": (
        _kind(
            rf"(?P<v>{NUMBER} km) from the previous payment (?P<w>{SPAN}) before; (?P<k>{NUMBER} km/h)",
            "the previous payment was {v} away and {w} before, which means {k}",
            "{v} from the previous payment in {w} would need {k}",
            "the place is {v} from the previous payment {w} before, so the speed is {k}",
        ),
    ),
    "home_distance": (
        _kind(
            rf"(?P<v>{NUMBER} km) from the customer's usual place; usual is (?P<b>{NUMBER} km)",
            "the place is {v} from the customer's usual place, where {b} is usual",
            "it was made {v} from the customer's usual place, and {b} is usual",
            "the distance from the customer's usual place is {v}, against a usual {b}",
        ),
    ),
    "country": (
        _kind(
            rf"made in (?P<v>[A-Z]{{2}}); the customer's home is (?P<h>[A-Z]{{2}});"
            rf" (?P<p>{NUMBER}%) of the customer's payments are made abroad",
            "it was made in {v} while the customer's home is {h} and {p} of the payments are made abroad",
            "the payment came from {v}, the customer's home is {h}, and {p} of the payments are made abroad",
            "a customer at home in {h} with {p} of the payments abroad paid in {v}",
        ),
    ),
    "channel": (
        _kind(
            rf"made by (?P<v>\S.*); (?P<p>{NUMBER}%) of the customer's payments are made this way",
            "it was made by {v}, and {p} of the customer's payments are made this way",
            "the payment was made by {v}, a way used for {p} of the customer's payments",
        ),
    ),
    "category": (
        _kind(
            rf"category (?P<v>\S.*); (?P<p>{NUMBER}%) of the customer's payments are in this category",
            "the category is {v}, with {p} of the customer's payments",
            "it is in the category {v}, and {p} of the customer's payments are in this category",
        ),
    ),
    "balance_drained": (
        _kind(
            rf"(?P<p>{NUMBER}%) of the balance of (?P<b>{MONEY}) was taken",
            "the payment took {p} of the balance of {b}",
            "{p} of a balance of {b} was taken",
            "of the balance of {b} this payment took {p}",
        ),
    ),
    "passed_through": (
        _kind(
            rf"(?P<v>{MONEY}) came in (?P<w>{BEFORE}); (?P<p>{NUMBER}%) of it goes out",
            "{v} came in {w} and {p} of it goes out",
            "the customer received {v} {w}, and {p} of it goes out",
        ),
    ),
    "declines": (
        _kind(
            rf"(?P<v>{NUMBER}) declined payments? by the customer (?P<w>{BEFORE})",
            "the customer had {v} declined payments {w}",
            "there were {v} declined payments by the customer {w}",
        ),
    ),
    "small_payments": (
        _kind(
            rf"(?P<v>{NUMBER}) payments? of at most (?P<b>{MONEY}) (?P<w>{BEFORE})",
            "there were {v} payments of at most {b} {w}",
            "the customer made {v} payments of at most {b} {w}",
        ),
    ),
    "under_limit": (
        _kind(
            rf"(?P<v>{MONEY}); (?P<g>{MONEY}) under the limit of (?P<b>{MONEY})",
            "the payment of {v} is {g} under the limit of {b}",
            "{v} was paid, {g} under the limit of {b}",
        ),
    ),
    "counterparties": (
        _kind(
            rf"(?P<v>{NUMBER}) different counterpart(?:y|ies) of the customer in (?P<d>\d+) days;"
            rf" usual is (?P<b>{NUMBER})",
            "the customer had {v} different counterparties in {d} days, where {b} is usual",
            "{v} different counterparties in {d} days stand against a usual {b}",
        ),
        _kind(
            rf"(?P<v>{NUMBER}) different counterpart(?:y|ies) of the customer in (?P<d>\d+) days",
            "the customer had {v} different counterparties in {d} days",
            "there were {v} different counterparties of the customer within {d} days",
        ),
    ),
    "other": (
        _kind(
            rf"(?P<s>\S.*) is (?P<v>{NUMBER}); typical is (?P<b>{NUMBER})",
            "{s} is {v}, where {b} is typical",
            "{s} stands at {v}, against a typical {b}",
        ),
    ),
}

VERBS = {
    "raises": ("raises the score", "pushes the score up", "speaks for fraud", "increases the risk", "adds to the risk"),
    "lowers": (
        "lowers the score",
        "pulls the score down",
        "speaks against fraud",
        "decreases the risk",
        "reduces the risk",
    ),
}
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")

# {C} clause with a capital, {c} clause, {v} verb phrase, {o} ordinal
RANKED = (
    "Ranked {o}, {c}, which {v}",
    "Ranked {o} by weight, {c}; this {v}",
    "{C}; ranked {o}, this {v}",
    "The reason ranked {o} {v}: {c}",
)
STRONGEST = (
    "The strongest reason {v}: {c}",
    "{C}, and this {v} more than any other reason",
    "Most of all, {c}, which {v}",
)
PLAIN = (
    "{C}, which {v}",
    "{C}, and this {v}",
    "Next, {c}; it {v}",
    "It {v} that {c}",
    "Also, {c}, and that {v}",
    "It {v} as well that {c}",
)
TYPOLOGY = (
    "Together this fits the pattern {t} {e}.",
    "The pattern is {t} {e}.",
    "This matches the declared pattern {t} {e}.",
    "By declared rule the pattern is {t} {e}.",
)


def clause(evidence: Evidence, rng: random.Random) -> str:
    """One of the kind's clauses with the statement's own words. Raises ValueError for a statement without grammar."""
    for grammar in GRAMMAR.get(evidence.kind, ()):
        if match := grammar.pattern.fullmatch(evidence.statement):
            return _singular(rng.choice(grammar.clauses).format(**match.groupdict()))
    raise ValueError(f"no grammar for {evidence.kind}: {evidence.statement!r}")


def _singular(text: str) -> str:
    """'there was 1 payment' where the clause, written for many, meets one."""
    text = re.sub(r"\b(were|are) (?=1 )", lambda m: "was " if m[1] == "were" else "is ", text)
    text = re.sub(r"(?<![\d.,])1 ((?:earlier |declined |different )?)payments\b", r"1 \1payment", text)
    text = re.sub(r"(?<![\d.,])1 days\b", "1 day", text)
    return re.sub(r"(?<![\d.,])1 different counterparties\b", "1 different counterparty", text)


def sentence(evidence: Evidence, rng: random.Random) -> str:
    """One sentence on one piece of evidence, cited."""
    words = clause(evidence, rng)
    frames = PLAIN
    if rng.random() < 0.6 and evidence.rank <= len(ORDINALS):
        frames = STRONGEST if evidence.rank == 1 and rng.random() < 0.6 else RANKED
    text = rng.choice(frames).format(
        C=words[:1].upper() + words[1:],
        c=words,
        v=rng.choice(VERBS[evidence.direction]),
        o=ORDINALS[min(evidence.rank, len(ORDINALS)) - 1],
    )
    return f"{text} [{evidence.id}]."


def answer(evidence: tuple[Evidence, ...], typology: Typology | None, rng: random.Random) -> str:
    """The answer to one prompt: a sentence for each piece of evidence in the order of rank, then the typology."""
    parts = [sentence(item, rng) for item in sorted(evidence, key=lambda item: item.rank)]
    if typology:
        cited = "[" + ", ".join(typology.evidence) + "]"
        parts.append(rng.choice(TYPOLOGY).format(t=typology.name, e=cited))
    return " ".join(parts)
