"""The report as one HTML file: no script, nothing loaded from elsewhere, every text escaped and isolated."""

from base64 import b64encode
from collections.abc import Callable
from html import escape

from domain.rendering.html_case import case_section, suspicion_section
from domain.rendering.html_parts import band_tag, chart, pairs, table, text
from domain.rendering.template import ReportTemplate, Section
from domain.rendering.view import ReportView, view
from domain.reporting import Report

# Nothing may load or run, whatever a mistake in here or text from data says; a logo stands in the file itself.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def render(report: Report, template: ReportTemplate) -> bytes:
    shown = view(report, template.brand)
    writers: dict[Section, Callable[[ReportView], str]] = {
        "summary": _summary,
        "model": _model,
        "cases": _cases,
        "suspicion": suspicion_section,
        "method": _method,
        "audit": _audit,
    }
    body = "".join(writers[section](shown) for section in shown.sections)
    note = f"<p>{text(shown.note)}</p>\n" if shown.note else ""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(shown.title)}</title>
<style>
{template.style}{_brand_style(template)}</style>
</head>
<body>
<header>
{_logo(template)}<h1>{text(shown.title)}</h1>
<p class="confidential">{text(shown.confidential)}</p>
{note}{pairs(shown.about)}
<p>{text(shown.machine_drafted)}</p>
</header>
<main>
{body}</main>
</body>
</html>
""".encode()


def _brand_style(template: ReportTemplate) -> str:
    """The bank's colour where the page is light; on dark, it would be too dark to read."""
    accent = template.brand.accent
    return f"@media (prefers-color-scheme: light), print {{ :root {{ --accent: {accent}; }} }}\n"


def _logo(template: ReportTemplate) -> str:
    words = template.brand.logo_alt or template.brand.institution
    if not template.logo:
        return f'<p class="institution">{text(words)}</p>\n' if words else ""
    kind = "png" if template.logo_kind == "png" else "svg+xml"
    data = b64encode(template.logo).decode()
    return f'<img class="logo" alt="{escape(words)}" src="data:image/{kind};base64,{data}">\n'


def _summary(shown: ReportView) -> str:
    drawn = "".join(map(chart, shown.charts))
    return f"""<section>
<h2>Management summary</h2>
{pairs(shown.figures)}<div class="charts">
{drawn}</div>
</section>
"""


def _model(shown: ReportView) -> str:
    limits = "".join(f"<li>{text(limit)}</li>\n" for limit in shown.limits)
    known = pairs(shown.classifier) if shown.classifier else "<p>The store holds no classifier.</p>\n"
    metrics = f"<h3>Validation</h3>\n{pairs(shown.metrics)}" if shown.metrics else ""
    return f"<section>\n<h2>Model</h2>\n{known}{metrics}<h3>Limits</h3>\n<ul>\n{limits}</ul>\n</section>\n"


def _cases(shown: ReportView) -> str:
    if not shown.cases:
        return "<section>\n<h2>Cases</h2>\n<p>No alert matches the scope.</p>\n</section>\n"
    rows = (
        (
            f'<a href="#case-{case.number}">{case.number}</a>',
            text(case.heading),
            text(case.customer),
            text(case.occurred_at),
            text(case.amount),
            text(case.score),
            band_tag(case),
            text(case.disposition),
        )
        for case in shown.cases
    )
    header = ("No.", "Alert", "Customer", "Time", "Amount", "Score", "Band", "Decision")
    listed = f"<section>\n<h2>Cases</h2>\n{table(header, rows)}</section>\n"
    return listed + "".join(map(case_section, shown.cases))


def _method(shown: ReportView) -> str:
    return f"<section>\n<h2>Method and definitions</h2>\n{pairs(shown.definitions)}</section>\n"


def _audit(shown: ReportView) -> str:
    return f"<section>\n<h2>Audit head and signature</h2>\n{pairs(shown.audit)}</section>\n"
