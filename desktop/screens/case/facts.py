"""The facts of the transaction, and of the alert, that the file held; what it lacked is not shown."""

from collections.abc import Iterator

from desktop.services import Case
from desktop.support.formats import ORIGIN_WORDS, Formats
from desktop.support.translation import tr
from domain.transactions import Transaction


def facts(case: Case, formats: Formats) -> tuple[tuple[str, str], ...]:
    """(name, text) in the order an analyst asks for them."""
    return tuple((name, text) for name, text in _all(case, formats) if text)


def _all(case: Case, formats: Formats) -> Iterator[tuple[str, str | None]]:
    row = case.transaction
    yield tr("Customer"), row.customer_id
    yield tr("Time"), formats.time(row.occurred_at)
    yield tr("Merchant"), row.merchant_id
    yield tr("Category"), row.merchant_category
    yield tr("Channel"), row.channel
    yield tr("Country"), _country(row)
    yield tr("Terminal"), row.terminal_id
    yield tr("Device"), row.device_id
    yield tr("Paid to"), row.counterparty_id
    yield tr("Balance"), _balance(row, formats)
    yield tr("Approved"), None if row.approved is None else tr("Yes") if row.approved else tr("No, declined")
    yield tr("Source"), _raised(case)
    yield tr("Transaction"), row.transaction_id
    yield tr("Memo"), row.memo


def _country(row: Transaction) -> str | None:
    if row.country and row.customer_home_country and row.country != row.customer_home_country:
        return tr("{country} (home {home})", country=row.country, home=row.customer_home_country)
    return row.country


def _balance(row: Transaction, formats: Formats) -> str | None:
    before, after = (
        None if value is None else formats.money(value, None) for value in (row.balance_before, row.balance_after)
    )
    if before and after:
        return f"{before} → {after}"
    return before or after


def _raised(case: Case) -> str:
    words = tr(ORIGIN_WORDS.get(case.alert.origin, case.alert.origin))
    return f"{words}: {case.alert.flag_reason}" if case.alert.flag_reason else words
