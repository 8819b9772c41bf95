"""How training answers say what a statement says: each kind's pattern, and wordings in the notation of grammar.py.

A clause is made from the words of the statement itself (read back by the kind's pattern), so real and synthetic
evidence are worded alike. Verification shares nothing with this file.
"""

import random
import re
from dataclasses import dataclass

from domain.evidence import Evidence
from models.narrator.grammar import write

NUMBER = r"[\d.,]*\d"
MONEY = rf"{NUMBER}(?: [A-Z]{{3}})?"
BEFORE = r"in the (?:hour|\d[\d,]* (?:minutes|hours|days)) before"
SPAN = r"\d[\d,]* (?:seconds?|minutes|hours?|days)"
PLAIN_NAME = re.compile(r"[\w .&'/+-]{1,32}")  # any other name from data is left where it is: the evidence shows it

# Fragments that several kinds share.
PAY = "(payment|transaction)"
THIS = f"(the|this) {PAY}"
IN = "(in|within|over|during|across|inside)"
SHARE_OF = "(of the customer's payments|of all payments by the customer)"


@dataclass(frozen=True)
class KindGrammar:
    """How the statement of a kind reads, and the clauses that can say the same; `unnamed` where the name is unfit."""

    pattern: re.Pattern[str]
    clauses: tuple[str, ...]
    unnamed: tuple[str, ...] = ()


# Words that stand in most clauses, and what may stand in their place.
VARIED = (
    ("the customer", "(the|the|this) customer"),
    ("is usual", "is (usual|normal|usually seen|the usual figure|the normal level)"),
    ("is typical", "is (typical|typically seen|the typical figure|the typical level)"),
    ("(where|while|whereas)", "(where|while|whereas|though|although|but)"),
    ("against a", "(against|beside|versus|next to|compared with) a"),
    ("a usual", "(a|the) (usual|normal)"),
    ("a typical {", "(a|the) typical {"),
    ("(comes to|", "(comes to|runs to|amounts to|"),
    ("(stands|", "(stands|sits|"),
)


def _varied(wording: str) -> str:
    for words, choice in VARIED:
        wording = wording.replace(words, choice)
    return wording


def _kind(pattern: str, *clauses: str, unnamed: tuple[str, ...] = ()) -> KindGrammar:
    return KindGrammar(
        re.compile(pattern), tuple(_varied(wording) for wording in clauses), tuple(_varied(text) for text in unnamed)
    )


