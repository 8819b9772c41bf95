"""The report as one HTML file: no script, nothing loaded from elsewhere, every text escaped and isolated."""

from collections.abc import Iterable
from html import escape
from importlib.resources import files

from domain.rendering.view import CaseView, Pairs, ReportView, view
from domain.reporting import Report

# Nothing may load or run, whatever a mistake in here or text from data says.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def render(report: Report) -> bytes:
    shown = view(report)
    style = (files("resources") / "report" / "report.css").read_text(encoding="utf-8")
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(shown.title)}</title>
<style>
{style}</style>
</head>
<body>
<header>
<h1>{_text(shown.title)}</h1>
<p class="confidential">{_text(shown.confidential)}</p>
{_pairs(shown.about)}
<div class="tallies">
{_tally("Bands", shown.bands)}{_tally("Decisions", shown.dispositions)}{_tally("Sentences", shown.sentences)}
</div>
<p>{_text(shown.machine_drafted)}</p>
</header>
<main>
{_list_of_cases(shown)}
{"".join(_case(case) for case in shown.cases)}</main>
<footer>
{_appendix(shown)}</footer>
</body>
</html>
""".encode()


def _text(text: str) -> str:
    """Escaped; <bdi> keeps right-to-left text from reordering its neighbours."""
    return f"<bdi>{escape(text)}</bdi>"


def _row(cells: Iterable[str], cell: str = "td") -> str:
    return f"<tr>{''.join(f'<{cell}>{content}</{cell}>' for content in cells)}</tr>\n"


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """`rows` hold HTML, `header` text."""
    head = "".join(f'<th scope="col">{escape(label)}</th>' for label in header)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{''.join(map(_row, rows))}</tbody>\n</table>\n"


def _pairs(entries: Pairs) -> str:
    rows = (f'<tr><th scope="row">{escape(label)}</th><td>{_text(value)}</td></tr>\n' for label, value in entries)
    return f'<table class="pairs">\n{"".join(rows)}</table>\n'


def _tally(title: str, entries: Pairs) -> str:
    return f"<section><h2>{escape(title)}</h2>{_pairs(entries)}</section>\n"


def _list_of_cases(shown: ReportView) -> str:
    if not shown.cases:
        return "<h2>Cases</h2>\n<p>No alert matches the scope.</p>\n"
    rows = (
        (
            f'<a href="#case-{case.number}">{case.number}</a>',
            _text(case.heading),
            _text(case.customer),
            _text(case.occurred_at),
            _text(case.amount),
            _text(case.score),
            _band(case),
            _text(case.disposition),
        )
        for case in shown.cases
    )
    header = ("No.", "Alert", "Customer", "Time", "Amount", "Score", "Band", "Decision")
    return f"<h2>Cases</h2>\n{_table(header, rows)}"


def _case(case: CaseView) -> str:
    sentences = "".join(
        f"<p>{_text(sentence.text)} <span class='tag {escape(sentence.status)}'>{escape(sentence.label)}</span></p>\n"
        for sentence in case.sentences
    )
    evidence = _table(
        ("Id", "Observed", "Effect", "Contribution"),
        (
            (
                f"<b>{_text(item.id)}</b>",
                f"{_text(item.statement)}<br><small>{_text(item.rows)}</small>",
                f"{'raises' if item.raises else 'lowers'}, rank {item.rank}",
                f"{_text(item.contribution)}<br><small>{_text(item.odds)}</small>",
            )
            for item in case.evidence
        ),
    )
    decisions = (
        _table(
            ("Time", "Person", "Decision", "Note"),
            (map(_text, (made.decided_at, made.actor, made.disposition, made.note)) for made in case.decisions),
        )
        if case.decisions
        else "<p>None yet.</p>\n"
    )
    rule = f". Rule: {_text(case.typology_reason)}" if case.typology_reason else ""
    return f"""<article id="case-{case.number}">
<h2>Case {case.number}: {_text(case.heading)}</h2>
<p>{_band(case)} Score <b>{_text(case.score)}</b>, threshold {_text(case.threshold)}.
Decision: <b>{_text(case.disposition)}</b>.</p>
<h3>Facts</h3>
{_pairs(case.facts)}<h3>{escape(case.why)}</h3>
<div class="narrative"><p><i>{_text(case.drafted_by)}.</i></p>
{sentences}</div>
<h3>Evidence</h3>
{evidence}<h3>Typology</h3>
<p><b>{_text(case.typology)}</b>{rule}</p>
<h3>Decisions</h3>
{decisions}<h3>Bundle</h3>
{_pairs(case.bundle)}</article>
"""


def _band(case: CaseView) -> str:
    return f'<span class="tag {escape(case.band)}">{escape(case.band_label)}</span>'


def _appendix(shown: ReportView) -> str:
    parts = [f"<h2>Method and definitions</h2>\n{_pairs(shown.definitions)}"]
    if shown.classifier:
        parts.append(f"<h2>Classifier</h2>\n{_pairs(shown.classifier)}")
    if shown.metrics:
        parts.append(f"<h2>Its validation</h2>\n{_pairs(shown.metrics)}")
    parts.append(f"<h2>Audit chain</h2>\n{_pairs(shown.audit)}")
    return "".join(parts)
