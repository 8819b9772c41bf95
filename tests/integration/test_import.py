"""Importing files: each shipped mapping, every kind of file, every reason for refusing a row, and nothing twice."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import psutil
import pyarrow as pa
import pytest

from domain.errors import ColumnMissing, MappingInvalid, SourceUnreadable, WhyflagError
from domain.import_report import ImportReport, Reject
from domain.intake import import_columns, import_files
from domain.mapping import load_mapping, parse_mapping
from domain.progress import Progress, finish
from domain.store import Store
from domain.store.reading import SourceReader
from domain.transactions import Period, Transaction
from tests.stores import new_store

HEADER = "transaction_id,occurred_at,customer_id,amount"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path) as opened:
        yield opened


def take(store: Store, *paths: Path, mapping: str = "whyflag", **options: str) -> ImportReport:
    return finish(import_files(store, paths, load_mapping(mapping), "ann", **options))


def csv(folder: Path, lines: Sequence[str], name: str = "in.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


def whole(store: Store) -> tuple[Transaction, ...]:
    ids = [id_ for (id_,) in store.database.query("SELECT transaction_id FROM transactions ORDER BY rowid")]
    return store.transactions.get(ids)


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


PAYSIM = (
    "step,type,amount,nameOrig,oldbalanceOrg,newbalanceOrig,nameDest,oldbalanceDest,newbalanceDest,isFraud"
    ",isFlaggedFraud"
)
PAYSIM_ROWS = [
    "1,PAYMENT,9839.64,C1231006815,170136.0,160296.36,M1979787155,0.0,0.0,0,0",
    "26,TRANSFER,181.0,C1305486145,181.0,0.0,C553264065,0.0,0.0,1,1",
]


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


# Files


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_delimiters_and_byte_order_marks(store: Store, tmp_path: Path, delimiter: str, encoding: str) -> None:
    lines = [HEADER + ",memo", 'T,2026-03-01 08:00:00,"Zoë 北京",1.5,"a, b; c | ""d"""']
    text = [lines[0].replace(",", delimiter), lines[1].replace(",", delimiter).replace(f"a{delimiter} b", "a, b")]
    take(store, csv(tmp_path, text, encoding=encoding))
    [row] = whole(store)
    assert (row.customer_id, row.amount, row.memo) == ("Zoë 北京", 1.5, 'a, b; c | "d"')


