"""The queue's filter as SQL: columns from a fixed list, values always bound. Nothing that was typed becomes SQL."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.ageing import SOON_SHARE, Deadlines
from domain.queue_query import ME, NOBODY, QueueQuery, Term, Value
from domain.store.times import to_utc

MERCHANT = "coalesce(t.merchant_id, t.terminal_id, t.counterparty_id)"
TEXTS = {
    "alert": "a.alert_id", "transaction": "a.transaction_id", "customer": "t.customer_id", "merchant": MERCHANT,
    "currency": "t.currency", "memo": "t.memo", "device": "t.device_id", "country": "t.country", "channel": "t.channel",
}  # fmt: skip
ORDERED = {"amount": "t.amount", "score": "a.score", "time": "t.occurred_at", "raised": "a.created_at"}
SEARCHED = (
    "concat_ws(chr(10), a.alert_id, t.customer_id, t.merchant_id, t.terminal_id, t.counterparty_id, t.device_id,"
    " t.merchant_category, t.channel, t.country, t.memo, a.flag_reason)"  # the alert's id holds the transaction's
)
STATES: dict[str | None, str] = {  # by QueueState
    None: "true",
    "open": "d.disposition IS NULL AND w.alert_id IS NULL",
    "decided": "d.disposition IS NOT NULL",
    "waiting": "w.alert_id IS NOT NULL",
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at the queue, when, and by which deadlines."""

    actor: str
    now: datetime
    deadlines: Deadlines


def where(query: QueueQuery, viewer: Viewer) -> tuple[str, list[object]]:
    """A condition over a (alerts), t (transactions), d (newest decisions), h (handling), w (proposals that wait).

    And the values to bind.
    """
    undecided = query.state == "open" and query.asks_for_waiting
    parts, bound = ["d.disposition IS NULL" if undecided else STATES[query.state]], list[object]()
    if query.state == "open" and not query.asks_for_snoozed:
        parts.append("coalesce(h.snoozed_until <= ?, true)")
        bound.append(to_utc(viewer.now))
    for term in query.terms:
        condition, values = _condition(term, viewer)
        parts.append(f"NOT coalesce({condition}, false)" if term.negated else f"coalesce({condition}, false)")
        bound += values
    return " AND ".join(parts), bound


def due_at(deadlines: Deadlines) -> str:
    """When each alert of `a` should be decided."""
    hours = " ".join(
        f"WHEN '{band}' THEN {float(hours)}"
        for band, hours in (
            ("critical", deadlines.critical), ("high", deadlines.high), ("medium", deadlines.medium),
            ("low", deadlines.low),
        )
    )  # fmt: skip
    return f"(a.created_at + to_seconds(3600 * CASE a.band {hours} END))"


def _condition(term: Term, viewer: Viewer) -> tuple[str, list[object]]:
    if term.column == "":
        return f"contains(lower({SEARCHED}), lower(?))", [str(term.values[0])]
    conditions, bound = [], list[object]()
    for value in term.values:
        condition, values = _one(term, value, viewer)
        conditions.append(condition)
        bound += values
    return f"({' OR '.join(conditions)})", bound


def _one(term: Term, value: Value, viewer: Viewer) -> tuple[str, list[object]]:
    column, operator = term.column, term.operator
    if column in TEXTS:
        if operator == "contains":
            return f"contains(lower({TEXTS[column]}), lower(?))", [value]
        return f"{TEXTS[column]} = ?", [value]
    if column in ORDERED:
        if isinstance(value, datetime) and operator == "=":  # a day is all of it, a minute all of it
            end = value + (timedelta(days=1) if value.hour == value.minute == 0 else timedelta(minutes=1))
            return f"({ORDERED[column]} >= ? AND {ORDERED[column]} < ?)", [value, end]
        return f"{ORDERED[column]} {operator} ?", [value]
    return SPECIAL[column](str(value), viewer)


def _state(value: str, _: Viewer) -> tuple[str, list[object]]:
    return (f"({STATES[value]})", []) if value in STATES else ("d.disposition = ?", [value])


def _claimed(value: str, viewer: Viewer) -> tuple[str, list[object]]:
    if value == NOBODY:
        return "h.claimed_by IS NULL", []
    return "lower(h.claimed_by) = lower(?)", [viewer.actor if value == ME else value]


def _snoozed(value: str, viewer: Viewer) -> tuple[str, list[object]]:
    return f"coalesce(h.snoozed_until > ?, false) = {'true' if value == 'yes' else 'false'}", [to_utc(viewer.now)]


def _due(value: str, viewer: Viewer) -> tuple[str, list[object]]:
    due, now = due_at(viewer.deadlines), to_utc(viewer.now)
    soon = f"({due} - to_seconds(epoch({due} - a.created_at) * {SOON_SHARE}))"
    if value == "overdue":
        return f"{due} < ?", [now]
    return (f"({due} >= ? AND {soon} <= ?)", [now, now]) if value == "soon" else (f"{soon} > ?", [now])


SPECIAL: dict[str, Callable[[str, Viewer], tuple[str, list[object]]]] = {
    "band": lambda value, _: ("a.band = ?", [value]),
    "origin": lambda value, _: ("a.origin = ?", [value]),
    "state": _state,
    "claimed": _claimed,
    "snoozed": _snoozed,
    "due": _due,
}
