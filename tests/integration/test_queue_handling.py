"""Filter, claim, snooze, views and many decisions at once, on a real store."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.ageing import Deadlines
from domain.errors import AlertClaimed, InvalidDecision, InvalidSnooze, InvalidView
from domain.handling import claim, decide_many, release, reverse_many, save_view, set_deadlines, snooze
from domain.progress import finish
from domain.queue_query import QueueQuery, SavedView, parse_filter
from domain.scoring import Alert, Band
from domain.store import Store, Viewer
from domain.transactions import Transaction
from tests.stores import START, new_store, put

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
BANDS: tuple[Band, ...] = ("low", "medium", "high", "critical")
MEMOS = ("rent", "Gift card", "100% off_now", "'; DROP TABLE alerts; --", None, "<b>bold</b>")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A-T-0 to A-T-5: an hour apart, of rising amounts and bands, raised 30 to 5 hours before NOW."""
    with new_store(tmp_path) as made:
        put(
            made,
            (
                Transaction(f"T-{n}", START + timedelta(hours=n), f"C-{n % 2}", 100.0 * n, memo=MEMOS[n],
                            merchant_id=f"M-{n}" if n else None, terminal_id=None if n else "POS-9")
                for n in range(6)
            ),
        )  # fmt: skip
        made.alerts.replace_alerts(
            [
                Alert(f"A-T-{n}", f"T-{n}", "c", n / 10, 0.1, BANDS[min(n, 3)], "upstream" if n == 2 else "model",
                      NOW - timedelta(hours=30 - 5 * n), "seen by the bank" if n == 2 else None)
                for n in range(6)
            ]
        )  # fmt: skip
        yield made


def shown(store: Store, words: str, *, state: str | None = None, now: datetime = NOW) -> list[str]:
    viewer = Viewer("ann", now, store.handling.deadlines())
    snapshot = store.alerts.snapshot(QueueQuery("alert_id", False, state, parse_filter(words)), viewer)  # type: ignore[arg-type]
    return [row.alert_id[-1] for row in store.alerts.page(snapshot, 0, 100)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", "012345"),
        ("t-3", "3"),
        ("GIFT", "1"),
        ("%", "2"),
        ("_", "2"),
        ("'; DROP TABLE alerts; --".replace(" ", ""), ""),
        ('"DROP TABLE"', "3"),
        ("<b>", "5"),
        ("seen", "2"),
        ("pos-9", "0"),
        ("amount>=300 amount<500", "34"),
        ("customer=C-1", "135"),
        ("-customer:c-1", "024"),
        ("memo:card,rent", "01"),
        ("-memo:card", "02345"),
        ("merchant:M-4", "4"),
        ("score>=30 band:critical", "345"),
        ("origin:upstream", "2"),
        ("time:2026-03-01T09:00", "1"),
        ("time:2026-03-01", "012345"),
        ("time>2026-03-01T11:30", "45"),
        ("due:overdue", "345"),
        ("due:later", "01"),
        ("due:soon", "2"),
        ("state:open", "012345"),
        ("claimed:nobody", "012345"),
        ("gift rent", ""),
    ],
)
def test_every_column_filters(store: Store, words: str, expected: str) -> None:
    assert "".join(shown(store, words)) == expected


def test_a_claim_shows_filters_and_keeps_others_away(store: Store) -> None:
    assert claim(store, ["A-T-1", "A-T-2"], actor="ann", now=NOW) == ("A-T-1", "A-T-2")
    assert claim(store, ["A-T-1"], actor="ann", now=NOW) == ()
    with pytest.raises(AlertClaimed, match="A-T-2 is claimed by ann"):
        claim(store, ["A-T-3", "A-T-2"], actor="bob", now=NOW)
    assert (shown(store, "claimed:me"), shown(store, "claimed:bob")) == (["1", "2"], []), "all or none"
    assert release(store, ["A-T-1"], actor="bob") == ("A-T-1",)
    assert shown(store, "claimed:ann") == ["2"]
    audited = [(entry.actor, entry.action, entry.subject) for entry in store.audit.entries()]
    assert audited[-3:] == [("ann", "claim", "A-T-1"), ("ann", "claim", "A-T-2"), ("bob", "release", "A-T-1")]


