"""The management summary as bars and figures, in words and shares of a length; each rendering draws its own way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.rendering import wording
from domain.rendering.case_view import Pairs
from domain.rendering.text import short
from domain.reporting import Report
from domain.statements import money
from domain.summary import Precision, Summary, ValueAtRisk

MOST_DAYS = 62  # more are told by the week
MOST_BARS = 12
LEAST_SLOTS = 14  # over time, fewer bars stand as wide as if they were that many


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its value in words, and its length as a share of the chart's longest, in 0..1."""

    label: str
    value: str
    share: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars under a title; `over_time`: they stand side by side in the order of time. `description` says it in words."""

    title: str
    bars: tuple[Bar, ...]
    description: str
    over_time: bool = False
    peak: str = ""

    @property
    def slots(self) -> int:
        """How many bars have room beside each other over time."""
        return max(len(self.bars), LEAST_SLOTS)


def charts(report: Report, summary: Summary) -> tuple[Chart, ...]:
    """Those that have anything to show."""
    counts = report.counts
    drawn = [
        _over_time(summary.days),
        _counted("Alerts by band", [(wording.BANDS[key], count) for key, count in counts.bands]),
        _counted("Alerts by typology", [(short(name), count) for name, count in summary.typologies]),
        *(_value(value) for value in summary.values[:2]),
        _counted("Dispositions", [(wording.DISPOSITIONS[key], count) for key, count in counts.dispositions]),
        _counted("Age of the open alerts", list(summary.ages)),
    ]
    return tuple(chart for chart in drawn if chart is not None)


def figures(report: Report, summary: Summary) -> Pairs:
    """What stands beside the bars: precision so far, the false positive ratio, checked claims."""
    counts = report.counts
    sentences = sum(count for _, count in counts.sentences)
    fallback = "no draft by the language model" if summary.fallback is None else f"{summary.fallback:.1%}"
    return (
        ("Alert precision so far", _precision(summary.precision)),
        ("False positive ratio", _ratio(summary.precision)),
        ("Sentences verified", f"{sentences:,} of {sentences:,}, with {summary.claims:,} claims"),
        ("Fallback rate", fallback),
    )


def _precision(precision: Precision) -> str:
    if precision.share is None or precision.low is None or precision.high is None:
        return "no alert is decided as fraud or genuine yet"
    decided = precision.frauds + precision.genuine
    interval = f"95 % interval {precision.low:.1%} to {precision.high:.1%}"
    return f"{precision.share:.1%} ({precision.frauds:,} of {decided:,} decided; {interval})"


def _ratio(precision: Precision) -> str:
    ratio = precision.false_positive_ratio
    if ratio is None:
        return "no fraud is confirmed yet"
    return f"{ratio:.1f} false positives for each confirmed fraud"


def _counted(title: str, counted: Sequence[tuple[str, int]]) -> Chart | None:
    if not any(count for _, count in counted):
        return None
    kept, rest = counted[:MOST_BARS], counted[MOST_BARS:]
    if rest:
        kept = [*kept, (f"{len(rest):,} others", sum(count for _, count in rest))]
    total = sum(count for _, count in kept)
    bars = [(label, f"{count:,} ({count / total:.0%})", float(count)) for label, count in kept]
    return _chart(title, bars)


def _value(value: ValueAtRisk) -> Chart | None:
    parts = (
        ("All alerted", value.alerted),
        ("Not yet decided", value.undecided),
        ("Confirmed fraud", value.fraud),
        ("Found genuine", value.genuine),
    )
    bars = [(label, short(money(amount, value.currency or None)), amount) for label, amount in parts]
    return _chart(f"Value at risk{f' in {short(value.currency)}' if value.currency else ''}", bars)


def _over_time(days: Sequence[tuple[date, int]]) -> Chart | None:
    if not days:
        return None
    if len(days) <= MOST_DAYS:
        return _chart("Alerts by day", [(str(day), f"{n:,}", float(n)) for day, n in days], over_time=True)
    width = 7 * -(-len(days) // (7 * MOST_DAYS))  # whole weeks, as many as fit
    groups = [days[at : at + width] for at in range(0, len(days), width)]
    bars = [(f"{group[0][0]}", f"{sum(n for _, n in group):,}", float(sum(n for _, n in group))) for group in groups]
    return _chart(f"Alerts by {width} days, each from the day named", bars, over_time=True)


def _chart(title: str, bars: Sequence[tuple[str, str, float]], *, over_time: bool = False) -> Chart:
    longest = max((amount for _, _, amount in bars), default=0.0)
    drawn = tuple(Bar(label, value, amount / longest if longest > 0 else 0.0) for label, value, amount in bars)
    if over_time:
        peak = max(bars, key=lambda bar: bar[2])
        most = f"at most {peak[1]}, {peak[0]}"
        return Chart(title, drawn, f"{title}, from {bars[0][0]} to {bars[-1][0]}: {most}.", True, most)
    told = "; ".join(f"{label}: {value}" for label, value, _ in bars)
    return Chart(title, drawn, f"{title}: {told}.")
