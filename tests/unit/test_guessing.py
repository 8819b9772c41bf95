"""Guessed mappings: from names and values, for files as other systems write them."""

import pytest

from domain.guessing import MappingGuess, guess_mapping, row_id_rule
from domain.mapping import Mapping, load_mapping, shipped_mappings
from domain.sample import Sample, SampleColumn


def sample(header: str, *rows: str, separator: str = ",") -> Sample:
    cells = [row.split(separator) for row in rows]
    columns = tuple(
        SampleColumn(name, "VARCHAR", tuple(row[place] or None for row in cells))
        for place, name in enumerate(header.split(separator))
    )
    return Sample("payments.csv", columns, 0)


def known() -> tuple[Mapping, ...]:
    return tuple(load_mapping(name) for name in shipped_mappings())


def sources(guess: MappingGuess) -> dict[str, str]:
    return {one.column: one.rule.needs[0] for one in guess.columns if one.rule and len(one.rule.needs) == 1}


HANDBOOK = sample(
    "TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT,TX_TIME_SECONDS,TX_TIME_DAYS,TX_FRAUD,TX_FRAUD_SCENARIO",
    "0,2018-04-01 00:00:31,596,3156,57.16,31,0,0,0",
    "1,2018-04-01 00:02:10,4961,3412,81.51,130,0,1,2",
    "2,2018-04-01 00:07:56,596,1365,146.0,476,0,0,0",
)
KAGGLE = sample(
    "column0,trans_date_trans_time,cc_num,merchant,category,amt,first,last,gender,street,city,state,zip,lat,long,"
    "city_pop,job,dob,trans_num,unix_time,merch_lat,merch_long,is_fraud",
    "0,2019-01-01 00:00:18,2703186189652095,fraud_Rippin,misc_net,4.97,J,B,F,5 Way,Town,NC,28654,36.07,-81.17,3495,"
    "clerk,1988-03-09,0b242abb623afc578575680df30655b9,1325376018,36.01,-82.04,0",
    "1,2019-01-01 00:00:44,630423337322,fraud_Heller,grocery_pos,107.23,S,G,F,9 Way,City,WA,99160,48.88,-118.21,149,"
    "clerk,1978-06-21,1f76529f8574734946361c461b024d99,1325376044,49.15,-118.18,0",
)
PAYSIM = sample(
    "step,type,amount,nameOrig,oldbalanceOrg,newbalanceOrig,nameDest,oldbalanceDest,newbalanceDest,isFraud,isFlaggedFraud",
    "1,PAYMENT,9839.64,C1231006815,170136.0,160296.36,M1979787155,0.0,0.0,0,0",
    "1,TRANSFER,181.0,C1305486145,181.0,0.0,C553264065,0.0,0.0,1,0",
)
IEEE = sample(
    "TransactionID,isFraud,TransactionDT,TransactionAmt,ProductCD,card1,card2,card3,card4,card5,card6,addr1,addr2,"
    "P_emaildomain",
    "2987000,0,86400,68.5,W,13926,,150.0,discover,142.0,credit,315.0,87.0,",
    "2987001,0,86401,29.0,W,2755,404.0,150.0,mastercard,102.0,credit,325.0,87.0,gmail.com",
)
BANKSIM = sample(
    "step,customer,age,gender,zipcodeOri,merchant,zipMerchant,category,amount,fraud",
    "0,'C1093826151','4','M','28007','M348934600','28007','es_transportation',4.55,0",
    "0,'C352968107','2','M','28007','M348934600','28007','es_transportation',39.68,1",
)
BANK = sample(
    "Buchungsdatum;Kundennummer;Betrag;Währung;Händler;Verwendungszweck;Referenz",
    "13.01.2026 09:12;K-1;1.234,56;EUR;Bäckerei;Brot;A1",
    "01.02.2026 17:40;K-2;8,90;EUR;Kiosk;Zeitung;A2",
    separator=";",
)


@pytest.mark.parametrize(
    ("given", "name"),
    [(HANDBOOK, "handbook"), (KAGGLE, "sparkov"), (PAYSIM, "paysim"), (IEEE, "ieee-cis"), (BANKSIM, "banksim")],
)
def test_a_known_file_gets_its_mapping_whole(given: Sample, name: str) -> None:
    guess = guess_mapping(given, known())
    assert guess.known == name and guess.unfilled == ()
    assert {one.confidence for one in guess.columns if one.rule} == {1.0}


