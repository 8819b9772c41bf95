"""The report as a workbook: cover, summary, cases, evidence, claims, decisions, method. No text is formula or link."""

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from domain.rendering.case_view import CaseView, Pairs
from domain.rendering.csv import CELL_MOST
from domain.rendering.template import ReportTemplate
from domain.rendering.text import cut, printable
from domain.rendering.view import view
from domain.reporting import Case, Report

Cell = str | int | float | datetime | None
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
CASES = (
    "alert", "transaction", "time", "customer", "amount", "currency", "score", "threshold", "band", "typology",
    "explanation", "sentences", "decision", "note", "person", "classifier", "adapter", "base model",
)  # fmt: skip
EVIDENCE = (
    "alert", "id", "rank", "kind", "observed", "value", "unit", "baseline", "direction", "contribution",
    "odds factor", "computed from",
)  # fmt: skip
CLAIMS = ("alert", "sentence", "status", "text", "kind", "claim", "evidence")
DECISIONS = ("alert", "time (UTC)", "person", "decision", "note")


def render(report: Report, template: ReportTemplate) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _OPTIONS)
    shown = view(report, template.brand)
    created = report.created_at.replace(tzinfo=None)
    author = shown.institution or "whyflag"
    book.set_properties({"title": shown.title, "comments": shown.confidential, "author": author, "created": created})
    sheets = Sheets(book)
    pairs = tuple(zip(report.cases, shown.cases, strict=True))
    sheets.pairs("Report", (("Title", shown.title), ("Confidentiality", shown.confidential), *shown.about))
    sheets.table(
        "Summary",
        ("figure", "item", "value"),
        (
            *(("Review", label, value) for label, value in shown.figures),
            *((chart.title, bar.label, bar.value) for chart in shown.charts for bar in chart.bars),
        ),
    )
    sheets.table("Cases", CASES, (_case(case, told) for case, told in pairs))
    sheets.table("Evidence", EVIDENCE, (row for case, told in pairs for row in _evidence(case, told)))
    sheets.table("Claims", CLAIMS, (row for case, told in pairs for row in _claims(case, told)))
    sheets.table("Decisions", DECISIONS, (row for case, told in pairs for row in _decisions(case, told)))
    sheets.pairs("Method", (("Drafting", shown.machine_drafted), *shown.definitions))
    limits = tuple(("Limit", limit) for limit in shown.limits)
    sheets.pairs("Model and audit", (*shown.classifier, *shown.metrics, *limits, *shown.audit))
    book.close()
    return out.getvalue()


def _case(case: Case, told: CaseView) -> tuple[Cell, ...]:
    newest = told.decisions[-1] if told.decisions else None
    bundle = dict(told.bundle)
    explanation = case.explanation
    return (
        told.heading, told.transaction_id, case.transaction.occurred_at, told.customer, case.transaction.amount,
        printable(case.transaction.currency or ""), explanation.score, explanation.threshold, told.band_label,
        told.typology, " ".join(sentence.text for sentence in told.sentences),
        ", ".join(sentence.status for sentence in told.sentences), told.disposition, newest.note if newest else "",
        newest.actor if newest else "", bundle["Classifier"], bundle["Adapter"], bundle["Base model"],
    )  # fmt: skip


def _evidence(case: Case, told: CaseView) -> Iterator[tuple[Cell, ...]]:
    for item, row in zip(case.explanation.evidence, told.evidence, strict=True):
        value = printable(item.value) if isinstance(item.value, str) else item.value
        yield (
            told.heading, row.id, item.rank, printable(item.kind), row.statement, value, printable(item.unit),
            item.baseline, item.direction, item.contribution, row.odds, row.rows,
        )  # fmt: skip


def _claims(case: Case, told: CaseView) -> Iterator[tuple[Cell, ...]]:
    for number, sentence in enumerate(case.explanation.narrative.sentences, 1):
        for claim in sentence.claims:
            texts = (printable(sentence.text), claim.kind, printable(claim.text), printable(claim.evidence))
            yield (told.heading, number, sentence.status, *texts)


def _decisions(case: Case, told: CaseView) -> Iterator[tuple[Cell, ...]]:
    for made, row in zip(case.decisions, told.decisions, strict=True):
        yield (told.heading, made.decided_at.astimezone(UTC).replace(tzinfo=None), row.actor, row.disposition, row.note)


class Sheets:
    """Adds sheets of one look: bold frozen header with filters, typed cells, columns of 24 characters' width."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._header = book.add_format({"bold": True, "bottom": 1, "bg_color": "#F3F5F7"})
        self._cell = book.add_format({"text_wrap": True, "valign": "top"})
        self._time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "valign": "top"})

    def table(self, name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        sheet = self._add(name)
        for column, label in enumerate(header):
            sheet.write_string(0, column, label, self._header)
        sheet.freeze_panes(1, 0)
        last = 0
        for last, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                self._write(sheet, last, column, value)
        sheet.autofilter(0, 0, last, len(header) - 1)
        sheet.set_column(0, len(header) - 1, 24)

    def pairs(self, name: str, entries: Pairs) -> None:
        sheet = self._add(name)
        for row, (label, value) in enumerate(entries):
            sheet.write_string(row, 0, label, self._header)
            sheet.write_string(row, 1, value, self._cell)
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 90)

    def _write(self, sheet: Any, row: int, column: int, value: Cell) -> None:
        """A number that no cell can hold (an infinite threshold, a time before 1900) is text."""
        if isinstance(value, str):
            sheet.write_string(row, column, cut(value, CELL_MOST), self._cell)
        elif isinstance(value, datetime):
            if value.year < 1900:
                sheet.write_string(row, column, f"{value:%Y-%m-%d %H:%M:%S}", self._cell)
            else:
                sheet.write_datetime(row, column, value, self._time)
        elif value is not None:
            if value - value == 0:  # neither infinite nor no number
                sheet.write_number(row, column, value, self._cell)
            else:
                sheet.write_string(row, column, "none", self._cell)

    def _add(self, name: str) -> Any:
        sheet = self._book.add_worksheet(name)
        sheet.set_header("&R&BCONFIDENTIAL")
        return sheet
