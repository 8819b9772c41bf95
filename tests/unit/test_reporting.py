"""A report's content from records."""

import dataclasses
from datetime import UTC, datetime, timedelta, timezone

import pytest

from domain.errors import ReportFailed
from domain.reporting import Case, build_report, report_time
from tests.reports import CREATED, a_decision, a_report, a_transaction, an_alert, an_explanation


def test_counts_are_over_the_reports_cases_and_list_every_key() -> None:
    counts = a_report().counts
    assert counts.cases == 3
    assert dict(counts.bands) == {"critical": 1, "high": 1, "medium": 0, "low": 1}
    assert dict(counts.dispositions) == {
        "confirmed_fraud": 1, "false_positive": 0, "inconclusive": 0, "escalated": 1, "open": 1,
    }  # fmt: skip
    assert dict(counts.origins) == {"model": 1, "upstream": 1, "asked for": 1}
    assert dict(counts.sentences) == {"verified": 3, "repaired": 3, "template": 3}
    assert (counts.drafts, counts.drafts_verified) == (3, 0)


def test_fixed_sentences_count_as_no_draft_of_the_model() -> None:
    narrative = dataclasses.replace(an_explanation().narrative, origin="template", draft_verified=True)
    counts = a_report([Case(a_transaction(), an_alert(), an_explanation(narrative=narrative))]).counts
    assert (counts.drafts, counts.drafts_verified) == (0, 0)


def test_newest_decision_holds_and_a_reopened_case_is_open() -> None:
    decided = Case(a_transaction(), an_alert(), an_explanation(), (), (a_decision(),))
    reopened = Case(
        a_transaction(), an_alert(), an_explanation(), (), (a_decision(), a_decision(disposition=None))
    )  # fmt: skip
    assert (decided.disposition, reopened.disposition) == ("confirmed_fraud", "open")


def test_threshold_is_stated_once_only_where_all_cases_share_it() -> None:
    assert a_report().threshold == 0.31
    other = Case(a_transaction("T-9"), an_alert("T-9"), an_explanation("T-9", threshold=0.5))
    assert a_report([*a_report().cases, other]).threshold is None
    assert a_report([]).threshold is None


def test_creation_time_is_stated_in_utc() -> None:
    lisbon_summer = datetime(2026, 7, 1, 10, 0, tzinfo=timezone(timedelta(hours=1)))
    assert a_report(created_at=lisbon_summer).created_at == datetime(2026, 7, 1, 9, 0, tzinfo=UTC)


def test_parts_of_two_transactions_make_no_case() -> None:
    with pytest.raises(ValueError, match="T-1 beside the explanation of T-2"):
        build_report(
            [Case(a_transaction("T-1"), None, an_explanation("T-2"))],
            created_at=CREATED,
            store="s",
            scope=a_report().scope,
            classifier=None,
            audit=a_report().audit,
        )


def test_source_date_epoch_fixes_the_time() -> None:
    assert report_time("1772357400", CREATED + timedelta(days=9)) == CREATED
    assert report_time(None, CREATED) == CREATED
    with pytest.raises(ReportFailed, match="SOURCE_DATE_EPOCH"):
        report_time("yesterday", CREATED)
