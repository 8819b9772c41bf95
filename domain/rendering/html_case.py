"""A case, and the drafts for the authority, as sections of the HTML report."""

from html import escape

from domain.rendering.case_view import CaseView
from domain.rendering.html_parts import band_tag, history, pairs, table, text
from domain.rendering.view import ReportView


def case_section(case: CaseView) -> str:
    """Facts, history, narrative, evidence, typology, similar cases, decisions, bundle."""
    rule = f". Rule: {text(case.typology_reason)}" if case.typology_reason else ""
    drawn = f"<h3>The customer's payments up to this one</h3>\n{history(case.history)}" if case.history else ""
    return f"""<article id="case-{case.number}">
<h2>Case {case.number}: {text(case.heading)}</h2>
<p>{band_tag(case)} Score <b>{text(case.score)}</b>, threshold {text(case.threshold)}.
Decision: <b>{text(case.disposition)}</b>.</p>
<h3>Facts</h3>
{pairs(case.facts)}{drawn}<h3>{escape(case.why)}</h3>
<div class="narrative"><p><i>{text(case.drafted_by)}.</i></p>
{_sentences(case)}</div>
<h3>Evidence</h3>
{_evidence(case)}<h3>Typology</h3>
<p><b>{text(case.typology)}</b>{rule}</p>
{_similar(case)}<h3>Decisions</h3>
{_decisions(case)}<h3>Bundle</h3>
{pairs(case.bundle)}</article>
"""


def suspicion_section(shown: ReportView) -> str:
    """A draft for each escalated case, in plain paragraphs."""
    drafts = "".join(
        f'<h3>Draft for <a href="#case-{case.number}">case {case.number}</a>: {text(case.heading)}</h3>\n'
        + "".join(f"<p><b>{escape(heading)}:</b> {text(told)}</p>\n" for heading, told in case.suspicion)
        for case in shown.cases
        if case.suspicion
    )
    body = (
        f"<p><i>{text(shown.draft_notice)}</i></p>\n{drafts}"
        if drafts
        else "<p>No case of this report is escalated.</p>\n"
    )
    return f"<section>\n<h2>Suspicious activity report drafts</h2>\n{body}</section>\n"


def _sentences(case: CaseView) -> str:
    return "".join(
        f"<p>{text(sentence.text)} <span class='tag {escape(sentence.status)}'>{escape(sentence.label)}</span></p>\n"
        for sentence in case.sentences
    )


def _evidence(case: CaseView) -> str:
    return table(
        ("Id", "Observed", "Effect", "Contribution"),
        (
            (
                f"<b>{text(item.id)}</b>",
                f"{text(item.statement)}<br><small>{text(item.rows)}</small>",
                f"{'raises' if item.raises else 'lowers'}, rank {item.rank}",
                f"{text(item.contribution)}<br><small>{text(item.odds)}</small>",
            )
            for item in case.evidence
        ),
    )


def _similar(case: CaseView) -> str:
    if not case.similar:
        return ""
    rows = (map(text, (other.alert, other.similarity, other.disposition)) for other in case.similar)
    return f"<h3>Similar cases</h3>\n{table(('Alert', 'Similarity', 'Decision'), rows)}"


def _decisions(case: CaseView) -> str:
    if not case.decisions:
        return "<p>None yet.</p>\n"
    rows = (map(text, (made.decided_at, made.actor, made.disposition, made.note)) for made in case.decisions)
    return table(("Time", "Person", "Decision", "Note"), rows)
