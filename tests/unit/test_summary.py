"""The management's figures, and the drift of the scores."""

import dataclasses
from datetime import date, timedelta

import numpy as np
import pytest

from domain.rendering.charts import MOST_DAYS, charts
from domain.report_sources import stability_index
from domain.reporting import Case, Report
from domain.summary import summarise
from tests.reports import CREATED, a_decision, a_report, a_transaction, an_alert, an_explanation


def a_case(number: int, disposition: str | None = None, **changes: object) -> Case:
    name = f"T-{number}"
    decisions = (a_decision(f"A-{name}", disposition=disposition),) if disposition else ()
    alert = an_alert(name, created_at=CREATED - timedelta(days=number))
    return Case(a_transaction(name, **changes), alert, an_explanation(name), (), decisions)


def reviewed() -> Report:
    dispositions = ["confirmed_fraud"] * 3 + ["false_positive"] * 6 + ["escalated", "inconclusive", None]
    return a_report([a_case(number, disposition) for number, disposition in enumerate(dispositions)])


def test_precision_counts_what_is_known_with_wilsons_interval() -> None:
    precision = summarise(reviewed()).precision
    assert (precision.frauds, precision.genuine) == (3, 6)
    assert precision.share == pytest.approx(1 / 3)
    assert (precision.low, precision.high) == (pytest.approx(0.1206, abs=1e-4), pytest.approx(0.6458, abs=1e-4))
    assert precision.false_positive_ratio == 2.0
    assert summarise(a_report([a_case(1)])).precision.share is None


def test_value_at_risk_is_summed_by_currency_and_disposition() -> None:
    report = a_report(
        [a_case(1, "confirmed_fraud", amount=10.0), a_case(2, amount=5.5), a_case(3, amount=7.0, currency="USD")]
    )
    euro, dollar = summarise(report).values
    assert (euro.currency, euro.alerted, euro.undecided, euro.fraud, euro.genuine) == ("EUR", 15.5, 5.5, 10.0, 0.0)
    assert (dollar.currency, dollar.alerted) == ("USD", 7.0)


def test_days_have_no_gaps_and_open_alerts_are_aged() -> None:
    first = a_transaction().occurred_at
    report = a_report([a_case(0), a_case(5, occurred_at=first + timedelta(days=3)), a_case(40), a_case(2, "escalated")])
    summary = summarise(report)
    assert summary.days == (
        (date(2026, 2, 27), 3), (date(2026, 2, 28), 0), (date(2026, 3, 1), 0), (date(2026, 3, 2), 1),
    )  # fmt: skip
    assert dict(summary.ages) == {
        "under a day": 1, "1 to 3 days": 0, "3 to 7 days": 1, "7 to 14 days": 0, "14 to 30 days": 0, "over 30 days": 1,
    }  # fmt: skip


def test_fallback_is_the_share_of_replaced_sentences_in_drafted_explanations() -> None:
    report = a_report([a_case(1)])
    assert summarise(report).fallback == pytest.approx(1 / 3)
    narrative = dataclasses.replace(an_explanation().narrative, origin="template")
    template = Case(a_transaction(), an_alert(), an_explanation(narrative=narrative))
    assert summarise(a_report([template])).fallback is None


def test_long_periods_are_drawn_by_the_week_and_no_alert_is_lost() -> None:
    first = a_transaction().occurred_at
    report = a_report([a_case(number, occurred_at=first + timedelta(days=3 * number)) for number in range(60)])
    (drawn,) = (chart for chart in charts(report, summarise(report)) if chart.over_time)
    assert len(drawn.bars) <= MOST_DAYS
    assert sum(int(bar.value) for bar in drawn.bars) == 60
    assert charts(a_report([]), summarise(a_report([]))) == ()


def test_the_stability_index_is_zero_for_the_same_and_grows_with_the_shift() -> None:
    draws = np.random.default_rng(1)
    before = draws.normal(size=5000)
    assert stability_index(before, before) == 0.0
    near, far = (stability_index(before, draws.normal(shift, size=5000)) for shift in (0.1, 1.0))
    assert near < 0.1 < 0.25 < far
    by_hand = stability_index(np.arange(10.0), np.repeat([0.0, 9.0], 5))
    assert by_hand == pytest.approx(2 * 0.4 * np.log(0.5 / 0.1) + 8 * (1e-4 - 0.1) * np.log(1e-4 / 0.1))
