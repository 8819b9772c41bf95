"""Escalated cases in the shape of goAML, the United Nations' format for suspicious transaction reports, as a draft.

Written after its public description and checked against resources/report/goaml-draft.xsd, which is ours: goAML's own
schema is given to registered institutions only. What whyflag cannot know (the institution's number, the codes its
authority agreed on) is left at 0 or "-" for a person to complete.
"""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from domain.rendering.template import ReportTemplate
from domain.rendering.text import printable
from domain.reporting import Case, Report
from domain.suspicion import DRAFT, SuspicionDraft, suspicion_draft
from domain.transactions import Transaction

UNKNOWN = "-"


def render(report: Report, template: ReportTemplate) -> bytes:
    """One `report` an escalated case; none where no case is escalated."""
    root = Element("goaml_drafts", {"draft": "true", "created": report.created_at.strftime("%Y-%m-%dT%H:%M:%SZ")})
    _text(root, "notice", DRAFT)
    for case in report.cases:
        if draft := suspicion_draft(case):
            _report(root, report, template, case, draft)
    indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode").encode() + b"\n"


def _report(root: Element, report: Report, template: ReportTemplate, case: Case, draft: SuspicionDraft) -> None:
    made = case.decisions[-1]
    element = SubElement(root, "report")
    _text(element, "rentity_id", "0")
    _text(element, "submission_code", "E")
    _text(element, "report_code", "STR")
    _text(element, "entity_reference", draft.case)
    _text(element, "submission_date", report.created_at.strftime("%Y-%m-%dT%H:%M:%S"))
    _text(element, "currency_code_local", case.transaction.currency or UNKNOWN)
    person = SubElement(element, "reporting_person")
    _text(person, "first_name", UNKNOWN)
    _text(person, "last_name", made.actor)
    _text(element, "reason", "\n\n".join(map(printable, draft.lines)))
    _text(element, "action", made.note or UNKNOWN)
    _transaction(element, case.transaction, template.brand.institution)
    indicators = SubElement(element, "report_indicators")
    typology = case.explanation.typology
    _text(indicators, "indicator", typology.name if typology else UNKNOWN)


def _transaction(report: Element, transaction: Transaction, institution: str) -> None:
    element = SubElement(report, "transaction")
    _text(element, "transactionnumber", transaction.transaction_id)
    _text(element, "transaction_location", transaction.terminal_id or transaction.country or UNKNOWN)
    _text(element, "transaction_description", transaction.memo or UNKNOWN)
    _text(element, "date_transaction", f"{transaction.occurred_at:%Y-%m-%dT%H:%M:%S}")
    _text(element, "transmode_code", UNKNOWN)
    _text(element, "transmode_comment", transaction.channel or UNKNOWN)
    _text(element, "amount_local", f"{transaction.amount:.2f}")
    source = SubElement(element, "t_from_my_client")
    _text(source, "from_funds_code", UNKNOWN)
    account = SubElement(source, "from_account")
    _text(account, "institution_name", institution or UNKNOWN)
    _text(account, "account", transaction.customer_id)
    _text(account, "currency_code", transaction.currency or UNKNOWN)
    _text(source, "from_country", transaction.customer_home_country or UNKNOWN)
    target = SubElement(element, "t_to")
    _text(target, "to_funds_code", UNKNOWN)
    if transaction.counterparty_id:
        other = SubElement(target, "to_account")
        _text(other, "institution_name", UNKNOWN)
        _text(other, "account", transaction.counterparty_id)
        _text(other, "currency_code", transaction.currency or UNKNOWN)
    else:
        entity = SubElement(target, "to_entity")
        _text(entity, "name", transaction.merchant_id or UNKNOWN)
        _text(entity, "business", transaction.merchant_category or UNKNOWN)
    _text(target, "to_country", transaction.country or UNKNOWN)


def _text(parent: Element, tag: str, text: str) -> None:
    """Control characters by their number, for XML has no place for them; the reason's paragraphs keep their lines."""
    SubElement(parent, tag).text = text if tag == "reason" else printable(text)
