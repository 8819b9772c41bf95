"""Features hold only what was known at their moment, whatever the order of rows, and mean what their names say."""

import math
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
import sqlglot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import UnknownAlert
from domain.progress import finish
from domain.store.features import FeatureTable, families
from domain.transactions import Period, Transaction
from tests.feature_tables import computed, database_of, values_of

START = datetime(2026, 3, 1)
WEEK = timedelta(days=7)


def pay(number: int, after: timedelta, customer: str = "C-1", amount: float = 10.0, **more: object) -> Transaction:
    return Transaction(f"T-{number:03d}", START + after, customer, amount, **more)  # type: ignore[arg-type]


def hours(*moments: float) -> list[timedelta]:
    return [timedelta(hours=moment) for moment in moments]


# Few distinct moments and names, so that ties and meetings are common.
MOMENTS = st.one_of(
    st.integers(0, 4).map(lambda quarter: timedelta(days=8, minutes=15 * quarter)),
    st.integers(0, 40 * 24 * 4).map(lambda quarter: timedelta(minutes=15 * quarter)),
)
PLACES = st.sampled_from([(48.85, 2.35), (51.5, -0.12), (None, None)])


@st.composite
def histories(draw: st.DrawFn) -> list[Transaction]:
    count = draw(st.integers(1, 25))
    rows = []
    for number in range(count):
        fraud = draw(st.booleans())
        after = draw(MOMENTS)
        place = draw(PLACES)
        rows.append(
            pay(
                number,
                after,
                draw(st.sampled_from(["C-1", "C-2"])),
                draw(st.sampled_from([0.0, 0.5, 3.0, 10.01, 99.99, 9400.0])),
                terminal_id=draw(st.sampled_from(["K-1", "K-2", None])),
                device_id=draw(st.sampled_from(["D-1", None])),
                counterparty_id=draw(st.sampled_from(["C-1", "C-2", "C-3", None])),
                merchant_category=draw(st.sampled_from(["fuel", "travel", None])),
                country=draw(st.sampled_from(["FR", "GB", None])),
                customer_home_country="FR",
                latitude=place[0],
                longitude=place[1],
                balance_before=draw(st.sampled_from([0.0, 100.0, None])),
                approved=draw(st.booleans()),
                label=fraud,
                label_time=draw(st.sampled_from([None, START + after, START + after + timedelta(days=3)])),
            )
        )
    return rows


def reported(row: Transaction) -> datetime:
    """When it was reported as fraud: with its label, a week later where that has no time, never for a genuine one."""
    return max(row.label_time or row.occurred_at + WEEK, row.occurred_at) if row.label else datetime.max


def order(row: Transaction) -> tuple[datetime, str]:
    return row.occurred_at, row.transaction_id


def same(left: dict[str, float], right: dict[str, float]) -> bool:
    return all(left[name] == right[name] or (math.isnan(left[name]) and math.isnan(right[name])) for name in left)


SLOW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SLOW
@given(histories(), st.data())
def test_later_rows_and_later_labels_change_nothing(rows: list[Transaction], data: st.DataObject) -> None:
    last = data.draw(st.sampled_from(rows))
    past = [row for row in rows if order(row) <= order(last)]
    blinded = [row if reported(row) <= last.occurred_at else replace(row, label=None, label_time=None) for row in past]
    blinded.append(pay(999, timedelta(days=-99), "C-9", label=False))  # labels exist, whatever is blinded
    full = values_of(computed(rows), [last.transaction_id])
    cut = values_of(computed(blinded), [last.transaction_id])
    assert same(full[last.transaction_id], cut[last.transaction_id])


@SLOW
@given(histories(), st.randoms())
def test_the_order_of_the_file_changes_nothing(rows: list[Transaction], random: "object") -> None:
    ids = [row.transaction_id for row in rows]
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    before, after = values_of(computed(rows), ids), values_of(computed(shuffled), ids)
    assert all(same(before[id_], after[id_]) for id_ in ids)


@SLOW
@given(histories())
def test_values_are_those_of_a_plain_count(rows: list[Transaction]) -> None:
    found = values_of(computed(rows), [row.transaction_id for row in rows])
    for row in rows:
        past = [other for other in rows if order(other) <= order(row)]
        week = [other for other in past if other.occurred_at > row.occurred_at - WEEK]
        mine = [other for other in week if other.customer_id == row.customer_id]
        values = found[row.transaction_id]
        assert values["customer_count_7d"] == len(mine)
        assert values["customer_mean_7d"] == pytest.approx(sum(other.amount for other in mine) / len(mine))
        if row.counterparty_id:
            paid = {other.counterparty_id for other in mine if other.counterparty_id}
            assert values["counterparties_7d"] == len(paid)
        day = [other for other in past if other.occurred_at > row.occurred_at - timedelta(days=1)]
        received = sum(
            other.amount
            for other in day
            if other.counterparty_id == row.customer_id and other.customer_id != row.customer_id
        )
        assert values["received_1d"] == pytest.approx(received) or (not received and math.isnan(values["received_1d"]))
        if row.terminal_id:
            settled = {
                other.transaction_id: reported(other)
                if reported(other) <= row.occurred_at
                else other.occurred_at + WEEK
                for other in past
                if other.terminal_id == row.terminal_id and other is not row
            }
            for days in (1, 7, 30):
                start = row.occurred_at - timedelta(days=days)
                learned = [
                    other
                    for other in past
                    if start < settled.get(other.transaction_id, datetime.min) <= row.occurred_at
                ]
                frauds = sum(reported(other) <= row.occurred_at for other in learned)
                assert values[f"terminal_outcomes_{days}d"] == len(learned)
                share = values[f"terminal_fraud_{days}d"]
                assert share == pytest.approx(frauds / len(learned)) if learned else math.isnan(share)