GRAMMAR: dict[str, tuple[KindGrammar, ...]] = {
    "amount_ratio": (
        _kind(
            rf"(?P<v>{MONEY}); the customer's (?P<d>\d+)-day mean is (?P<b>{MONEY}); (?P<t>{NUMBER} times)",
            f"{THIS} of {{v}} is {{t}} the customer's {{d}}-day (mean|average) of {{b}}",
            "{v} was paid where the customer's {d}-day mean is {b}, (so it is|which is|that is) {t} the mean",
            "(at|with) {v} the (amount|sum) (is|comes to|reaches) {t} the {d}-day (mean|average) of {b}",
            "the customer pays {b} on average over {d} days, (and|but|while) this payment of {v} is {t} that",
            "(set|measured|held) against (a|the) {d}-day mean of {b}, {v} is {t} as much",
            "{d} days of (payments|history) give a mean of {b}, and {v} (is|makes) {t} that",
        ),
    ),
    "amount": (
        _kind(
            rf"(?P<v>{MONEY}); the typical payment is (?P<b>{MONEY})",
            "the amount (is|comes to|stands at) {v} (while|whereas|where) the typical payment is {b}",
            "{v} was paid, (and|while|whereas) the typical payment is {b}",
            f"{THIS} of {{v}} (stands against|is to be set against|stands beside) a typical {{b}}",
            "(against|beside|next to) a typical payment of {b}, (this one is|the amount is|it is) {v}",
            "a typical payment (would be|is) {b}, (and|but) this one (is for|came to|comes to) {v}",
        ),
    ),
    "amount_record": (
        _kind(
            rf"(?P<v>{MONEY}); the customer's largest payment before was (?P<b>{MONEY})",
            f"{THIS} of {{v}} compares with a largest payment before of {{b}}",
            "the customer's largest payment before was {b}, (and|while) this one is (for|) {v}",
            "{v} was paid by a customer whose largest payment before was {b}",
            "(before this|until now|so far) the customer's largest payment was {b}, (now it is|and this is) {v}",
            "the customer (now|) pays {v} after a largest (earlier|) payment of {b}",
        ),
    ),
    "amount_spread": (
        _kind(
            rf"(?P<v>{MONEY}); the customer's median payment is (?P<b>{MONEY});"
            rf" (?P<n>{NUMBER}) usual spreads (?P<s>above|below) it",
            "{v} (lies|is|falls) {n} usual spreads {s} the customer's median payment of {b}",
            "the customer's median payment is {b}, (and|while) {v} lies {n} usual spreads {s} it",
            "with a median payment of {b}, the amount of {v} (stands|is) {n} usual spreads {s} (the median|it)",
            f"{THIS} of {{v}} is {{n}} usual spreads {{s}} a median of {{b}}",
        ),
    ),
    "peer_amount": (
        _kind(
            rf"(?P<v>{MONEY}); the median payment in this category is (?P<b>{MONEY}); (?P<t>{NUMBER} times)",
            "{v} is {t} the median payment of {b} in this category",
            "in this category the median payment is {b}, (and|while) {v} is {t} (that|as much)",
            "customers (pay|paid) a median of {b} in this category, (and|but) this is {v}, {t} as much",
            f"{THIS} of {{v}} is {{t}} the median of {{b}} in this category",
        ),
    ),
    "customer_count": (
        _kind(
            rf"(?P<v>{NUMBER}) payments? by the customer in (?P<w>{SPAN}); usual is (?P<b>{NUMBER})",
            f"the customer made {{v}} payments {IN} {{w}}, (where|while|whereas) {{b}} is usual",
            f"{{v}} payments were made by the customer {IN} {{w}} and the usual number is {{b}}",
            "(within|over) {w} there were {v} payments by the customer, (against|beside) a usual {b}",
            "(the count of|counting) payments by the customer {w} back (gives|shows) {v}, against a usual {b}",
            f"the customer's (activity|count) {IN} {{w}} is {{v}} payments, (with|against) a usual {{b}}",
        ),
        _kind(
            rf"(?P<v>{NUMBER}) payments? by the customer in (?P<w>{SPAN})",
            f"the customer made {{v}} payments {IN} {{w}}",
            f"there were {{v}} payments by the customer {IN} {{w}}",
            "{w} (show|count|have) {v} payments by the customer",
        ),
    ),
    "customer_sum": (
        _kind(
            rf"(?P<v>{MONEY}) spent by the customer in (?P<w>{SPAN}); usual is (?P<b>{MONEY})",
            f"the customer spent {{v}} {IN} {{w}}, (where|while|whereas) {{b}} is usual",
            f"{{v}} was spent by the customer {IN} {{w}} and the usual sum is {{b}}",
            "spending in {w} (comes to|totals|reaches) {v}, against a usual {b}",
            "all payments of the customer in {w} (sum to|come to|total) {v}, (and|while) {b} is usual",
            "(against|beside) a usual {b} in {w}, the customer spent {v}",
        ),
        _kind(
            rf"(?P<v>{MONEY}) spent by the customer in (?P<w>{SPAN})",
            f"the customer spent {{v}} {IN} {{w}}",
            "spending by the customer in {w} (comes to|totals|reaches) {v}",
            "all payments of the customer in {w} (sum to|come to|total) {v}",
        ),
    ),
    "customer_mean": (
        _kind(
            rf"the customer's mean payment in (?P<w>{SPAN}) is (?P<v>{MONEY}); typical is (?P<b>{MONEY})",
            f"the customer's (mean|average) payment {IN} {{w}} is {{v}}, (where|while|whereas) {{b}} is typical",
            "over {w} the customer paid {v} on average, and {b} is typical",
            "payments in {w} have a mean of {v}, against a typical {b}",
            f"a mean of {{v}} {IN} {{w}} (stands|is seen) (against|beside) a typical {{b}}",
        ),
    ),
    "known_fraud": (
        _kind(
            rf"(?P<v>{NUMBER}%) of (?P<n>{NUMBER}) outcomes? learned in (?P<d>\d+) days? for the (?P<s>\w+)"
            rf" (?:was|were) fraud; typical is (?P<b>{NUMBER}%)",
            "{v} of the {n} outcomes learned in {d} days for the {s} were fraud, (where|while|whereas) {b} is typical",
            "of {n} outcomes learned for this {s} (within|over) {d} days {v} were fraud, and {b} is typical",
            "the {s} had {v} fraud among {n} outcomes learned in {d} days, against a typical {b}",
            "fraud at the {s} (stands|lies) at {v} of {n} outcomes learned over {d} days, while {b} is typical",
            "outcomes learned in {d} days, {n} of them, (put|show) the {s} at {v} fraud, against a typical {b}",
            "with {n} outcomes learned in {d} days the fraud share at the {s} is {v}, and {b} is typical",
        ),
    ),
    "subject_count": (
        _kind(
            rf"(?P<v>{NUMBER}) payments? at the (?P<s>\w+) in (?P<w>{SPAN}); typical is (?P<b>{NUMBER})",
            f"the {{s}} (took|had) {{v}} payments {IN} {{w}}, (where|while|whereas) {{b}} is typical",
            f"{{v}} payments were made at the {{s}} {IN} {{w}}, and {{b}} is typical",
            "within {w} there were {v} payments at this {s}, against a typical {b}",
            "payments at the {s} (number|count) {v} in {w}, (where|while|whereas) {b} is typical",
            "{v} payments (passed through|came to|reached) this {s} in {w}, (where|while|whereas) {b} is typical",
            "traffic at the {s} (was|came to|counts) {v} payments in {w}, (beside|against) a typical {b}",
        ),
    ),
    "since_last": (
        _kind(
            rf"(?P<v>{SPAN}) since the customer's previous payment; usual is (?P<b>{SPAN})",
            "{v} (passed|went by) since the customer's previous payment, (where|while|whereas) {b} is usual",
            "the customer's previous payment was {v} (before|earlier), and {b} is usual",
            "it came {v} after the customer's previous payment, against a usual {b}",
            "the (gap|pause) since the customer's previous payment is {v}, (against|beside) a usual {b}",
            "the payment before came {v} earlier, (and|while) {b} is usual (for the customer|)",
            "{v} after the customer's previous payment it was made, against a usual {b}",
        ),
        _kind(
            rf"(?P<v>{SPAN}) since the customer's previous payment",
            "{v} (passed|went by) since the customer's previous payment",
            "the customer's previous payment was {v} (before|earlier)",
            "the (gap|pause) since the customer's previous payment is {v}",
        ),
    ),
    "time_of_day": (
        _kind(
            rf"made at (?P<v>\d\d:\d\d); (?P<p>{NUMBER}%) of the customer's payments are made at this time of day",
            "it was made at {v}, a time of day with {p} of the customer's payments",
            f"{THIS} came at {{v}}, and {{p}} {SHARE_OF} are made at this time of day",
            "{v} is a time of day at which {p} of the customer's payments are made",
            "the clock (showed|stood at) {v}, and {p} of the customer's payments (fall|come) at this time of day",
            "at {v}, a time of day that takes {p} of the customer's payments, it was made",
        ),
    ),
    "weekday": (
        _kind(
            rf"made on a (?P<v>\w+day); (?P<p>{NUMBER}%) of the customer's payments are made"
            r" (?P<k>at weekends|on working days)",
            "it was made on a {v}, (and|while) {p} of the customer's payments are made {k}",
            f"{THIS} came on a {{v}}, (while|whereas) the customer makes {{p}} of the payments {{k}}",
            "the day was a {v}, and {p} of the customer's payments (come|fall) {k}",
        ),
    ),
    "familiarity": (
        _kind(
            r"the customer's first payment (?P<o>at|to|with|in) this (?P<s>\w+)",
            "this is the customer's first payment {o} this {s}",
            "the customer (made|makes) a first payment {o} this {s}",
            "it is a first payment {o} this {s} by the customer",
            "the customer (pays|is seen) {o} this {s} for the first time",
            "this {s} is new (to|for) the customer",
            "(a|the) {s} (is|appears) new for the customer",
            "the {s} (sees|has) the customer for the first time",
            "for the customer (the|this) {s} (is|was) new",
            "{o} this {s}, it is the first payment (of|by) the customer",
            "the customer made (the|a) first payment {o} this {s} (here|now|)",
        ),
        _kind(
            rf"(?P<v>{NUMBER}) earlier payments? by the customer (?P<o>at|to|with|in) this (?P<s>\w+)",
            "the customer made {v} earlier payments {o} this {s}",
            "there (are|have been) {v} earlier payments by the customer {o} this {s}",
            "{v} earlier payments {o} this {s} are (on record|known)",
            "the (history|record) shows {v} earlier payments by the customer {o} this {s}",
        ),
    ),
    "travel_speed": (
        _kind(
            rf"(?P<v>{NUMBER} km) from the previous payment (?P<w>{SPAN}) before; (?P<k>{NUMBER} km/h)",
            "the previous payment was {v} away and {w} before, which means {k}",
            "{v} from the previous payment in {w} would (need|take) {k}",
            "the place is {v} from the previous payment {w} before, so the speed is {k}",
            "(going|getting) {v} from the previous payment in {w} (needs|means|takes) a speed of {k}",
        ),
    ),
    "home_distance": (
        _kind(
            rf"(?P<v>{NUMBER} km) from the customer's usual place; usual is (?P<b>{NUMBER} km)",
            "the place is {v} from the customer's usual place, (where|while|whereas) {b} is usual",
            "it was made {v} from the customer's usual place, and {b} is usual",
            "the distance from the customer's usual place is {v}, (against|beside) a usual {b}",
        ),
    ),
    "country": (
        _kind(
            rf"made in (?P<v>[A-Z]{{2}}); the customer's home is (?P<h>[A-Z]{{2}});"
            rf" (?P<p>{NUMBER}%) of the customer's payments are made abroad",
            "it was made in {v} while the customer's home is {h} and {p} of the payments are made abroad",
            f"{THIS} came from {{v}}, the customer's home is {{h}}, and {{p}} {SHARE_OF} are made abroad",
            "a customer at home in {h} with {p} of the payments abroad paid in {v}",
            "the customer's home is {h}, (yet|and) it was made in {v}, with {p} of the payments made abroad",
        ),
    ),
    "channel": (
        _kind(
            rf"made by (?P<v>\S.*); (?P<p>{NUMBER}%) of the customer's payments are made this way",
            f"it was made by {{v}}, and {{p}} {SHARE_OF} are made this way",
            "the payment was made by {v}, a way used for {p} of the customer's payments",
            "{p} of the customer's payments are made this way, and it was made by {v}",
            unnamed=(
                f"{{p}} {SHARE_OF} are made this way",
                "it was made in a way used for {p} of the customer's payments",
            ),
        ),
    ),
    "category": (
        _kind(
            rf"category (?P<v>\S.*); (?P<p>{NUMBER}%) of the customer's payments are in this category",
            f"the category is {{v}}, with {{p}} {SHARE_OF}",
            "it is in the category {v}, and {p} of the customer's payments are in this category",
            f"the category {{v}} (takes|has) {{p}} {SHARE_OF}",
            unnamed=(
                f"{{p}} {SHARE_OF} are in this category",
                "it is in a category with {p} of the customer's payments",
            ),
        ),
    ),
    "balance_drained": (
        _kind(
            rf"(?P<p>{NUMBER}%) of the balance of (?P<b>{MONEY}) was taken",
            f"{THIS} took {{p}} of the balance of {{b}}",
            "{p} of (a|the|this) balance of {b} (was|is|has been) taken",
            "of the balance of {b} this payment (took|takes) {p}",
            "(the|a) balance of {b} (lost|loses) {p} (with this payment|)",
            "{p} went out of a balance of {b}",
        ),
    ),
    "passed_through": (
        _kind(
            rf"(?P<v>{MONEY}) came in (?P<w>{BEFORE}); (?P<p>{NUMBER}%) of it goes out",
            "{v} came in {w} and {p} of it (goes|went) out",
            "the customer received {v} {w}, (and|of which) {p} (of it|) goes out",
            "after {v} came in {w}, {p} of it (goes|is going) out (again|)",
        ),
    ),
    "declines": (
        _kind(
            rf"(?P<v>{NUMBER}) declined payments? by the customer (?P<w>{BEFORE})",
            "the customer had {v} declined payments {w}",
            "there were {v} declined payments by the customer {w}",
            "{w} {v} declined payments by the customer (are on record|were seen|stand)",
        ),
    ),
    "small_payments": (
        _kind(
            rf"(?P<v>{NUMBER}) payments? of at most (?P<b>{MONEY}) (?P<w>{BEFORE})",
            "there were {v} payments of at most {b} {w}",
            "the customer made {v} payments of at most {b} {w}",
            "{w} {v} payments of at most {b} were (made|seen)",
        ),
    ),
    "under_limit": (
        _kind(
            rf"(?P<v>{MONEY}); (?P<g>{MONEY}) under the limit of (?P<b>{MONEY})",
            f"{THIS} of {{v}} is {{g}} under the limit of {{b}}",
            "{v} was paid, {g} under the limit of {b}",
            "the amount (stays|lies) {g} under the limit of {b}, at {v}",
        ),
    ),
    "counterparties": (
        _kind(
            rf"(?P<v>{NUMBER}) different counterpart(?:y|ies) of the customer in (?P<d>\d+) days?;"
            rf" usual is (?P<b>{NUMBER})",
            f"the customer had {{v}} different counterparties {IN} {{d}} days, (where|while|whereas) {{b}} is usual",
            "{v} different counterparties in {d} days stand against a usual {b}",
            "the customer (dealt with|paid) {v} different counterparties in {d} days, and {b} is usual",
        ),
        _kind(
            rf"(?P<v>{NUMBER}) different counterpart(?:y|ies) of the customer in (?P<d>\d+) days?",
            f"the customer had {{v}} different counterparties {IN} {{d}} days",
            "there were {v} different counterparties of the customer within {d} days",
        ),
    ),
    "other": (
        _kind(
            rf"(?P<s>\S.*) is (?P<v>{NUMBER}); typical is (?P<b>{NUMBER})",
            "{s} is {v}, (where|while|whereas) {b} is typical",
            "{s} (stands|lies) at {v}, against a typical {b}",
        ),
    ),
}


