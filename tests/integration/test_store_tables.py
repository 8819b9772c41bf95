"""The store's tables: what is put in comes out as it was, in the promised order, and decided alerts stay."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from domain.errors import NoClassifier, UnknownAlert
from domain.queue_query import QueueQuery, parse_filter
from domain.review import Decision
from domain.scoring import Alert, ClassifierVersion
from domain.store import Store
from domain.store.alerts import SORTS
from domain.store.places import place_of, place_sql
from domain.transactions import Period, Transaction
from tests.stores import START, new_store, payments, put

NOW = datetime(2026, 4, 1, 12, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path) as opened:
        yield opened


EVERY = QueueQuery(state=None)


def alert(number: int, score: float | None = None, origin: str = "model", threshold: float = 0.5) -> Alert:
    return Alert(
        f"A-T-{number}", f"T-{number}", "clf", score if score is not None else number / 10, threshold, "high",
        "upstream" if origin == "upstream" else "model", NOW,
    )  # fmt: skip


def decide(store: Store, alert_id: str, disposition: str | None = "false_positive", note: str = "") -> Decision:
    made = Decision(alert_id, disposition, note, "ann", NOW)  # type: ignore[arg-type]
    store.reviews.add(made)
    return made


def test_every_column_of_a_transaction_comes_back(store: Store) -> None:
    whole = Transaction(
        "T-1", START, "C-1", 12.34, "EUR", "M", "POS", "food", "pos", "DE", "FR", 48.1, -11.5, "D", "C-2", 100.0, 87.66,
        False, "memo\nwith 'quotes' and \"more\"; DROP TABLE transactions; --", True, "rule 7", True,
        START + timedelta(days=7), "card testing",
    )  # fmt: skip
    put(store, [whole])
    assert store.transactions.get(["T-1"]) == (whole,)


def test_unknown_ids_are_named(store: Store) -> None:
    put(store, payments(2))
    with pytest.raises(UnknownAlert, match="T-7, T-8"):
        store.transactions.get(["T-0", "T-7", "T-8"])


def test_history_is_newest_first_and_nothing_later(store: Store) -> None:
    put(store, [*payments(5), Transaction("X", START, "C-2", 1.0)])
    ids = [row.transaction_id for row in store.transactions.history("C-1", START + timedelta(hours=3), 3)]
    assert ids == ["T-3", "T-2", "T-1"]


def test_history_shows_what_came_in_since_it_was_asked_last(store: Store) -> None:
    until = START + timedelta(hours=9)
    put(store, payments(2))
    assert len(store.transactions.history("C-1", until, 9)) == 2
    assert store.transactions.history("C-2", until, 9) == ()
    put(store, [replace(row, transaction_id=f"U-{n}") for n, row in enumerate(payments(3))])
    history = store.transactions.history("C-1", until, 9)
    assert [row.transaction_id for row in history] == ["U-2", "U-1", "T-1", "U-0", "T-0"]
    assert set(history) == {*store.transactions.get([row.transaction_id for row in history])}


def test_span_is_half_open_and_none_when_empty(store: Store) -> None:
    assert store.transactions.span() is None
    put(store, payments(3))
    span = store.transactions.span()
    assert span == Period(START, START + timedelta(hours=2, microseconds=1))


def test_transactions_flagged_elsewhere_are_found_within_a_period(store: Store) -> None:
    put(store, [Transaction(f"F-{n}", START + timedelta(days=n), "C", 1.0, flagged=n != 1) for n in range(4)])
    assert [row.transaction_id for row in store.transactions.flagged()] == ["F-0", "F-2", "F-3"]
    within = store.transactions.flagged(Period(START, START + timedelta(days=3)))
    assert [row.transaction_id for row in within] == ["F-0", "F-2"]


@pytest.mark.parametrize("kind", ["object", "str"])
def test_newer_score_replaces_the_older(store: Store, kind: str) -> None:
    ids = np.array(["T-0", "T-1", "T-2"], dtype=object if kind == "object" else None)
    store.alerts.record_scores(ids, np.array([0.1, 0.2, 0.3]), "first")
    store.alerts.record_scores(ids[1:], np.array([0.8, 0.9]), "second")
    assert [store.alerts.score(id_) for id_ in ("T-0", "T-1", "T-2", "T-3")] == [
        (0.1, "first"), (0.8, "second"), (0.9, "second"), None,
    ]  # fmt: skip


def test_alert_comes_back_as_it_was(store: Store) -> None:
    put(store, payments(1))
    made = Alert("A-T-0", "T-0", "clf", 0.123456789012345, float("inf"), "low", "upstream", NOW, "watch list")
    store.alerts.replace_alerts([made])
    assert store.alerts.get("A-T-0") == made == store.alerts.find("T-0")
    assert store.alerts.find("T-1") is None
    with pytest.raises(UnknownAlert, match="A-9"):
        store.alerts.get("A-9")


@pytest.mark.parametrize("id_", ["T-1", "", "a b", "Zürich-7", "🂡" * 40])
def test_an_id_has_one_place_in_python_and_in_sql(store: Store, id_: str) -> None:
    assert store.database.first(f"SELECT {place_sql('id')} FROM (SELECT ? AS id)", [id_]) == (place_of(id_),)


def test_alerts_are_found_by_their_places_however_often_they_were_replaced(store: Store) -> None:
    put(store, payments(40))
    for span in (range(40), range(7, 30), range(12, 13)):
        store.alerts.replace_alerts([alert(n) for n in span])
        found = [n for n in range(40) if store.alerts.find(f"T-{n}") is not None]
        assert found == list(span) == [n for n in range(40) if f"T-{n}" in store.alerts.among([f"T-{n}"])]
        assert store.alerts.among([f"T-{n}" for n in range(50)]) == {f"T-{n}" for n in span}


def test_times_with_another_zone_are_kept_as_the_same_moment(store: Store) -> None:
    put(store, payments(1))
    local = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    store.alerts.replace_alerts([Alert("A-T-0", "T-0", "clf", 0.5, 0.5, "high", "model", local)])
    assert store.alerts.get("A-T-0").created_at == NOW


def test_replacing_alerts_keeps_those_with_a_decision_as_they_were(store: Store) -> None:
    put(store, payments(5))
    store.alerts.replace_alerts([alert(n) for n in range(5)])
    decide(store, "A-T-1")
    decide(store, "A-T-2")
    decide(store, "A-T-2", None)  # taken back: open again, but its history must keep its alert
    store.alerts.replace_alerts([alert(1, score=0.99), alert(4, score=0.77)])
    assert {n: store.alerts.find(f"T-{n}") for n in range(5)} == {
        0: None, 1: alert(1), 2: alert(2), 3: None, 4: alert(4, score=0.77),
    }  # fmt: skip


def test_replacing_alerts_of_a_period_leaves_the_others(store: Store) -> None:
    put(store, payments(4))
    store.alerts.replace_alerts([alert(n) for n in range(4)])
    store.alerts.replace_alerts([], Period(START + timedelta(hours=1), START + timedelta(hours=3)))
    assert [store.alerts.find(f"T-{n}") is not None for n in range(4)] == [True, False, False, True]


def test_queue_is_paged_in_order_and_shows_decisions_made_meanwhile(store: Store) -> None:
    put(store, payments(7))
    store.alerts.replace_alerts([alert(n, score=(n * 3 % 7) / 10) for n in range(7)])
    snapshot = store.alerts.snapshot(EVERY)
    pages = [store.alerts.page(snapshot, start, 3) for start in (0, 3, 6)]
    rows = [row for page in pages for row in page]
    assert snapshot.count == 7
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [row.score for row in rows] == sorted((row.score for row in rows), reverse=True)
    decide(store, rows[1].alert_id, "escalated")
    decide(store, rows[2].alert_id)
    decide(store, rows[2].alert_id, None)
    seen = store.alerts.page(snapshot, 0, 3)
    assert [(row.state, row.disposition) for row in seen] == [("open", None), ("decided", "escalated"), ("open", None)]
    assert store.alerts.page(snapshot, 7, 3) == ()


@pytest.mark.parametrize("sort", ["score", "alert_id", "band", "state", "due_at", "claimed_by"])
def test_the_first_rows_of_a_queue_are_those_of_the_whole_one(store: Store, sort: str) -> None:
    put(store, payments(9))
    store.alerts.replace_alerts([alert(n, score=(n * 5 % 9) / 10) for n in range(9)])
    decide(store, "A-T-4")
    query = QueueQuery(sort, True, "open")
    every = store.alerts.page(store.alerts.snapshot(query), 0, 9)
    for read in (
        lambda head: store.alerts.page(head, 2, 9),
        lambda head: (store.alerts.whole(head), store.alerts.page(head, 2, 9))[1],
        lambda head: tuple(row for id_ in store.alerts.ids(head, [(2, 9)]) for row in every if row.alert_id == id_),
    ):
        head = store.alerts.head(query, most=3)
        assert head.count == len(every) == 8
        assert store.alerts.page(head, 0, 3) == every[:3]
        assert store.database.number(f"SELECT count(*) FROM {head.name}") == 3
        assert read(head) == every[2:]
        assert store.alerts.line(head, every[7].alert_id) == 7
        store.alerts.release(head)
        store.alerts.whole(head)


def test_a_queue_that_sorts_or_filters_payments_is_read_whole(store: Store) -> None:
    put(store, payments(4))
    store.alerts.replace_alerts([alert(n) for n in range(4)])
    for query in (QueueQuery("amount", True, None), QueueQuery(terms=parse_filter("customer:C"))):
        head = store.alerts.head(query, most=1)
        assert head.count == store.database.number(f"SELECT count(*) FROM {head.name}")


def test_queue_keeps_open_or_decided_alerts(store: Store) -> None:
    put(store, payments(4))
    store.alerts.replace_alerts([alert(n) for n in range(4)])
    decide(store, "A-T-1")
    decide(store, "A-T-2")
    decide(store, "A-T-2", None)
    for state, expected in ((None, [3, 2, 1, 0]), ("open", [3, 2, 0]), ("decided", [1])):
        snapshot = store.alerts.snapshot(QueueQuery(state=state))  # type: ignore[arg-type]
        ids = [row.alert_id for row in store.alerts.page(snapshot, 0, 10)]
        assert (snapshot.count, ids) == (len(expected), [f"A-T-{n}" for n in expected])


@pytest.mark.parametrize("sort", SORTS)
def test_queue_sorts_by_every_field_both_ways(store: Store, sort: str) -> None:
    put(store, [Transaction(f"T-{n}", START, f"C-{n % 3}", 7.0 - n, currency="EUR" if n else None) for n in range(4)])
    store.alerts.replace_alerts([alert(n, origin="upstream" if n == 2 else "model") for n in range(4)])
    decide(store, "A-T-3")
    rank = {"critical": 3, "high": 2, "medium": 1, "low": 0}

    def keys(descending: bool) -> list[object]:
        rows = store.alerts.page(store.alerts.snapshot(QueueQuery(sort, descending, None)), 0, 10)
        values = [getattr(row, sort) for row in rows]
        if sort == "state":
            values = [value == "decided" for value in values]
        absent = [value for value in values if value is None]
        assert values[len(values) - len(absent) :] == absent, "absent values come last, whichever way"
        return [rank[value] if sort == "band" else value for value in values if value is not None]

    assert keys(True) == sorted(keys(True), reverse=True)
    assert keys(False) == sorted(keys(False))


def test_released_snapshot_cannot_be_read(store: Store) -> None:
    snapshot = store.alerts.snapshot(EVERY)
    store.alerts.release(snapshot)
    store.alerts.release(snapshot)
    with pytest.raises(ValueError, match="released"):
        store.alerts.page(snapshot, 0, 1)
    with pytest.raises(KeyError):
        store.alerts.snapshot(QueueQuery("score; DROP TABLE alerts"))


def test_decisions_keep_their_order_and_newest_holds(store: Store) -> None:
    put(store, payments(1))
    store.alerts.replace_alerts([alert(0)])
    assert store.reviews.latest("A-T-0") is None
    made = [
        decide(store, "A-T-0", what, f"note '{n}'; --") for n, what in enumerate(("escalated", None, "inconclusive"))
    ]
    assert store.reviews.history("A-T-0") == tuple(made)
    assert store.reviews.latest("A-T-0") == made[-1]
    with pytest.raises(UnknownAlert, match="A-T-5"):
        decide(store, "A-T-5")


def test_narratives_are_replaced_under_their_key(store: Store) -> None:
    assert store.narratives.get("k") is None
    store.narratives.put("k", '{"a": 1}')
    store.narratives.put("k", '{"a": 2}')
    assert store.narratives.get("k") == '{"a": 2}'
    store.narratives.put_many({"k": '{"a": 3}', "l": "{}"})
    assert store.narratives.get_many(["l", "k", "none"]) == {"k": '{"a": 3}', "l": "{}"}


def test_classifiers_come_back_with_their_artifact(store: Store) -> None:
    assert store.models.latest() is None
    versions = [
        ClassifierVersion(
            f"hash{day}", NOW + timedelta(days=day), ("a", "b"), START, START + timedelta(days=30), 1000, 7, 3,
            (("auc", 0.9123456789),), (("a", 1.5), ("b", float(day))),
        )
        for day in (2, 1)
    ]  # fmt: skip
    for version in versions:
        store.models.put(version, b"\0\xffartifact" + version.classifier_id.encode())
    assert store.models.latest() == (versions[0], b"\0\xffartifacthash2")
    assert store.models.get("hash1") == (versions[1], b"\0\xffartifacthash1")
    assert store.models.list() == tuple(versions)
    store.models.put(versions[0], b"another")
    assert store.models.get("hash2")[1] == b"\0\xffartifacthash2", "the id is the artifact's hash: it cannot change"
    with pytest.raises(NoClassifier, match="nope"):
        store.models.get("nope")
