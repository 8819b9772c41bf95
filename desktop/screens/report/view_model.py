"""From what stands in the report's fields to what is asked for, and from what was found to words. No widgets."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from desktop.support.formats import BAND_WORDS, DISPOSITION_WORDS, Formats
from domain.errors import WhyflagError
from domain.reporting import Format, Mask, Preview, ReportRequest, Selection
from domain.scoring import Band

FORMATS: tuple[tuple[Format, str], ...] = (
    ("pdf", "PDF"),
    ("json", "JSON"),
    ("html", "HTML"),
    ("xlsx", "Excel"),
    ("csv", "CSV"),
    ("txt", "SAR drafts"),
    ("xml", "goAML draft"),
)
CHOSEN: tuple[Format, ...] = ("pdf", "json")
BANDS: tuple[tuple[Band | None, str], ...] = (
    (None, "Any band"),
    ("critical", BAND_WORDS["critical"]),
    ("high", BAND_WORDS["high"]),
    ("medium", BAND_WORDS["medium"]),
    ("low", BAND_WORDS["low"]),
)
STATES: tuple[tuple[str | None, str], ...] = (
    (None, "Any state"),
    ("open", "Open"),
    ("decided", "Decided"),
    *DISPOSITION_WORDS.items(),
)
MASKS: tuple[tuple[Mask, str], ...] = (
    ("none", "Nothing masked"),
    ("internal", "For colleagues: customers as pseudonyms"),
    ("external", "For outsiders: all ids as pseudonyms, no free text"),
)


@dataclass(frozen=True, slots=True)
class Fields:
    """What stands in the form, as typed and chosen."""

    folder: str
    formats: tuple[Format, ...]
    first_day: str
    last_day: str
    band: Band | None
    state: str | None
    query: str
    limit: str
    mask: Mask
    template: str


def selection_of(fields: Fields) -> Selection:
    """Raises WhyflagError naming the field that cannot be read. The last day is in the report."""
    last = _day("last day", fields.last_day)
    return Selection(
        start=_day("first day", fields.first_day),
        until=last + timedelta(days=1) if last else None,
        band=fields.band,
        state=fields.state,  # type: ignore[arg-type]
        query=fields.query.strip(),
        limit=int(fields.limit) if fields.limit else None,
    )


def request_of(fields: Fields) -> ReportRequest:
    """Raises WhyflagError naming what is missing or cannot be read."""
    if not fields.folder.strip() or not fields.formats:
        raise WhyflagError("The report needs a folder and at least one format.", "Choose both.")
    return ReportRequest(
        folder=Path(fields.folder.strip()).expanduser(),
        formats=fields.formats,
        selection=selection_of(fields),
        mask=fields.mask,
        template=fields.template.strip() or "standard",
    )


def preview_words(preview: Preview, formats: Formats) -> str:
    """'100 of 431 alerts that match, 1 Feb to 27 Feb; 3 are escalated'."""
    if not preview.matching:
        return "No alert matches."
    counted = f"{formats.count(preview.reported)} of {formats.count(preview.matching)} alerts that match"
    period = (
        f", {formats.date(preview.first)} to {formats.date(preview.last)}" if preview.first and preview.last else ""
    )
    return f"{counted}{period}; {formats.count(preview.escalated)} escalated"


def _day(name: str, typed: str) -> datetime | None:
    if not typed.strip():
        return None
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        raise WhyflagError(
            f"The {name} {typed.strip()!r} is no date.", "Write it as 2026-02-28, or leave it empty."
        ) from None
    return datetime(day.year, day.month, day.day)