def test_what_is_snoozed_leaves_the_open_queue_until_its_time(store: Store) -> None:
    snooze(store, ["A-T-1"], NOW + timedelta(hours=2), actor="ann", now=NOW)
    assert shown(store, "", state="open") == list("02345")
    assert shown(store, "snoozed:yes", state="open") == ["1"]
    assert shown(store, "", state="open", now=NOW + timedelta(hours=3)) == list("012345")
    assert "1" in shown(store, "")
    snooze(store, ["A-T-1"], None, actor="ann", now=NOW)
    assert shown(store, "", state="open") == list("012345")
    with pytest.raises(InvalidSnooze):
        snooze(store, ["A-T-1"], NOW, actor="ann", now=NOW)
    assert [entry.action for entry in store.audit.entries()][-2:] == ["snooze", "snooze"]


def test_deadlines_are_kept_audited_and_move_what_is_due(store: Store) -> None:
    set_deadlines(store, Deadlines(critical=100.0), actor="ann")
    assert shown(store, "due:overdue") == []
    assert store.handling.deadlines() == Deadlines(critical=100.0)
    assert '"critical_before":4.0' in store.audit.entries()[-1].details


def test_many_are_decided_and_taken_back_in_one_go(store: Store) -> None:
    claim(store, ["A-T-0"], actor="bob", now=NOW)
    finish(decide_many(store, ["A-T-5"], "escalated", "", actor="ann", now=NOW))
    ids = [f"A-T-{n}" for n in range(6)]
    done = finish(decide_many(store, ids, "false_positive", "one campaign", actor="ann", now=NOW))
    assert (done.changed, done.passed_over) == (tuple(ids[1:5]), ("A-T-0", "A-T-5"))
    assert shown(store, "state:false_positive") == list("1234")
    back = finish(reverse_many(store, done.changed, actor="ann", now=NOW))
    assert back.changed == done.changed
    assert shown(store, "", state="open") == list("01234")
    assert [entry.action for entry in store.audit.entries()][-8:] == ["decide"] * 4 + ["reverse"] * 4
    assert store.audit.verify() > 0


def test_many_are_decided_all_or_none(store: Store) -> None:
    with pytest.raises(InvalidDecision, match="20,000 characters"):
        finish(decide_many(store, ["A-T-1", "A-T-2"], "false_positive", "x" * 20_000, actor="ann", now=NOW))
    work = decide_many(store, ["A-T-1", "A-T-2"], "false_positive", "", actor="ann", now=NOW)
    next(work)
    work.close()
    assert shown(store, "state:decided") == []
    with pytest.raises(InvalidDecision, match="1,001"):
        finish(decide_many(store, [f"A-{n}" for n in range(1001)], "escalated", "", actor="ann", now=NOW))


def test_a_view_is_kept_under_its_name(store: Store) -> None:
    view = SavedView("Mine, late", "claimed:me due:overdue", "due_at", False, "open")
    save_view(store, view, actor="ann")
    save_view(store, SavedView("all", "", "score", True, None), actor="ann")
    assert [kept.name for kept in store.handling.views()] == ["all", "Mine, late"]
    assert store.handling.views()[1] == view
    store.handling.remove_view("all")
    assert store.handling.views() == (view,)
    with pytest.raises(InvalidView):
        save_view(store, SavedView("  ", "", "score", True, None), actor="ann")


def test_a_row_is_found_by_its_id(store: Store) -> None:
    snapshot = store.alerts.snapshot(QueueQuery(state=None))
    assert [store.alerts.line(snapshot, id_) for id_ in ("A-T-5", "T-0", "nobody")] == [0, 5, None]
    assert store.alerts.ids(snapshot, [(0, 2), (5, 6)]) == ("A-T-5", "A-T-4", "A-T-0")
