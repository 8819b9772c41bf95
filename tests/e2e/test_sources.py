"""Files as other systems write them, through the whole walk: import, train, score, explain."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from domain.simulator import simulate
from tests.e2e.command import Whyflag


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """Simulated payments, to be written in the shape of others."""
    return simulate(60, 60, 11).arrow().to_pandas()


def sparkov(rows: pd.DataFrame) -> pd.DataFrame:
    when = rows.occurred_at.dt
    return pd.DataFrame(
        {
            "ssn": "000-00-0000", "cc_num": rows.customer_id, "first": "Ann", "last": "Smith", "gender": "F",
            "street": "1 Way", "city": "Town", "state": "TX", "zip": "1", "lat": 30.0, "long": -97.0, "city_pop": 1,
            "job": "clerk", "dob": "1980-01-01", "acct_num": rows.customer_id, "profile": "adult.json",
            "trans_num": rows.transaction_id, "trans_date": when.strftime("%Y-%m-%d"),
            "trans_time": when.strftime("%H:%M:%S"), "unix_time": 0, "category": rows.merchant_category.fillna("misc"),
            "amt": rows.amount, "is_fraud": rows.label.astype(int), "merch_lat": rows.latitude,
            "merch_long": rows.longitude,
            "merchant": rows.merchant_id.fillna("fraud_Kilback"),
        }
    )  # fmt: skip


def kaggle(rows: pd.DataFrame) -> pd.DataFrame:
    made = sparkov(rows)
    stamp = made.pop("trans_date") + " " + made.pop("trans_time")
    made = made.drop(columns=["ssn", "acct_num", "profile"])
    made.insert(0, "trans_date_trans_time", stamp)
    made.insert(0, "", range(len(made)))
    return made


def paysim(rows: pd.DataFrame) -> pd.DataFrame:
    hours = (rows.occurred_at - rows.occurred_at.min()) / pd.Timedelta(hours=1)
    kinds = np.where(rows.counterparty_id.notna(), "TRANSFER", np.where(rows.amount > 100, "CASH_OUT", "PAYMENT"))
    return pd.DataFrame(
        {
            "step": hours.astype(int) + 1, "type": kinds, "amount": rows.amount, "nameOrig": rows.customer_id,
            "oldbalanceOrg": rows.balance_before.fillna(1000.0), "newbalanceOrig": rows.balance_after.fillna(900.0),
            "nameDest": rows.counterparty_id.fillna("M1"), "oldbalanceDest": 0.0, "newbalanceDest": rows.amount,
            "isFraud": rows.label.astype(int), "isFlaggedFraud": (rows.amount > 3000).astype(int),
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("mapping", "shape", "separator", "kinds"),
    [
        ("sparkov", sparkov, "|", {"category"}),
        ("sparkov", kaggle, ",", {"category"}),
        ("paysim", paysim, ",", {"balance_drained", "channel"}),
    ],
    ids=["sparkov-pipes", "sparkov-commas", "paysim"],
)
def test_a_shape_is_walked_through(
    empty: Whyflag,
    tmp_path: Path,
    rows: pd.DataFrame,
    mapping: str,
    shape: Callable[[pd.DataFrame], pd.DataFrame],
    separator: str,
    kinds: set[str],
) -> None:
    file = tmp_path / "rows.csv"
    shape(rows).to_csv(file, sep=separator, index=False)
    report = empty.json("import", str(file), "--mapping", mapping)
    assert report["accepted"] + report["duplicates"] == len(rows)
    assert report["accepted"] > 0.98 * len(rows)
    assert empty.json("import", str(file), "--mapping", mapping)["accepted"] == 0
    empty.run("train")
    empty.run("score", "--alerts-per-day", "5")
    alerts = empty.json("alerts", "--limit", "40")
    documents = empty.json("explain", *(alert["alert_id"] for alert in alerts), "--narrator", "template")
    used = {item["kind"] for document in documents for item in document["evidence"]}
    assert used & kinds, used


def test_what_another_system_flagged_in_a_duckdb_file_is_in_the_queue_and_explained(
    demo: Whyflag, tmp_path: Path
) -> None:
    file = tmp_path / "bank.duckdb"
    with duckdb.connect(str(file)) as bank:
        bank.execute(
            """CREATE TABLE cards AS SELECT 'X-' || i AS transaction_id, 'C-000001' AS customer_id,
               TIMESTAMP '2026-04-03 10:00:00' + INTERVAL (i) MINUTE AS occurred_at, 20.0 + i AS amount,
               'EUR' AS currency, i % 5 = 0 AS flagged, if(i % 5 = 0, 'rule 7: <b>night</b>', NULL) AS flag_reason
               FROM range(20) t(i)"""
        )
    report = demo.json("import", str(file), "--table", "cards")
    assert (report["accepted"], report["flagged"]) == (20, 4)
    demo.run("score", "--from", "2026-03-22", "--alerts-per-day", "1")
    upstream = [row for row in demo.json("alerts", "--limit", "500") if row["origin"] == "upstream"]
    assert sorted(row["transaction_id"] for row in upstream) == ["X-0", "X-10", "X-15", "X-5"]
    document = demo.json("explain", "A-X-5", "--narrator", "template")
    assert document["evidence"]
    assert document["score"] == pytest.approx(next(row["score"] for row in upstream if row["alert_id"] == "A-X-5"))


def test_a_query_on_a_duckdb_file_is_imported(empty: Whyflag, tmp_path: Path) -> None:
    file = tmp_path / "bank.duckdb"
    with duckdb.connect(str(file)) as bank:
        bank.execute("CREATE TABLE t AS SELECT i AS n FROM range(9) t(i)")
    query = (
        "SELECT 'Q' || n AS transaction_id, TIMESTAMP '2026-01-01' + INTERVAL (n) HOUR AS occurred_at,"
        " 'C1' AS customer_id, n * 1.5 AS amount FROM t WHERE n > 3"
    )
    assert empty.json("import", str(file), "--query", query)["accepted"] == 5


def test_rejected_rows_are_named_and_the_exit_code_says_so(empty: Whyflag, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(
        "transaction_id,occurred_at,customer_id,amount\n"
        "T1,2026-01-01T10:00:00,C1,5\nT2,yesterday,C1,5\nT3,2026-01-01T10:00:00,C1,-5\n"
    )
    text = empty.run("import", str(file), expect=1)
    assert "1 accepted" in text
    assert "row 2" in text
    assert "row 3" in text