def test_own_headers_get_the_own_mapping() -> None:
    own = sample("transaction_id,occurred_at,customer_id,amount,channel", "T1,2026-01-01,C1,5,pos")
    assert guess_mapping(own, known()).known == "whyflag"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            HANDBOOK,
            {
                "transaction_id": "TRANSACTION_ID", "occurred_at": "TX_DATETIME", "customer_id": "CUSTOMER_ID",
                "terminal_id": "TERMINAL_ID", "amount": "TX_AMOUNT", "label": "TX_FRAUD",
                "label_scenario": "TX_FRAUD_SCENARIO",
            },
        ),
        (
            KAGGLE,
            {
                "transaction_id": "trans_num", "occurred_at": "trans_date_trans_time", "customer_id": "cc_num",
                "amount": "amt", "merchant_id": "merchant", "merchant_category": "category", "latitude": "merch_lat",
                "longitude": "merch_long", "label": "is_fraud",
            },
        ),
        (
            PAYSIM,
            {
                "customer_id": "nameOrig", "amount": "amount", "channel": "type", "counterparty_id": "nameDest",
                "balance_before": "oldbalanceOrg", "balance_after": "newbalanceOrig", "label": "isFraud",
                "flagged": "isFlaggedFraud",
            },
        ),
        (
            IEEE,
            {
                "transaction_id": "TransactionID", "amount": "TransactionAmt", "customer_id": "card1",
                "merchant_category": "ProductCD", "label": "isFraud",
            },
        ),
        (
            BANKSIM,
            {
                "customer_id": "customer", "amount": "amount", "merchant_id": "merchant",
                "merchant_category": "category", "label": "fraud",
            },
        ),
        (
            BANK,
            {
                "transaction_id": "Referenz", "occurred_at": "Buchungsdatum", "customer_id": "Kundennummer",
                "amount": "Betrag", "currency": "Währung", "merchant_id": "Händler", "memo": "Verwendungszweck",
            },
        ),
    ],
)  # fmt: skip
def test_columns_are_guessed_without_any_known_mapping(given: Sample, expected: dict[str, str]) -> None:
    assert sources(guess_mapping(given)) == expected


@pytest.mark.parametrize("given", [PAYSIM, BANKSIM, IEEE])
def test_a_count_of_steps_is_not_taken_for_a_time(given: Sample) -> None:
    assert guess_mapping(given).unfilled == ("occurred_at",)


def test_a_file_without_ids_gets_them_from_its_content() -> None:
    guess = {one.column: one for one in guess_mapping(BANKSIM).columns}["transaction_id"]
    assert guess.rule == row_id_rule(BANKSIM.names) and guess.confidence < 0.6


def test_how_banks_write_times_and_amounts_is_read() -> None:
    found = {one.column: one for one in guess_mapping(BANK).columns}
    assert (found["occurred_at"].reading, found["amount"].reading) == ("day first", "comma for decimals")


def test_a_day_that_could_be_a_month_lowers_the_confidence() -> None:
    clear = sample("id,date,customer,amount", "1,13/02/2026,a,1", "2,01/02/2026,b,2")
    unclear = sample("id,date,customer,amount", "1,03/02/2026,a,1", "2,01/02/2026,b,2")
    sure, unsure = ({one.column: one for one in guess_mapping(given).columns} for given in (clear, unclear))
    assert unsure["occurred_at"].confidence < sure["occurred_at"].confidence
    assert "both fit" in unsure["occurred_at"].why


def test_date_and_time_apart_are_joined() -> None:
    apart = sample("id,date,time,customer,amount", "1,2026-02-13,09:00,a,1", "2,2026-02-14,10:30:05,b,2")
    found = {one.column: one for one in guess_mapping(apart).columns}
    assert found["occurred_at"].rule is not None and found["occurred_at"].rule.needs == ("date", "time")


def test_values_that_cannot_be_read_lower_the_confidence_of_a_name() -> None:
    good = sample("id,occurred_at,customer_id,amount", "1,2026-01-01,a,1.0", "2,2026-01-02,b,2.0")
    bad = sample("id,occurred_at,customer_id,amount", "1,2026-01-01,a,1.0", "2,2026-01-02,b,two")
    amounts = [{one.column: one for one in guess_mapping(given).columns}["amount"] for given in (good, bad)]
    assert amounts[0].confidence == 1.0 and amounts[1].confidence == 0.5


def test_an_id_that_repeats_is_no_transaction_id() -> None:
    given = sample("id,occurred_at,customer_id,amount", "1,2026-01-01,a,1.0", "1,2026-01-02,b,2.0")
    assert sources(guess_mapping(given)).get("transaction_id") is None


@pytest.mark.parametrize("header", ["a", "a,b,c", "💥,<b>,%s"])
def test_strange_columns_are_left_out_rather_than_guessed(header: str) -> None:
    guess = guess_mapping(sample(header, ",".join("x" for _ in header.split(","))))
    assert "amount" in guess.unfilled and "customer_id" in guess.unfilled


def test_personal_columns_are_not_taken_from_a_known_or_guessed_file() -> None:
    assert not set(sources(guess_mapping(KAGGLE)).values()) & {"first", "last", "gender", "dob", "street", "job"}
