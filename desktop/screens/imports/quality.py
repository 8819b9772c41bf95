"""The import-quality report in a person's words and numbers. No widget, no display."""

from collections.abc import Iterator

from desktop.support.formats import Formats
from desktop.support.translation import tr
from desktop.tables.rejects_model import RejectLine
from domain.import_report import ImportReport


def quality_facts(report: ImportReport, formats: Formats) -> tuple[tuple[str, str], ...]:
    """(name, text): what became of all rows; what did not occur is left out, but for the sums."""
    return tuple(_facts(report, formats))


def reject_lines(report: ImportReport, formats: Formats) -> tuple[RejectLine, ...]:
    """The most frequent reason first."""
    return tuple(
        RejectLine(
            reject.reason,
            formats.count(reject.count),
            ", ".join(formats.count(row) for row in reject.rows),
            ", ".join(reject.samples),
            reject.source,
        )
        for reject in sorted(report.rejects, key=lambda reject: reject.count, reverse=True)
    )


def imported_words(report: ImportReport, formats: Formats) -> str:
    """In one sentence, where the report itself is not in sight."""
    return tr(
        "The import has ended. Rows taken: {taken}, not taken: {refused}, there already: {known}.",
        taken=formats.count(report.accepted),
        refused=formats.count(report.rejected),
        known=formats.count(report.duplicates),
    )


def quality_text(report: ImportReport, formats: Formats) -> str:
    """All of it as text, for the clipboard."""
    lines = [f"{name}: {text}" for name, text in quality_facts(report, formats)]
    lines += [
        tr(
            "not taken: {reason} ({count}; rows {rows}; {samples}; {source})",
            reason=line.reason,
            count=line.count,
            rows=line.rows,
            samples=line.samples,
            source=line.source,
        )
        for line in reject_lines(report, formats)
    ]
    return "\n".join(lines)


def _facts(report: ImportReport, formats: Formats) -> Iterator[tuple[str, str]]:
    yield tr("Rows read"), formats.count(report.rows)
    yield tr("Taken"), formats.count(report.accepted)
    yield tr("Not taken"), formats.count(report.rejected)
    yield tr("There already"), formats.count(report.duplicates)
    if report.period is not None:
        yield tr("From"), formats.time(report.period.start)
        yield tr("Until"), formats.time(report.period.end)
    for name, count in (
        (tr("There already, but different"), report.conflicts),
        (tr("Flagged by another system"), report.flagged),
        (tr("With a known label"), report.labelled),
        (tr("To oneself"), report.self_transfers),
        (tr("Amount zero"), report.zero_amounts),
        (tr("Amount negative, not taken"), report.negative_amounts),
        (tr("Amount missing, not taken"), report.null_amounts),
    ):
        if count:
            yield name, formats.count(count)
