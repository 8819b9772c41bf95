"""Importing files: every kind of source, what is told of broken ones, and nothing in part."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import psutil
import pyarrow as pa
import pytest

from domain.errors import ColumnMissing, MappingInvalid, SourceUnreadable, WhyflagError
from domain.import_report import Reject
from domain.intake import import_columns, import_files
from domain.mapping import load_mapping, parse_mapping
from domain.progress import Progress, finish
from domain.store import Store
from domain.transactions import Transaction
from tests.integration.importing import HEADER, PAYSIM, PAYSIM_ROWS, csv, take, whole
from tests.stores import new_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path) as opened:
        yield opened


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
    assert (details["transactions_before"], details["transactions_after"]) == (0, 1)
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