def test_the_mean_compared_with_leaves_the_payment_itself_out() -> None:
    rows = [pay(number, after, amount=amount) for number, (after, amount) in enumerate(
        zip(hours(0, 1, 2), (10.0, 30.0, 100.0), strict=True)
    )]  # fmt: skip
    values = values_of(computed(rows), ["T-000", "T-002"])
    assert math.isnan(values["T-000"]["amount_over_mean_30d"])
    assert values["T-002"]["amount_over_mean_30d"] == pytest.approx(5.0)
    assert values["T-002"]["amount_less_mean_30d"] == pytest.approx(80.0)
    assert values["T-002"]["amount_over_largest"] == pytest.approx(100 / 30)


def test_a_window_ends_where_it_says() -> None:
    rows = [pay(0, timedelta(0)), pay(1, timedelta(hours=1)), pay(2, timedelta(hours=1, seconds=1))]
    values = values_of(computed(rows), ["T-001", "T-002"])
    assert values["T-001"]["customer_count_1h"] == 1  # exactly an hour ago is outside
    assert values["T-002"]["customer_count_1h"] == 2


def test_of_payments_in_one_instant_the_lower_id_came_first() -> None:
    rows = [pay(number, timedelta(hours=1), amount=10.0 * (number + 1)) for number in (2, 0, 1)]
    values = values_of(computed(rows), ["T-000", "T-001", "T-002"])
    assert [values[id_]["customer_count_1d"] for id_ in values] == [1, 2, 3]
    assert values["T-002"]["amount_over_largest"] == pytest.approx(30 / 20)


def test_speed_and_distance() -> None:
    rows = [
        pay(0, timedelta(0), latitude=48.8566, longitude=2.3522),
        pay(1, timedelta(hours=1), latitude=None, longitude=None),
        pay(2, timedelta(hours=2), latitude=51.5074, longitude=-0.1278),
    ]
    values = values_of(computed(rows), ["T-001", "T-002"])
    assert values["T-002"]["km_from_previous"] == pytest.approx(343.6, abs=0.5)  # Paris to London
    assert values["T-002"]["speed_kmh"] == pytest.approx(171.8, abs=0.3)
    assert math.isnan(values["T-001"]["speed_kmh"])


def test_columns_that_a_store_lacks_give_absent_features() -> None:
    values = values_of(computed([pay(0, timedelta(0))]), ["T-000"])["T-000"]
    assert values["amount"] == 10.0
    assert all(math.isnan(values[name]) for name in ("terminal_fraud_7d", "speed_kmh", "channel_share", "declines_1d"))


def test_handbook_features_against_pandas() -> None:
    rng = np.random.default_rng(5)
    seconds = np.sort(rng.choice(60 * 86400, 600, replace=False))
    rows = [
        pay(number, timedelta(seconds=int(second)), f"C-{rng.integers(4)}", float(np.round(rng.gamma(2, 30), 2)),
            terminal_id=f"K-{rng.integers(6)}", label=bool(rng.random() < 0.1),
            label_time=START + timedelta(seconds=int(second)) + WEEK)
        for number, second in enumerate(seconds)
    ]  # fmt: skip
    frame = pd.DataFrame(
        {"id": r.transaction_id, "t": r.occurred_at, "c": r.customer_id, "k": r.terminal_id, "a": r.amount,
         "f": int(bool(r.label))} for r in rows
    ).set_index("t")  # fmt: skip
    found = values_of(computed(rows), frame["id"].tolist())
    for days in (1, 7, 30):
        for _, part in frame.groupby("c"):
            rolled = part["a"].rolling(f"{days}D")
            for id_, count, mean in zip(part["id"], rolled.count(), rolled.mean(), strict=True):
                assert found[id_][f"customer_count_{days}d"] == count
                assert found[id_][f"customer_mean_{days}d"] == pytest.approx(mean)
        for _, part in frame.groupby("k"):
            delay = part["f"].rolling("7D")
            whole = part["f"].rolling(f"{7 + days}D")
            frauds, payments = whole.sum() - delay.sum(), whole.count() - delay.count()
            for id_, fraud, count in zip(part["id"], frauds, payments, strict=True):
                risk = found[id_][f"terminal_fraud_{days}d"]
                assert risk == pytest.approx(fraud / count) if count else math.isnan(risk)