def test_windows_line_ends(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "dos.csv"
    path.write_bytes(b"transaction_id,occurred_at,customer_id,amount\r\nT,2026-03-01 08:00:00,C,1.5\r\n")
    take(store, path)
    assert [(row.transaction_id, row.amount) for row in whole(store)] == [("T", 1.5)]


def test_name_with_pattern_characters_is_one_file(store: Store, tmp_path: Path) -> None:
    csv(tmp_path, [HEADER, "other,2026-03-01,C,1"], "a1.csv")
    path = csv(tmp_path, [HEADER, "T,2026-03-01,C,1"], "a[1]*'x.csv")
    report = take(store, path)
    assert [row.transaction_id for row in whole(store)] == ["T"]
    assert report.sources == (str(path),)


def test_header_alone_is_an_import_of_no_rows(store: Store, tmp_path: Path) -> None:
    report = take(store, csv(tmp_path, [HEADER]))
    assert (report.rows, report.accepted, report.period) == (0, 0, None)


def test_text_like_sql_or_markup_is_stored_as_it_is(store: Store, tmp_path: Path) -> None:
    evil = "'; DROP TABLE transactions; -- <b>{{7*7}}</b> =cmd|' /C calc'!A0 \\x00 $(id)"
    path = tmp_path / "evil.parquet"
    duckdb.execute("CREATE OR REPLACE TABLE evil AS SELECT ? AS t", [evil])
    duckdb.sql(
        """SELECT t AS transaction_id, TIMESTAMP '2026-01-01' AS occurred_at, t AS customer_id, 1 AS amount, t AS memo,
                  t AS "x""; DROP TABLE y" FROM evil"""
    ).write_parquet(str(path))
    take(store, path)
    assert [(row.transaction_id, row.customer_id, row.memo) for row in whole(store)] == [(evil, evil, evil)]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"transaction_id,occurred_at\nT,caf\xe9\n", r"not UTF-8 text: line 2 holds the byte 0xE9"),
        ("transaction_id".encode("utf-16"), "unknown kind"),
        (b"PK\x03\x04" + b"\0" * 100, "unknown kind"),
        (b"PAR1" + b"\0" * 5000 + b"PAR1", "is broken|cannot be read"),
        (b"\0" * 8 + b"DUCK" + b"\0" * 20000, "cannot be opened as a DuckDB file"),
    ],
)
def test_unreadable_file_is_told_by_name(store: Store, tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "bad.bin"
    path.write_bytes(content)
    with pytest.raises(SourceUnreadable, match=says) as refused:
        take(store, path)
    assert "bad.bin" in refused.value.message
    assert store.transactions.count() == 0


def test_missing_file_and_folder_are_told(store: Store, tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="no file"):
        take(store, tmp_path / "none.csv")
    with pytest.raises(SourceUnreadable, match="directory"):
        take(store, tmp_path)


def test_parquet_cut_short_leaves_nothing(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "cut.parquet"
    duckdb.sql(
        """SELECT 'T-' || range AS transaction_id, TIMESTAMP '2026-01-01' AS occurred_at,
                  md5(range::VARCHAR) AS customer_id, 1 AS amount FROM range(300000)"""
    ).write_parquet(str(path), row_group_size=20_000)
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 60_000] = b"\xff" * 60_000
    path.write_bytes(content)
    with pytest.raises(SourceUnreadable, match=r"cut\.parquet"):
        take(store, path)
    assert (store.transactions.count(), store.imports.list(), store.audit.entries()) == (0, (), ())


def test_missing_column_is_told_with_the_fitting_mapping(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ColumnMissing) as refused:
        take(store, csv(tmp_path, [PAYSIM, *PAYSIM_ROWS], "log.csv"), mapping="handbook")
    assert "log.csv" in refused.value.message and "TX_AMOUNT" in refused.value.message
    assert refused.value.hint == "The mapping paysim fits these columns."


def test_expression_that_does_not_work_is_the_mappings_fault(store: Store, tmp_path: Path) -> None:
    text = """
        [columns]
        transaction_id = "transaction_id"
        occurred_at = "occurred_at"
        customer_id = "customer_id"
        amount = { sql = "no_such_function(amount)", needs = ["amount"] }"""
    path = csv(tmp_path, [HEADER, "T,2026-03-01,C,1"])
    with pytest.raises(MappingInvalid, match="no_such_function"):
        finish(import_files(store, [path], parse_mapping(text, "bank"), "ann"))


def test_expression_reaches_no_other_file(store: Store, tmp_path: Path) -> None:
    text = """
        [columns]
        transaction_id = "transaction_id"
        occurred_at = "occurred_at"
        customer_id = { sql = "(SELECT content FROM read_text('/etc/passwd'))", needs = ["customer_id"] }
        amount = "amount" """
    path = csv(tmp_path, [HEADER, "T,2026-03-01,C,1"])
    with pytest.raises(WhyflagError, match="disabled by configuration"):
        finish(import_files(store, [path], parse_mapping(text, "bank"), "ann"))
    assert store.transactions.count() == 0


# DuckDB files


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    path = tmp_path / "bank.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """CREATE TABLE payments AS SELECT 'T-' || range AS transaction_id, range % 3 = 0 AS flagged,
                      TIMESTAMP '2026-01-01' + to_hours(range) AS occurred_at, 'C-' || range % 2 AS customer_id,
                      range::DECIMAL(9, 2) AS amount, if(range % 3 = 0, 'rule 12', NULL) AS flag_reason
               FROM range(10)"""
        )
        connection.execute("CREATE SCHEMA old; CREATE TABLE old.payments AS SELECT * FROM payments LIMIT 2")
        connection.execute("CREATE VIEW large AS SELECT * FROM payments WHERE amount >= 5")
    return path


@pytest.mark.parametrize(
    ("options", "accepted"),
    [
        ({"table": "payments"}, 10),
        ({"table": "main.payments"}, 10),
        ({"table": "old.payments"}, 2),
        ({"table": "large"}, 5),
        ({"query": "SELECT * FROM payments WHERE flagged;"}, 4),
        ({"query": "WITH p AS (FROM payments) SELECT * FROM p LIMIT 1 -- one"}, 1),
    ],
)
def test_table_view_or_query_of_a_duckdb_file(store: Store, bank: Path, options: dict[str, str], accepted: int) -> None:
    before = bank.read_bytes()
    report = take(store, bank, **options)
    assert report.accepted == accepted
    assert bank.read_bytes() == before
    flagged = store.transactions.flagged()[0]
    assert (flagged.flag_reason, flagged.amount % 3) == ("rule 12", 0.0)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "holds several tables"),
        ({"table": "paymnts"}, "no table paymnts"),
        ({"table": "payments; DROP TABLE payments"}, "no table"),
        ({"query": "SELECT 1; SELECT 2"}, "one SELECT"),
        ({"query": "DROP TABLE payments"}, "one SELECT"),
        ({"query": "SELEC"}, "no SQL"),
        ({"query": "SELECT * FROM nowhere"}, "nowhere"),
        ({"query": "SELECT * FROM read_text('/etc/passwd')"}, "disabled"),
        ({"query": "SELECT 1) UNION ALL (SELECT 2"}, "no SQL"),
    ],
)
def test_what_is_asked_of_a_duckdb_file_wrongly_is_told(
    store: Store, bank: Path, options: dict[str, str], says: str
) -> None:
    with pytest.raises(SourceUnreadable, match=says) as refused:
        take(store, bank, **options)
    if "table" in options or not options:
        assert "payments, old.payments" in refused.value.hint


def test_rows_that_are_only_in_the_files_log_come_along(store: Store, bank: Path) -> None:
    with duckdb.connect(str(bank)) as connection:
        connection.execute("SET wal_autocheckpoint = '1GB'; PRAGMA disable_checkpoint_on_shutdown")
        connection.execute(
            "INSERT INTO payments (transaction_id, occurred_at, customer_id, amount) VALUES ('W', now(), 'C', 1)"
        )
    assert bank.with_name("bank.duckdb.wal").exists()
    assert take(store, bank, table="payments").accepted == 11


def test_file_in_use_by_another_program_and_the_store_itself(store: Store, bank: Path) -> None:
    with duckdb.connect(str(bank)), pytest.raises(SourceUnreadable, match="open in another program"):
        take(store, bank, table="payments")
    with pytest.raises(SourceUnreadable, match=r"cases\.whyflag"):
        take(store, store.path)


def test_table_of_another_kind_of_file_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="no DuckDB file"):
        take(store, csv(tmp_path, [HEADER]), table="payments")


# The whole


def test_report_is_kept_and_audited(store: Store, tmp_path: Path) -> None:
    path = csv(tmp_path, [HEADER, "T,2026-03-01,C,1", "U,2026-03-01,C,-1"])
    report = take(store, path)
    [record] = store.imports.list()
    assert (record.report, record.actor, record.import_id) == (report, "ann", 1)
    assert isinstance(record.report.rejects[0], Reject)
    [entry] = store.audit.entries()
    details = json.loads(entry.details)
    assert (entry.action, entry.actor, entry.subject) == ("import", "ann", "import 1")
    assert (details["sources"], details["accepted"], details["rejected"]) == (str(path), 1, 1)
    assert details["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    store.audit.verify()


def test_progress_counts_rows_towards_the_total(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "many.parquet"
    duckdb.sql(
        """SELECT 'T-' || range AS transaction_id, TIMESTAMP '2026-01-01' AS occurred_at, 'C' AS customer_id,
                  1 AS amount FROM range(250000)"""
    ).write_parquet(str(path))
    steps: list[Progress] = []
    finish(import_files(store, [path], load_mapping("whyflag"), "ann"), steps.append)
    done = [step.done for step in steps if step.step == "reading many.parquet"]
    assert done[0] == 0 and done[-1] == 250_000 and done == sorted(done) and len(done) >= 3
    assert steps[-1] == Progress("storing", 250_000, 250_000)


def test_cancelled_import_leaves_nothing_and_ends_its_process(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "many.parquet"
    duckdb.sql(
        """SELECT 'T-' || range AS transaction_id, TIMESTAMP '2026-01-01' AS occurred_at, 'C' AS customer_id,
                  1 AS amount FROM range(500000)"""
    ).write_parquet(str(path))
    work = import_files(store, [path], load_mapping("whyflag"), "ann")
    while next(work).done == 0:
        assert store.transactions.count() == 0
    assert any("domain.store.reader" in child.cmdline() for child in psutil.Process().children())
    work.close()
    assert not any("domain.store.reader" in child.cmdline() for child in psutil.Process().children())
    assert (store.transactions.count(), store.imports.list()) == (0, ())
    assert store.database.query("SELECT table_name FROM duckdb_tables() WHERE temporary") == []
    assert take(store, path).accepted == 500_000


def test_reading_process_that_dies_is_told(store: Store, tmp_path: Path) -> None:
    path = csv(tmp_path, [HEADER])
    work = import_files(store, [path], load_mapping("whyflag"), "ann", reader_command=["false"])
    with pytest.raises(SourceUnreadable, match=r"stopped \(exit code 1\)"):
        finish(work)


def test_rows_made_in_memory_pass_the_same_checks(store: Store) -> None:
    columns = {
        "transaction_id": ["A", "B", None, "D"],
        "occurred_at": pa.array(np.array(["2026-01-01", "2026-01-02", "2026-01-03", "NaT"], dtype="datetime64[us]")),
        "customer_id": ["C", "C", "C", "C"],
        "amount": np.array([1.0, np.nan, 3.0, 4.0]),
        "latitude": np.array([np.nan, 1.0, 1.0, 1.0]),
        "label": np.array([True, False, False, False]),
    }
    report = finish(
        import_columns(
            store, "simulator", pa.table({k: pa.array(v, from_pandas=True) for k, v in columns.items()}), "ann"
        )
    )
    assert {(reject.reason, reject.rows, reject.source) for reject in report.rejects} == {
        ("transaction_id is missing", (3,), "simulator"),
        ("amount is missing", (2,), "simulator"),
        ("occurred_at is missing", (4,), "simulator"),
    }
    at = datetime(2026, 1, 1)
    assert whole(store) == (Transaction("A", at, "C", 1.0, label=True, label_time=at + timedelta(days=7)),)
    store.audit.verify()
