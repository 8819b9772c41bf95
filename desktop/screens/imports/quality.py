"""The import-quality report in a person's words and numbers. No widget, no display."""

from collections.abc import Iterator

from desktop.support.formats import Formats
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


def quality_text(report: ImportReport, formats: Formats) -> str:
    """All of it as text, for the clipboard."""
    lines = [f"{name}: {text}" for name, text in quality_facts(report, formats)]
    lines += [
        f"not taken: {line.reason} ({line.count}; rows {line.rows}; {line.samples}; {line.source})"
        for line in reject_lines(report, formats)
    ]
    return "\n".join(lines)


def _facts(report: ImportReport, formats: Formats) -> Iterator[tuple[str, str]]:
    yield "Rows read", formats.count(report.rows)
    yield "Taken", formats.count(report.accepted)
    yield "Not taken", formats.count(report.rejected)
    yield "There already", formats.count(report.duplicates)
    if report.period is not None:
        yield "From", formats.time(report.period.start)
        yield "Until", formats.time(report.period.end)
    for name, count in (
        ("There already, but different", report.conflicts),
        ("Flagged by another system", report.flagged),
        ("With a known label", report.labelled),
        ("To oneself", report.self_transfers),
        ("Amount zero", report.zero_amounts),
        ("Amount negative, not taken", report.negative_amounts),
        ("Amount missing, not taken", report.null_amounts),
    ):
        if count:
            yield name, formats.count(count)
