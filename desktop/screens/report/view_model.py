"""From what stands in the report's fields to what is asked for, and from what was found to words. No widgets."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from desktop.support.formats import BAND_WORDS, DISPOSITION_WORDS, Formats
from desktop.support.translation import mark, tr
from domain.errors import WhyflagError
from domain.reporting import Format, Mask, Preview, ReportRequest, Selection
from domain.scoring import Band

FORMATS: tuple[tuple[Format, str], ...] = (
    ("pdf", "PDF"),
    ("json", "JSON"),
    ("html", "HTML"),
    ("xlsx", mark("Excel")),
    ("csv", "CSV"),
    ("txt", mark("SAR drafts")),
    ("xml", mark("goAML draft")),
)
CHOSEN: tuple[Format, ...] = ("pdf", "json")
BANDS: tuple[tuple[Band | None, str], ...] = (
    (None, mark("Any band")),
    ("critical", BAND_WORDS["critical"]),
    ("high", BAND_WORDS["high"]),
    ("medium", BAND_WORDS["medium"]),
    ("low", BAND_WORDS["low"]),
)
STATES: tuple[tuple[str | None, str], ...] = (
    (None, mark("Any state")),
    ("open", mark("Open")),
    ("decided", mark("Decided")),
    *DISPOSITION_WORDS.items(),
)
MOST_ALERTS = 100_000_000
MASKS: tuple[tuple[Mask, str], ...] = (
    ("none", mark("Nothing masked")),
    ("internal", mark("For colleagues: customers as pseudonyms")),
    ("external", mark("For outsiders: all ids as pseudonyms, no free text")),
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


def selection_of(fields: Fields, formats: Formats) -> Selection:
    """Raises WhyflagError naming the field that cannot be read. The last day is in the report."""
    last = _day(tr("Last day"), fields.last_day)
    return Selection(
        start=_day(tr("First day"), fields.first_day),
        until=last + timedelta(days=1) if last else None,
        band=fields.band,
        state=fields.state,  # type: ignore[arg-type]
        query=fields.query.strip(),
        limit=_limit(fields.limit.strip(), formats),
    )


def request_of(fields: Fields, formats: Formats) -> ReportRequest:
    """Raises WhyflagError naming what is missing or cannot be read."""
    if not fields.folder.strip() or not fields.formats:
        raise WhyflagError(tr("The report needs a folder and at least one format."), tr("Choose both."))
    return ReportRequest(
        folder=Path(fields.folder.strip()).expanduser(),
        formats=fields.formats,
        selection=selection_of(fields, formats),
        mask=fields.mask,
        template=fields.template.strip() or "standard",
    )


def preview_words(preview: Preview, formats: Formats) -> str:
    """'100 of 431 alerts that match, 1 Feb to 27 Feb; 3 are escalated'."""
    if not preview.matching:
        return tr("No alert matches.")
    counted = tr(
        "{reported} of {matching} alerts that match",
        reported=formats.count(preview.reported),
        matching=formats.count(preview.matching),
    )
    period = ""
    if preview.first and preview.last:
        period = tr(", {first} to {last}", first=formats.date(preview.first), last=formats.date(preview.last))
    return f"{counted}{period}; {tr('{count} escalated', count=formats.count(preview.escalated))}"


def _limit(typed: str, formats: Formats) -> int | None:
    """As this person's language writes it: 1,000 in English is 1.000 in German."""
    if not typed:
        return None
    value = formats.read_number(typed)
    if value is None or not 1 <= value <= MOST_ALERTS or not value.is_integer():
        raise WhyflagError(
            tr("{typed} is no number of alerts.", typed=repr(typed)),
            tr("Give a whole number from 1 to {most}, or leave it empty for all.", most=formats.count(MOST_ALERTS)),
        )
    return int(value)


def _day(name: str, typed: str) -> datetime | None:
    if not typed.strip():
        return None
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        raise WhyflagError(
            tr("{field}: {typed} is no date.", field=name, typed=repr(typed.strip())),
            tr("Write it as 2026-02-28, or leave it empty."),
        ) from None
    return datetime(day.year, day.month, day.day)
