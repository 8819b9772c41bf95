"""A decision of two persons in a report: both are named, and both are masked for outsiders."""

from dataclasses import replace

from domain.masking import masked
from domain.rendering.case_view import _decision
from domain.review import Decision
from tests.reports import CREATED, a_report


def test_both_persons_and_the_reasons_are_told() -> None:
    made = Decision("A-T-1", "escalated", "see C-7", "ana", CREATED, "decide", ("ES-SAR", "ES-SERIES"), "bo")
    told = _decision(made)
    assert (told.actor, told.note) == ("ana, approved by bo", "ES-SAR, ES-SERIES: see C-7")
    assert _decision(replace(made, approved_by="", reasons=())).actor == "ana"


def test_both_persons_are_masked_for_outsiders() -> None:
    report = a_report()
    case = report.cases[0]
    made = Decision(case.alert.alert_id, "escalated", "asked bo", "ana", CREATED, "decide", (), "bo")
    outside = masked(replace(report, cases=(replace(case, decisions=(made,)),)), "external", b"key" * 11)
    (told,) = outside.cases[0].decisions
    assert "ana" not in (told.actor, told.approved_by) and "bo" not in (told.actor, told.approved_by)
    assert told.actor != told.approved_by and told.approved_by
