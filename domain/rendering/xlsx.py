"""The report as a workbook: cover, cases, evidence, decisions, method. All text is text: no formula, no link."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter

from domain.rendering.csv import COLUMNS, line
from domain.rendering.view import Pairs, view
from domain.reporting import Report

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


def render(report: Report) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _OPTIONS)
    shown = view(report)
    created = report.created_at.replace(tzinfo=None)
    book.set_properties({"title": shown.title, "comments": shown.confidential, "author": "whyflag", "created": created})
    sheets = Sheets(book)
    sheets.pairs("Report", (("Title", shown.title), ("Confidentiality", shown.confidential), *shown.about))
    sheets.table("Cases", COLUMNS, (line(case) for case in shown.cases))
    sheets.table(
        "Evidence",
        ("alert", "id", "rank", "observed", "direction", "contribution", "odds", "computed from"),
        (
            (
                case.heading, item.id, item.rank, item.statement, "raises" if item.raises else "lowers",
                float(item.contribution), item.odds, item.rows,
            )
            for case in shown.cases
            for item in case.evidence
        ),
    )  # fmt: skip
    sheets.table(
        "Decisions",
        ("alert", "time", "person", "decision", "note"),
        (
            (case.heading, made.decided_at, made.actor, made.disposition, made.note)
            for case in shown.cases
            for made in case.decisions
        ),
    )
    sheets.pairs("Method", (("Drafting", shown.machine_drafted), *shown.definitions))
    sheets.pairs("Classifier and audit", (*shown.classifier, *shown.metrics, *shown.audit))
    book.close()
    return out.getvalue()


class Sheets:
    """Adds sheets of one look: bold frozen header, wrapped text, columns of 24 characters' width."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._header = book.add_format({"bold": True, "bottom": 1, "bg_color": "#F3F5F7"})
        self._cell = book.add_format({"text_wrap": True, "valign": "top"})

    def table(self, name: str, header: Sequence[str], rows: Iterable[Sequence[str | int | float]]) -> None:
        sheet = self._add(name)
        for column, label in enumerate(header):
            sheet.write_string(0, column, label, self._header)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                write = sheet.write_string if isinstance(value, str) else sheet.write_number
                write(number, column, value, self._cell)
        sheet.set_column(0, len(header) - 1, 24)

    def pairs(self, name: str, entries: Pairs) -> None:
        sheet = self._add(name)
        for row, (label, value) in enumerate(entries):
            sheet.write_string(row, 0, label, self._header)
            sheet.write_string(row, 1, value, self._cell)
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 90)

    def _add(self, name: str) -> Any:
        sheet = self._book.add_worksheet(name)
        sheet.set_header("&R&BCONFIDENTIAL")
        return sheet
