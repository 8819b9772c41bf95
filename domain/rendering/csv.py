"""The report as CSV: one line a case, for a spreadsheet. What one would run as a formula gets a leading '."""

import csv
import io

from domain.rendering.case_view import CaseView, case_view
from domain.rendering.template import ReportTemplate
from domain.rendering.text import cut
from domain.reporting import Report

COLUMNS = (
    "alert", "transaction", "time", "customer", "amount", "score", "threshold", "band", "typology", "explanation",
    "sentences", "decision", "note", "person", "classifier", "adapter", "base_model",
)  # fmt: skip
CELL_MOST = 32_000  # a spreadsheet's cell holds 32,767
_FORMULA = ("=", "+", "-", "@")


def render(report: Report, template: ReportTemplate) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets read it as such; CRLF line ends, after RFC 4180."""
    out = io.StringIO(newline="")
    lines = csv.writer(out)
    lines.writerow(COLUMNS)
    lines.writerows(inert(line(case_view(number, case))) for number, case in enumerate(report.cases, 1))
    return out.getvalue().encode("utf-8-sig")


def line(case: CaseView) -> tuple[str, ...]:
    """The case's cells in the order of COLUMNS."""
    newest = case.decisions[-1] if case.decisions else None
    bundle = dict(case.bundle)
    return (
        case.heading, case.transaction_id, case.occurred_at, case.customer, case.amount, case.score, case.threshold,
        case.band_label, case.typology, cut(" ".join(sentence.text for sentence in case.sentences), CELL_MOST),
        ", ".join(sentence.status for sentence in case.sentences), case.disposition, newest.note if newest else "",
        newest.actor if newest else "", bundle["Classifier"], bundle["Adapter"], bundle["Base model"],
    )  # fmt: skip


def inert(cells: tuple[str, ...]) -> tuple[str, ...]:
    """No cell starts a formula; white space before it does not help."""
    return tuple(f"'{cell}" if cell.lstrip().startswith(_FORMULA) else cell for cell in cells)
