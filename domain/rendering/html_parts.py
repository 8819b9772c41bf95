"""Pieces of the HTML report. `text` escapes; whatever else is joined here is markup of our own."""

from collections.abc import Iterable
from html import escape

from domain.rendering.case_view import CaseView, HistoryView, Pairs
from domain.rendering.charts import Chart


def text(content: str) -> str:
    """Escaped; <bdi> keeps right-to-left text from reordering its neighbours."""
    return f"<bdi>{escape(content)}</bdi>"


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """`rows` hold HTML, `header` text."""
    head = "".join(f'<th scope="col">{escape(label)}</th>' for label in header)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{''.join(map(_row, rows))}</tbody>\n</table>\n"


def pairs(entries: Pairs) -> str:
    """Labels and values in two columns."""
    rows = (f'<tr><th scope="row">{escape(label)}</th><td>{text(value)}</td></tr>\n' for label, value in entries)
    return f'<table class="pairs">\n<tbody>\n{"".join(rows)}</tbody>\n</table>\n'


def band_tag(case: CaseView) -> str:
    return f'<span class="tag {escape(case.band)}">{escape(case.band_label)}</span>'


def chart(drawn: Chart) -> str:
    """Bars as a table whose cells are as long as their values; over time, as a picture with its words."""
    body = _columns(drawn) if drawn.over_time else _bars(drawn)
    return f'<section class="chart">\n<h3>{text(drawn.title)}</h3>\n{body}</section>\n'


def history(drawn: HistoryView) -> str:
    """The customer's payments as a picture, this one marked."""
    mark = ' class="this"'
    bars = "".join(
        f'<rect x="{990 * point.x:.1f}" y="{100 - 100 * point.height:.1f}" width="{10 if point.this else 5}"'
        f' height="{max(1.0, 100 * point.height):.1f}"{mark if point.this else ""}/>'
        for point in drawn.points
    )
    return f"""<svg class="plot" role="img" viewBox="0 0 1000 100" preserveAspectRatio="none" \
aria-label="{escape(drawn.description)}">{bars}</svg>
<p class="axis"><span>{text(drawn.first)}</span> <span>{text(drawn.scale)}</span> <span>{text(drawn.last)}</span></p>
"""


def _row(cells: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<td>{content}</td>' for content in cells)}</tr>\n"


def _bars(drawn: Chart) -> str:
    rows = (
        f'<tr><th scope="row">{text(bar.label)}</th><td class="bar"><span style="width:{100 * bar.share:.1f}%"></span>'
        f"</td><td>{text(bar.value)}</td></tr>\n"
        for bar in drawn.bars
    )
    return f'<table class="bars">\n<tbody>\n{"".join(rows)}</tbody>\n</table>\n'


def _columns(drawn: Chart) -> str:
    width = 1000 / drawn.slots
    bars = "".join(
        f'<rect x="{width * number:.1f}" y="{100 - 100 * bar.share:.1f}" width="{0.8 * width:.1f}"'
        f' height="{100 * bar.share:.1f}"/>'
        for number, bar in enumerate(drawn.bars)
    )
    return f"""<svg class="plot" role="img" viewBox="0 0 1000 100" preserveAspectRatio="none" \
aria-label="{escape(drawn.description)}">{bars}</svg>
<p class="axis"><span>{text(drawn.bars[0].label)}</span> <span>{text(drawn.peak)}</span> \
<span>{text(drawn.bars[-1].label)}</span></p>
"""
