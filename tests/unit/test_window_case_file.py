"""What the history of a case tells."""

from PySide6.QtCore import QLocale

from desktop.screens.case.file_view_model import lines_of
from desktop.support.formats import Formats
from domain.casefile import CaseFile
from domain.review import AuditEntry

FORMATS = Formats(QLocale("en_GB"))
AT = "2026-03-02T10:00:00+00:00"


def entry(number: int, action: str, subject: str, details: str) -> AuditEntry:
    return AuditEntry(number, AT, "ana", action, subject, details, "", "")


def test_a_report_that_held_the_case_stands_in_its_history() -> None:
    details = '{"report-1.pdf":"aa","report-1.manifest.json":"bb","step":"written"}'
    (line,) = lines_of(CaseFile((), (), (entry(1, "export", "/home/ana/reports", details),)), FORMATS)
    assert (line.who, line.what, line.words) == ("ana", "In a report", "in /home/ana/reports")


def test_a_decision_is_told_with_its_note() -> None:
    details = '{"after":"false_positive","note":"called her"}'
    (line,) = lines_of(CaseFile((), (), (entry(1, "decide", "A-1", details),)), FORMATS)
    assert (line.what, line.words) == ("Decided", "False positive: called her")
