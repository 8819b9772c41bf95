"""Importing rows: each shipped mapping, every reason for refusing a row, and nothing twice."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

from domain.store import Store
from domain.store.reading import SourceReader
from domain.transactions import Period, Transaction
from tests.integration.importing import HEADER, PAYSIM, PAYSIM_ROWS, csv, take, whole
from tests.stores import new_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path) as opened:
        yield opened


# The shipped mappings


def test_handbook_parquet(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "day.parquet"
    duckdb.sql(
        """SELECT 7::INTEGER AS TRANSACTION_ID, TIMESTAMP_NS '2018-04-01 00:00:31' AS TX_DATETIME,
                  596::INTEGER AS CUSTOMER_ID, 3156::INTEGER AS TERMINAL_ID, 57.16 AS TX_AMOUNT, 31 AS TX_TIME_SECONDS,
                  0 AS TX_TIME_DAYS, 1::TINYINT AS TX_FRAUD, 2::TINYINT AS TX_FRAUD_SCENARIO
           UNION ALL SELECT 8, '2018-04-01 00:02:10', 4961, 3412, 81.51, 130, 0, 0, 0"""
    ).write_parquet(str(path))
    report = take(store, path, mapping="handbook")
    assert (report.rows, report.accepted, report.rejects, report.labelled) == (2, 2, (), 2)
    at = datetime(2018, 4, 1, 0, 0, 31)
    assert whole(store)[0] == Transaction(
        "7", at, "596", 57.16, terminal_id="3156", label=True, label_time=at + timedelta(days=7),
        label_scenario="compromised terminal",
    )  # fmt: skip
    assert (whole(store)[1].label, whole(store)[1].label_scenario) == (False, None)


def test_sparkov_in_both_layouts_gives_the_same_rows(store: Store, tmp_path: Path) -> None:
    generator = (
        "ssn|cc_num|first|last|gender|street|city|state|zip|lat|long|city_pop|job|dob|acct_num|profile|trans_num"
        "|trans_date|trans_time|unix_time|category|amt|is_fraud|merchant|merch_lat|merch_long"
    )
    kaggle = (
        ",trans_date_trans_time,cc_num,merchant,category,amt,first,last,gender,street,city,state,zip,lat,long"
        ",city_pop,job,dob,trans_num,unix_time,merch_lat,merch_long,is_fraud"
    )
    piped = (
        "1-2-3|3500000000000001|Ann|Lee|F|1 Road|Town|NC|28654|36.07|-81.17|3495|Nurse|1988-03-09|99|adult|{}"
        "|2019-01-01|00:00:44|1325376018|grocery_net|107.23|1|fraud_Kirlin, Ltd|49.159|-118.186"
    )
    quoted = (
        '0,2019-01-01 00:00:44,3500000000000001,"fraud_Kirlin, Ltd",grocery_net,107.23,Ann,Lee,F,1 Road,Town,NC,28654'
        ",36.07,-81.17,3495,Nurse,1988-03-09,{},1325376018,49.159,-118.186,1"
    )
    first = take(store, csv(tmp_path, [generator, piped.format("g1")], "adults.csv"), mapping="sparkov")
    second = take(store, csv(tmp_path, [kaggle, quoted.format("k1")], "fraudTrain.csv"), mapping="sparkov")
    assert (first.accepted, second.accepted) == (1, 1)
    at = datetime(2019, 1, 1, 0, 0, 44)
    for id_ in ("g1", "k1"):
        assert store.transactions.get([id_]) == (
            Transaction(
                id_, at, "3500000000000001", 107.23, "USD", "Kirlin, Ltd", None, "grocery_net", "online",
                latitude=49.159, longitude=-118.186, label=True, label_time=at + timedelta(days=7),
            ),
        )  # fmt: skip


def test_paysim_has_ids_made_of_its_content(store: Store, tmp_path: Path) -> None:
    report = take(store, csv(tmp_path, [PAYSIM, *PAYSIM_ROWS]), mapping="paysim")
    assert (report.accepted, report.flagged, report.labelled) == (2, 1, 2)
    payment, transfer = whole(store)
    assert (payment.merchant_id, payment.counterparty_id, payment.channel) == ("M1979787155", None, "payment")
    assert (transfer.merchant_id, transfer.counterparty_id, transfer.channel) == (None, "C553264065", "transfer")
    assert (payment.occurred_at, transfer.occurred_at) == (datetime(2026, 1, 1), datetime(2026, 1, 2, 1))
    assert (transfer.balance_before, transfer.balance_after, transfer.label) == (181.0, 0.0, True)
    assert (payment.flagged, transfer.flagged, payment.flag_reason) == (False, True, None)
    assert transfer.flag_reason == "single transfer over 200,000"
    again = take(store, csv(tmp_path, [PAYSIM, *reversed(PAYSIM_ROWS)], "other.csv"), mapping="paysim")
    assert (again.accepted, again.duplicates) == (0, 2)


def test_own_columns_all_of_them(store: Store, tmp_path: Path) -> None:
    names = (
        "transaction_id,occurred_at,customer_id,amount,currency,merchant_id,terminal_id,merchant_category,channel,country"
        ",customer_home_country,latitude,longitude,device_id,counterparty_id,balance_before,balance_after,approved,memo"
        ",flagged,flag_reason,label,label_time,label_scenario"
    )
    row = (
        "T-1,2026-03-01T08:00:00Z,C-1,12.5,EUR,M,POS,food,pos,DE,FR,48.1,-11.5,D,C-2,100,87.5,no,hi,yes,rule 7,TRUE"
        ",2026-03-04,testing"
    )
    report = take(store, csv(tmp_path, [names, row]))
    at = datetime(2026, 3, 1, 8)
    assert whole(store) == (
        Transaction(
            "T-1", at, "C-1", 12.5, "EUR", "M", "POS", "food", "pos", "DE", "FR", 48.1, -11.5, "D", "C-2", 100.0, 87.5,
            False, "hi", True, "rule 7", True, datetime(2026, 3, 4), "testing",
        ),
    )  # fmt: skip
    assert report.period == Period(at, at + timedelta(microseconds=1))


# Rows that are refused


def test_every_reason_names_its_rows_and_samples(store: Store, tmp_path: Path) -> None:
    at = "2026-03-01 08:00:00"
    lines = [
        f"{HEADER},latitude,longitude,memo,label,balance_before",
        f"T-1,{at},C,1.5,,,,,",
        f",{at},C,1,,,,,",
        f'"  ",{at},C,1,,,,,',
        "T-4,,C,1,,,,,",
        "T-5,yesterday,C,1,,,,,",
        "T-6,1969-12-31 23:59:59,C,1,,,,,",
        "T-7,2100-01-01,C,1,,,,,",
        f"T-8,{at},,1,,,,,",
        f"T-9,{at},C,,,,,,",
        f'T-10,{at},C,"1,234.5",,,,,',
        f"T-11,{at},C,-5,,,,,",
        f"T-12,{at},C,-6.25,,,,,",
        f"T-13,{at},C,inf,,,,,",
        f"T-14,{at},C,1,90.5,,,,",
        f"T-15,{at},C,1,,-181,,,",
        f"T-16,{at},C,1,,,{'x' * 10_001},,",
        f"T-17,{at},C,1,,,,perhaps,",
        f"T-18,{at},C,1,,,,,a lot",
        f"T-19,{at},C,1,-90,180,,,",
        f"T-20,{at},C,nan,,,,,",
        f"T-21,{at},C,1,N/A,null,,NULL,NaN",
    ]
    path = csv(tmp_path, lines)
    report = take(store, path)
    found = {reject.reason: (reject.count, reject.rows, reject.samples) for reject in report.rejects}
    assert found == {
        "transaction_id is missing": (2, (2, 3), ("", "  ")),
        "occurred_at is missing": (1, (4,), ("",)),
        "occurred_at cannot be read as a time": (1, (5,), ("yesterday",)),
        "occurred_at is before 1970 or after 2099": (2, (6, 7), ("1969-12-31 23:59:59", "2100-01-01")),
        "customer_id is missing": (1, (8,), ("",)),
        "amount is missing": (2, (9, 20), ("", "")),
        "amount cannot be read as a number": (1, (10,), ("1,234.5",)),
        "amount is negative": (2, (11, 12), ("-5", "-6.25")),
        "amount is not finite": (1, (13,), ("inf",)),
        "latitude is beyond 90 degrees": (1, (14,), ("90.5",)),
        "longitude is beyond 180 degrees": (1, (15,), ("-181",)),
        "memo is longer than 10,000 characters": (1, (16,), ("x" * 80,)),
        "label cannot be read as yes or no": (1, (17,), ("perhaps",)),
        "balance_before cannot be read as a number": (1, (18,), ("a lot",)),
    }
    assert [row.transaction_id for row in whole(store)] == ["T-1", "T-19", "T-21"]
    assert (report.rows, report.accepted, report.rejected) == (21, 3, 18)
    assert (report.negative_amounts, report.null_amounts) == (2, 2)
    assert {reject.source for reject in report.rejects} == {str(path)}
    kept = store.database.query("SELECT row, reason, sample FROM import_rejects WHERE reason LIKE 'amount is neg%'")
    assert kept == [(11, "amount is negative", "-5"), (12, "amount is negative", "-6.25")]


def test_rows_of_the_wrong_shape_are_refused_and_the_rows_after_them_keep_their_numbers(
    store: Store, tmp_path: Path
) -> None:
    at = "2026-03-01 08:00:00"
    lines = [
        HEADER,
        f'"T\n1",{at},C,1',
        f"T-2,{at}",
        f"T-3,{at},C,1",
        f"T-4,{at},C,1,extra",
        f"T-5,{at},C,-1",
        f"T-6,{at},C,1",
    ]
    report = take(store, csv(tmp_path, lines))
    assert {(reject.reason, reject.rows) for reject in report.rejects} == {
        ("the row has too few columns", (2,)),
        ("the row has too many columns", (4,)),
        ("amount is negative", (5,)),
    }
    assert (report.rows, report.accepted) == (6, 3)
    assert [row.transaction_id for row in whole(store)] == ["T\n1", "T-3", "T-6"]


def test_only_the_first_rows_of_a_reason_are_named_and_all_are_counted(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "many.parquet"
    duckdb.sql(
        """SELECT 'T-' || range AS transaction_id, TIMESTAMP '2026-01-01' + to_seconds(range) AS occurred_at,
                  'C' AS customer_id, if(range % 2 = 0, -1, 1) AS amount FROM range(250000)"""
    ).write_parquet(str(path))
    report = take(store, path)
    [reject] = report.rejects
    assert (reject.count, report.accepted) == (125_000, 125_000)
    assert reject.rows == tuple(range(1, 41, 2)), "in the order of the file"


def test_rows_keep_the_order_of_the_file_while_their_reader_is_slow(tmp_path: Path) -> None:
    """Rows are named by number. (With two threads DuckDB 1.5.5 was seen to mix up 1.8 M rows of CSV in this case.)"""
    path = tmp_path / "large.parquet"
    duckdb.sql("SELECT range AS n, md5(range::VARCHAR) AS text FROM range(300000)").write_parquet(str(path))
    with SourceReader(path, None, None) as reader:
        batches = []
        for batch in reader.rows("SELECT n, CASE WHEN lower(trim(text)) <> '' THEN text END AS text FROM source_rows"):
            hashlib.pbkdf2_hmac("sha256", b"slow", b"reader", 20_000)
            batches.append(batch["n"].to_numpy())
    assert np.array_equal(np.concatenate(batches), np.arange(300_000))


def test_numbers_for_times_and_not_a_number_in_parquet_do_not_stop_the_import(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "odd.parquet"
    duckdb.sql(
        """SELECT 1.0::DOUBLE AS transaction_id, 1767225600 AS occurred_at, 'C' AS customer_id, 1.0 AS amount
           UNION ALL SELECT 2, NULL, 'C', 'nan'::DOUBLE"""
    ).write_parquet(str(path))
    assert {reject.reason: reject.samples for reject in take(store, path).rejects} == {
        "occurred_at cannot be read as a time": ("1767225600",),
        "occurred_at is missing": ("",),
    }


def test_times_written_with_an_offset_stay_local_and_those_that_lost_it_are_utc(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "zoned.parquet"
    duckdb.sql(
        """SELECT 'T' AS transaction_id, TIMESTAMPTZ '2026-01-01 12:00:00+02' AS occurred_at, 'C' AS customer_id,
                  1::DECIMAL(9, 2) AS amount"""
    ).write_parquet(str(path))
    take(store, path)
    take(store, csv(tmp_path, [HEADER, "U,2026-01-01 12:00:00+02:00,C,1"]))
    assert [row.occurred_at for row in whole(store)] == [datetime(2026, 1, 1, 10), datetime(2026, 1, 1, 12)]


# Duplicates


def test_second_import_of_the_same_rows_adds_none(store: Store, tmp_path: Path) -> None:
    path = csv(tmp_path, [HEADER, *(f"T-{n},2026-03-01 08:00:0{n},C,{n}" for n in range(5))])
    first, second = take(store, path), take(store, path)
    assert (first.accepted, first.duplicates) == (5, 0)
    assert (second.rows, second.accepted, second.duplicates, second.conflicts) == (5, 0, 5, 0)
    assert (second.period, store.transactions.count()) == (None, 5)


def test_duplicates_within_and_across_files_keep_the_first_and_tell_conflicts(store: Store, tmp_path: Path) -> None:
    at = "2026-03-01 08:00:00"
    one = csv(tmp_path, [HEADER, f"A,{at},C,1", f"B,{at},C,2", f"A,{at},C,1", f"B,{at},C,99"], "one.csv")
    two = csv(tmp_path, [HEADER, f"A,{at},C,1", f"D,{at},C,4", f"B,{at},other,2"], "two.csv")
    report = take(store, one, two)
    assert (report.rows, report.accepted, report.duplicates, report.conflicts) == (7, 3, 4, 2)
    assert {row.transaction_id: row.amount for row in whole(store)} == {"A": 1, "B": 2, "D": 4}
    later = take(store, csv(tmp_path, [HEADER, f"A,{at},C,5", f"E,{at},C,5"], "three.csv"))
    assert (later.accepted, later.duplicates, later.conflicts) == (1, 1, 1)
    assert store.transactions.get(["A"])[0].amount == 1


def test_accepted_oddities_are_counted(store: Store, tmp_path: Path) -> None:
    at = "2026-03-01 08:00:00"
    lines = [
        f"{HEADER},counterparty_id,flagged",
        f"A,{at},C,0,C,1",
        f"B,{at},C,1,C,0",
        f"D,{at},C,1,E,",
        f"F,{at},C,0,,",
    ]
    report = take(store, csv(tmp_path, lines))
    assert (report.accepted, report.self_transfers, report.zero_amounts, report.flagged) == (4, 2, 2, 1)
