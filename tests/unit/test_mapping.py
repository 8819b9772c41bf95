"""Mappings: what their files may say, and how a source's columns choose among their rules."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import ColumnMissing, MappingInvalid
from domain.mapping import (
    Mapping,
    Rule,
    check_columns,
    constant_rule,
    load_mapping,
    mapping_text,
    parse_mapping,
    shipped_mappings,
)
from domain.transactions import CONTRACT

GOOD = """
name = "bank"
description = "Nightly extract"
label_delay_days = 2.5
[columns]
transaction_id = "REF"
occurred_at = ["BOOKED", { sql = "make_timestamp(EPOCH * 1000000)", needs = ["EPOCH"] }]
customer_id = { column = "CUST" }
amount = "AMT"
currency = { constant = "E'UR" }
"""


def test_file_says_where_each_column_comes_from() -> None:
    mapping = parse_mapping(GOOD, "bank.toml")
    assert (mapping.name, mapping.description, mapping.label_delay_days) == ("bank", "Nightly extract", 2.5)
    assert dict(mapping.columns)["customer_id"] == (Rule(("CUST",)),)
    assert dict(mapping.columns)["currency"] == (Rule((), "'E''UR'"),)


@pytest.mark.parametrize(
    ("present", "chosen"),
    [
        (("ref", "BOOKED", "EPOCH", "CUST", "AMT"), Rule(("BOOKED",))),
        (("REF", "epoch", "CUST", "AMT"), Rule(("EPOCH",), "make_timestamp(EPOCH * 1000000)")),
    ],
)
def test_first_rule_whose_columns_are_there_is_used(present: tuple[str, ...], chosen: Rule) -> None:
    mapping = parse_mapping(GOOD, "bank.toml")
    assert dict(mapping.chosen(present))["occurred_at"] == chosen
    assert mapping.unfilled(present) == ()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("[columns]", "[columns"), "no TOML"),
        (("name =", "nam ="), "'nam'"),
        (('amount = "AMT"', ""), "amount"),
        (('amount = "AMT"', 'amuont = "AMT"'), "'amuont'"),
        (('amount = "AMT"', "amount = 5"), "amount"),
        (('amount = "AMT"', 'amount = { column = "A", sql = "B" }'), "exactly one"),
        (('amount = "AMT"', 'amount = { sql = "A + B" }'), "needs"),
        (('amount = "AMT"', 'amount = { sql = "A", needs = "A" }'), "list"),
        (('amount = "AMT"', 'amount = { colum = "A" }'), "'colum'"),
        (("label_delay_days = 2.5", "label_delay_days = -1"), "label_delay_days"),
        (("label_delay_days = 2.5", 'label_delay_days = "x"'), "label_delay_days"),
        (("[columns]", "[other]"), "'other'"),
    ],
)
def test_mistake_in_a_file_is_named(change: tuple[str, str], says: str) -> None:
    with pytest.raises(MappingInvalid, match=says) as refused:
        parse_mapping(GOOD.replace(*change), "bank.toml")
    assert "bank.toml" in refused.value.message


def test_mapping_is_loaded_by_name_or_path(tmp_path: Path) -> None:
    (tmp_path / "bank.toml").write_text(GOOD)
    assert load_mapping(str(tmp_path / "bank.toml")).name == "bank"
    assert load_mapping("handbook").name == "handbook"
    with pytest.raises(MappingInvalid, match="no mapping nothing") as refused:
        load_mapping("nothing")
    assert "sparkov" in refused.value.hint
    (tmp_path / "latin.toml").write_bytes(b"name = '\xe9'")
    with pytest.raises(MappingInvalid, match="cannot be read"):
        load_mapping(str(tmp_path / "latin.toml"))


def test_shipped_mappings_are_whole_and_own_first() -> None:
    assert shipped_mappings()[0] == "whyflag"
    assert set(shipped_mappings()) >= {"whyflag", "handbook", "sparkov", "paysim"}
    for name in shipped_mappings():
        mapping = load_mapping(name)
        assert mapping.name == name and mapping.description


def test_own_mapping_covers_the_contract() -> None:
    assert [column for column, _ in load_mapping("whyflag").columns] == [column.name for column in CONTRACT]


@pytest.mark.parametrize("personal", ["first", "last", "dob", "gender", "ssn", "street", "job"])
def test_personal_columns_are_not_read(personal: str) -> None:
    for name in shipped_mappings():
        assert personal not in {
            need for _, rules in load_mapping(name).columns for rule in rules for need in rule.needs
        }


def test_missing_columns_are_named_with_the_mapping_that_would_fit() -> None:
    columns = ("TRANSACTION_ID", "TX_DATETIME", "CUSTOMER_ID", "TERMINAL_ID", "TX_AMOUNT")
    with pytest.raises(ColumnMissing) as refused:
        check_columns(load_mapping("sparkov"), columns, "tx.parquet")
    message = refused.value.message
    assert "tx.parquet" in message and "sparkov" in message and "amount (from amt)" in message
    assert "occurred_at (from trans_date_trans_time or trans_date, trans_time)" in message
    assert "It has: TRANSACTION_ID, TX_DATETIME" in message
    assert refused.value.hint == "The mapping handbook fits these columns."


@pytest.mark.parametrize("name", shipped_mappings())
def test_a_written_mapping_reads_back_the_same(name: str) -> None:
    assert parse_mapping(mapping_text(load_mapping(name)), name) == load_mapping(name)


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@settings(max_examples=60, deadline=None)
@given(words, words, words)
def test_any_column_expression_and_constant_survives_a_mapping_file(column: str, sql: str, constant: str) -> None:
    rules = {"amount": Rule((column,), sql), "currency": constant_rule(constant)}
    required = {name: Rule((column,)) for name in ("transaction_id", "occurred_at", "customer_id")}
    columns = tuple((name, (rule,)) for name, rule in {**required, **rules}.items())
    mapping = Mapping(column, sql, columns, 2.5)
    assert parse_mapping(mapping_text(mapping), "it") == mapping