def test_every_family_gives_the_features_it_declares() -> None:
    rows = [
        pay(number, after, terminal_id="K", merchant_id="M", device_id="D", counterparty_id="P", channel="pos",
            merchant_category="fuel", country="FR", customer_home_country="FR", latitude=1.0, longitude=1.0,
            balance_before=9.0, approved=True)
        for number, after in enumerate(hours(0, 1))
    ]  # fmt: skip
    database = database_of(rows)
    for family in families():
        database.execute(family.sql())
        columns = {name for name, *_ in database.query(f"DESCRIBE {family.name}")}
        assert not family.gives or columns == {"tick", *family.gives}


def test_the_sql_runs_on_spark_after_translation() -> None:
    for family in families():
        (statement,) = sqlglot.transpile(family.sql(), read="duckdb", write="spark", unsupported_level=None)
        parsed = sqlglot.parse_one(statement, read="spark")
        assert parsed.find(sqlglot.exp.Select) is not None
        assert not list(parsed.find_all(sqlglot.exp.Anonymous)), f"{family.name} calls what Spark lacks"


def test_unknown_ids_are_named() -> None:
    with pytest.raises(UnknownAlert, match="T-9"):
        computed([pay(0, timedelta(0))]).matrix(ids=["T-000", "T-9"])


@pytest.mark.parametrize("most", [3, 20])
def test_rows_come_in_the_order_of_the_ids_and_from_no_other_period(most: int) -> None:
    table = computed([pay(number, after) for number, after in enumerate(hours(*range(20)))])
    ids = [f"T-{number:03}" for number in (*reversed(range(most)), 1)]
    period = Period(START, START + timedelta(hours=most))
    for within in (None, period):
        found = table.matrix(within, ids=ids, names=("amount", "hour"))
        assert found.transaction_ids.tolist() == ids
        assert found.values[:, 1].tolist() == [int(id_[2:]) for id_ in ids]
    with pytest.raises(UnknownAlert, match="T-000"):
        table.matrix(Period(period.start + timedelta(hours=1), period.end), ids=ids)


def test_batches_and_matrix_agree() -> None:
    table = computed([pay(number, after) for number, after in enumerate(hours(*range(7)))])
    whole = table.matrix(names=("amount", "hour"))
    pieces = list(table.batches(None, ("amount", "hour"), rows=3))
    assert [len(piece.transaction_ids) for piece in pieces] == [3, 3, 1]
    assert np.concatenate([piece.values for piece in pieces]).tolist() == whole.values.tolist()
    later = list(table.batches(Period(START + timedelta(hours=2), START + timedelta(hours=6)), ("amount",), rows=3))
    assert [piece.transaction_ids.tolist() for piece in later] == [["T-002", "T-003", "T-004"], ["T-005"]]


def test_features_made_alone_are_those_of_the_whole() -> None:
    names = ("amount", "customer_mean_7d", "terminal_fraud_7d", "night")
    rows = [
        pay(number, after, amount=float(number), terminal_id=f"K-{number % 2}", label=number % 3 == 0)
        for number, after in enumerate(hours(*range(0, 30 * 24, 40)))
    ]
    whole = computed(rows).matrix(names=names)
    alone = FeatureTable(database_of(reversed(rows)))
    finish(alone.compute(names))
    np.testing.assert_array_equal(alone.matrix(names=names).values, whole.values)
    assert np.isfinite(whole.values[:, 2]).any()
    assert not alone.current()


def test_families_of_few_transactions_stay_with_their_own() -> None:
    rows = [
        pay(number, after, terminal_id="K" if number % 3 else None, balance_before=100.0 if number % 4 == 0 else None)
        for number, after in enumerate(hours(*range(20)))
    ]
    found = computed(rows).matrix(names=("customer_count_30d", "terminal_count_30d", "balance_drained")).values
    terminals = np.cumsum([number % 3 > 0 for number in range(20)])
    for number, (count, terminal, drained) in enumerate(found):
        assert count == number + 1
        assert terminal == terminals[number] if number % 3 else np.isnan(terminal)
        assert np.isfinite(drained) == (number % 4 == 0)


def test_training_knows_only_the_frauds_known_by_then() -> None:
    rows = [
        pay(0, timedelta(0), label=True, label_time=START + timedelta(days=2)),
        pay(1, timedelta(hours=1), label=True, label_time=START + timedelta(days=9)),
        pay(2, timedelta(hours=2), label=False),
        pay(3, timedelta(days=5), label=True, label_time=START + timedelta(days=6)),
    ]
    data = computed(rows).training_set(Period(START, START + timedelta(days=1)), START + timedelta(days=7))
    assert data.features.transaction_ids.tolist() == ["T-000", "T-001", "T-002"]
    assert data.labels.tolist() == [True, False, False]


def test_new_rows_make_features_stale() -> None:
    table = computed([pay(0, timedelta(0))])
    assert table.current()
    table._database.execute(
        "INSERT INTO transactions (transaction_id, occurred_at, customer_id, amount, import_id)"
        " VALUES ('T-1', TIMESTAMP '2026-03-01', 'C', 1, 2)"
    )
    assert not table.current()
