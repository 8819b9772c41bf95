"""The drafts of suspicious activity reports, one escalated case after another, as plain text."""

from domain.rendering import wording
from domain.rendering.template import ReportTemplate
from domain.rendering.text import printable
from domain.reporting import Report
from domain.suspicion import suspicion_draft

RULE = "\n\n" + "-" * 72 + "\n\n"


def render(report: Report, template: ReportTemplate) -> bytes:
    """UTF-8, lines as long as their paragraphs, no tables. Without an escalated case it says so."""
    drafts = [draft for case in report.cases if (draft := suspicion_draft(case))]
    shown = ["\n\n".join(map(printable, draft.lines)) for draft in drafts]
    head = template.brand.confidential or wording.CONFIDENTIAL
    body = RULE.join(shown) if shown else "No case of this report is escalated."
    return f"{printable(head)}{RULE}{body}\n".encode()
