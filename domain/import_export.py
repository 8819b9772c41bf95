"""The import-quality report as files: CSV for a spreadsheet, JSON for a machine."""

import csv
import io
import json
from dataclasses import asdict
from pathlib import Path

from domain.errors import ReportFailed
from domain.import_report import ImportReport
from domain.private_file import written_whole
from domain.rendering.csv import inert

COLUMNS = ("kind", "what", "count", "first rows", "found there", "source")
SUMS = (
    "rows", "accepted", "rejected", "duplicates", "conflicts", "self_transfers", "zero_amounts", "negative_amounts",
    "null_amounts", "flagged", "labelled",
)  # fmt: skip


def quality_csv(report: ImportReport) -> bytes:
    """One line a sum, then one a reason of refusal; nothing in it acts as a formula."""
    out = io.StringIO(newline="")
    lines = csv.writer(out)
    lines.writerow(COLUMNS)
    sources = "; ".join(report.sources)
    lines.writerows(inert(("sum", name, str(getattr(report, name)), "", "", sources)) for name in SUMS)
    for reject in report.rejects:
        rows, samples = ", ".join(map(str, reject.rows)), "; ".join(reject.samples)
        lines.writerow(inert(("not taken", reject.reason, str(reject.count), rows, samples, reject.source)))
    return out.getvalue().encode("utf-8-sig")


def quality_json(report: ImportReport) -> bytes:
    """Every field of the report, times in ISO 8601."""
    content = {**asdict(report), "rejected": report.rejected}
    return (json.dumps(content, ensure_ascii=False, indent=2, default=lambda time: time.isoformat()) + "\n").encode()


def write_quality(report: ImportReport, path: Path) -> Path:
    """As JSON where the name ends in .json, else as CSV; whole or not at all. Raises ReportFailed."""
    content = quality_json(report) if path.suffix.lower() == ".json" else quality_csv(report)
    try:
        with written_whole(path) as out:
            out.write(content)
    except OSError as failed:
        raise ReportFailed(
            f"The report of the import could not be written to {path}: {failed.strerror}.", "Choose another folder."
        ) from failed
    return path