def clauses_for(statement: str) -> tuple[str, ...]:
    """All wordings that can say a statement; those of all kinds for one that reads like none."""
    grammars = [grammar for kinds in GRAMMAR.values() for grammar in kinds]
    fitting = [grammar for grammar in grammars if grammar.pattern.fullmatch(statement)] or grammars
    return tuple(wording for grammar in fitting for wording in (*grammar.clauses, *grammar.unnamed))


def clause(evidence: Evidence, rng: random.Random) -> str:
    """One of the kind's clauses with the statement's own words. Raises ValueError for a statement without grammar."""
    for grammar in GRAMMAR.get(evidence.kind, ()):
        if match := grammar.pattern.fullmatch(evidence.statement):
            unfit = grammar.unnamed and not PLAIN_NAME.fullmatch(match["v"])
            wording = rng.choice(grammar.unnamed if unfit else grammar.clauses)
            return _singular(write(wording, rng, match.groupdict()))
    raise ValueError(f"no grammar for {evidence.kind}: {evidence.statement!r}")


def _singular(text: str) -> str:
    """'there was 1 payment' where the clause, written for many, meets one."""
    text = re.sub(
        r"\b(were|are|have been) (?=1 )", lambda m: {"were": "was ", "are": "is "}.get(m[1], "has been "), text
    )
    text = re.sub(r"(?<![\d.,])1 ((?:earlier |declined |different )?)payments\b", r"1 \1payment", text)
    text = re.sub(r"(?<![\d.,])1 (outcome|day)s\b", r"1 \1", text)
    return re.sub(r"(?<![\d.,])1 different counterparties\b", "1 different counterparty", text)
