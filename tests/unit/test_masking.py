"""Masking profiles: what a reader may not see is in no file, and what is left still stands on its evidence."""

import dataclasses
import io
import shutil
import zipfile
from pathlib import Path

import pytest

from domain.masking import WITHHELD, masked
from domain.rendering import render
from domain.reporting import FORMATS, Case, Format, Mask, Report, Selection
from domain.verification import verify_sentence
from tests.reports import a_decision, a_history, a_report, a_transaction, an_alert, an_explanation
from tests.unit.test_rendering_pdf import text_of

KEY = b"m" * 32
ACCOUNT, OTHER, DEVICE = "DE89370400440532013000", "4111111111111111", "dev-8812-3391"
CARD_IN_TEXT, PHONE = "5500 0000 0000 0004", "+351 912 345 678"
NAME = "Anna Maria Schmidt"
CANARIES = (ACCOUNT, OTHER, DEVICE, CARD_IN_TEXT, CARD_IN_TEXT.replace(" ", ""), PHONE, NAME, "anna@example.org")
EVERYWHERE = " / ".join(CANARIES)


def report_with_canaries() -> Report:
    """Canaries in every field that can hold text, in statements, sentences, the draft and the notes."""
    transaction = a_transaction(
        f"T-{ACCOUNT}", customer_id=ACCOUNT, counterparty_id=OTHER, device_id=DEVICE, merchant_id=NAME,
        merchant_category=f"account {ACCOUNT}", memo=EVERYWHERE, flag_reason=EVERYWHERE, label_scenario=EVERYWHERE,
    )  # fmt: skip
    plain = an_explanation(transaction.transaction_id)
    named = f"account {ACCOUNT}"
    category = dataclasses.replace(
        plain.evidence[2], kind="category", statement=f"category {named}; 25% of the customer's payments are in"
        " this category", value=named, rows=(transaction.transaction_id, f"T-{OTHER}"),
    )  # fmt: skip
    told = dataclasses.replace(
        plain.narrative.sentences[0],
        text=f"Ranked third, this raises the score: {category.statement} [E3].",
        citations=("E3",),
        claims=verify_sentence(f"Ranked third, this raises the score: {category.statement} [E3].", (category,)).claims,
    )
    narrative = dataclasses.replace(plain.narrative, draft=EVERYWHERE, sentences=(told, *plain.narrative.sentences[1:]))
    explanation = dataclasses.replace(
        plain, evidence=(*plain.evidence[:2], category, plain.evidence[3]), narrative=narrative
    )
    alert = an_alert(transaction.transaction_id, flag_reason=EVERYWHERE)
    decision = a_decision(alert.alert_id, note=EVERYWHERE, actor=NAME, disposition="escalated")
    case = Case(transaction, alert, explanation, a_history(transaction), (decision,))
    report = a_report([case, *a_report().cases])
    scope = dataclasses.replace(report.scope, filters=Selection(query=ACCOUNT).filters)
    return dataclasses.replace(report, store=f"/home/{NAME}/{ACCOUNT}.duckdb", scope=scope)


def text(format: Format, content: bytes, folder: Path) -> str:
    if format == "pdf":
        return text_of(content, folder)
    if format == "xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return " ".join(parts.read(name).decode() for name in parts.namelist())
    return content.decode("utf-8-sig")


@pytest.mark.parametrize("format", FORMATS)
def test_no_canary_stands_in_any_file_of_an_external_report(format: Format, tmp_path: Path) -> None:
    if format == "pdf" and not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) is not installed")
    shown = text(format, render(masked(report_with_canaries(), "external", KEY), format), tmp_path)
    found = [canary for canary in CANARIES if canary in shown or canary.replace(" ", "") in shown.replace(" ", "")]
    assert not found
    assert "PSEUDONYM" not in shown
    if format != "csv":
        assert WITHHELD in shown
    open_text = text(format, render(report_with_canaries(), format), tmp_path)
    assert ACCOUNT in open_text.replace(" ", ""), "unmasked, the canaries are there"


@pytest.mark.parametrize("mask", ["internal", "external"])
def test_every_sentence_still_stands_on_its_evidence(mask: Mask) -> None:
    for case in masked(report_with_canaries(), mask, KEY).cases:
        explanation = case.explanation
        for sentence in explanation.narrative.sentences:
            verdict = verify_sentence(sentence.text, explanation.evidence, explanation.typology)
            assert verdict.verified, (sentence.text, verdict.failures)


def test_inside_the_bank_customers_are_pseudonyms_and_numbers_in_text_are_blanked() -> None:
    case = masked(report_with_canaries(), "internal", KEY).cases[0]
    assert case.transaction.customer_id.startswith("CUSTOMER-")
    assert case.transaction.counterparty_id and case.transaction.counterparty_id.startswith("COUNTERPARTY-")
    assert case.transaction.merchant_id == NAME
    assert case.decisions[0].actor == NAME
    memo = case.transaction.memo or ""
    for number in (ACCOUNT, OTHER, DEVICE, CARD_IN_TEXT, PHONE, "anna@example.org"):
        assert number not in memo
    assert "NUMBER-" in memo


def test_a_pseudonym_is_stable_within_a_report_and_another_in_the_next() -> None:
    report = report_with_canaries()
    one, other = masked(report, "external", KEY), masked(report, "external", b"n" * 32)
    first = one.cases[0]
    assert {earlier.customer_id for earlier in first.history} == {first.transaction.customer_id}
    assert first.alert and first.alert.alert_id == first.explanation.alert_id == first.decisions[0].alert_id
    assert first.transaction.transaction_id in first.explanation.evidence[2].rows
    assert one.cases[1].transaction.customer_id == one.cases[2].transaction.customer_id, "the same customer"
    assert first.transaction.customer_id != other.cases[0].transaction.customer_id
    assert masked(report, "external", KEY) == one


def test_figures_and_times_stay_and_nothing_is_masked_without_a_profile() -> None:
    report = report_with_canaries()
    assert masked(report, "none", KEY) is report
    outside = masked(report, "external", KEY)
    assert outside.counts == report.counts
    assert [case.transaction.amount for case in outside.cases] == [case.transaction.amount for case in report.cases]
    assert outside.cases[1].explanation.narrative.sentences == report.cases[1].explanation.narrative.sentences


@pytest.mark.parametrize("word", ["payment", "raises", "508.50", "25", "EUR"])
def test_an_id_that_is_a_word_of_ours_changes_no_sentence(word: str) -> None:
    transaction = a_transaction(customer_id=word, device_id=word)
    report = a_report([Case(transaction, an_alert(), an_explanation())])
    case = masked(report, "external", KEY).cases[0]
    assert case.transaction.customer_id != word
    assert case.explanation.narrative.sentences == an_explanation().narrative.sentences
