"""The management's figures of a report: what the alerts are, what they are worth, how far the review is."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.reporting import Case, Report, Tally

AGES: tuple[tuple[str, timedelta], ...] = (
    ("under a day", timedelta(days=1)),
    ("1 to 3 days", timedelta(days=3)),
    ("3 to 7 days", timedelta(days=7)),
    ("7 to 14 days", timedelta(days=14)),
    ("14 to 30 days", timedelta(days=30)),
)
OLDEST = "over 30 days"
NO_TYPOLOGY = "none recognised"
Z = 1.959964  # of a 95 % interval


@dataclass(frozen=True, slots=True)
class ValueAtRisk:
    """Sums of alerted amounts in one currency ('' where unknown): all, not yet decided, found fraud, found genuine."""

    currency: str
    alerted: float
    undecided: float
    fraud: float
    genuine: float


@dataclass(frozen=True, slots=True)
class Precision:
    """Alert precision so far: frauds over decided alerts, with its 95 % Wilson interval; None where none is decided.

    Decided are confirmed frauds and false positives; inconclusive and escalated alerts are not known yet.
    """

    frauds: int
    genuine: int
    share: float | None
    low: float | None
    high: float | None

    @property
    def false_positive_ratio(self) -> float | None:
        """False positives for each confirmed fraud; None where there is no fraud yet."""
        return self.genuine / self.frauds if self.frauds else None


@dataclass(frozen=True, slots=True)
class Summary:
    """Over a report's cases. `days`: alerts by the day of their transaction, from the first to the last, gaps too."""

    days: tuple[tuple[date, int], ...]
    typologies: Tally
    values: tuple[ValueAtRisk, ...]
    precision: Precision
    ages: Tally
    fallback: float | None
    claims: int


def summarise(report: Report) -> Summary:
    """The figures of the report's own cases, and of nothing else."""
    cases = report.cases
    sentences = [sentence for case in cases for sentence in case.explanation.narrative.sentences]
    drafted = [
        sentence
        for case in cases
        if case.explanation.narrative.origin == "narrator"
        for sentence in case.explanation.narrative.sentences
    ]
    return Summary(
        days=_days(cases),
        typologies=_typologies(cases),
        values=_values(cases),
        precision=_precision(cases),
        ages=_ages(cases, report.created_at),
        fallback=sum(sentence.status == "template" for sentence in drafted) / len(drafted) if drafted else None,
        claims=sum(len(sentence.claims) for sentence in sentences),
    )


def _days(cases: Sequence[Case]) -> tuple[tuple[date, int], ...]:
    counted = Counter(case.transaction.occurred_at.date() for case in cases)
    if not counted:
        return ()
    first, last = min(counted), max(counted)
    span = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple((day, counted[day]) for day in span)


def _typologies(cases: Iterable[Case]) -> Tally:
    counted = Counter(case.explanation.typology.name if case.explanation.typology else NO_TYPOLOGY for case in cases)
    return tuple(sorted(counted.items(), key=lambda item: (item[0] == NO_TYPOLOGY, -item[1], item[0])))


def _values(cases: Sequence[Case]) -> tuple[ValueAtRisk, ...]:
    def total(currency: str, *dispositions: str) -> float:
        wanted = [
            case.transaction.amount
            for case in cases
            if (case.transaction.currency or "") == currency and (not dispositions or case.disposition in dispositions)
        ]
        return math.fsum(wanted)

    currencies = Counter(case.transaction.currency or "" for case in cases)
    return tuple(
        ValueAtRisk(
            currency,
            total(currency),
            total(currency, "open", "escalated", "inconclusive"),
            total(currency, "confirmed_fraud"),
            total(currency, "false_positive"),
        )
        for currency, _ in sorted(currencies.items(), key=lambda item: (-item[1], item[0]))
    )


def _precision(cases: Iterable[Case]) -> Precision:
    counted = Counter(case.disposition for case in cases)
    frauds, genuine = counted["confirmed_fraud"], counted["false_positive"]
    decided = frauds + genuine
    if not decided:
        return Precision(0, 0, None, None, None)
    share = frauds / decided
    middle = (share + Z**2 / (2 * decided)) / (1 + Z**2 / decided)
    half = Z / (1 + Z**2 / decided) * math.sqrt(share * (1 - share) / decided + Z**2 / (4 * decided**2))
    return Precision(frauds, genuine, share, max(0.0, middle - half), min(1.0, middle + half))


def _ages(cases: Iterable[Case], now: datetime) -> Tally:
    """Of the open alerts, by the time since they were raised."""
    counted: Counter[str] = Counter()
    for case in cases:
        if case.alert is not None and case.disposition == "open":
            age = now - case.alert.created_at
            counted[next((name for name, limit in AGES if age < limit), OLDEST)] += 1
    return tuple((name, counted[name]) for name in (*(name for name, _ in AGES), OLDEST))
