"""Claims, snoozes, saved views and deadlines of the queue."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from pydantic import TypeAdapter

from domain.ageing import Deadlines
from domain.queue_query import SavedView
from domain.store.database import Database
from domain.store.times import to_utc

DEADLINES = "review_deadlines"  # its row in `meta`


class HandlingTable:
    """The tables `handling` (one row an alert that is claimed or snoozed) and `saved_views`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claims(self, alert_ids: Sequence[str]) -> dict[str, str]:
        """Who has claimed which of these; those that nobody has are left out."""
        rows = self._database.query(
            """SELECT alert_id, claimed_by FROM handling
               WHERE claimed_by IS NOT NULL AND alert_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY alert_id""",
            [list(alert_ids)],
        )
        return dict(rows)

    def claim(self, alert_id: str, actor: str, now: datetime) -> None:
        self._change(alert_id, "claimed_by = ?, claimed_at = ?", [actor, to_utc(now)])

    def release(self, alert_id: str) -> None:
        self._change(alert_id, "claimed_by = NULL, claimed_at = NULL", [])

    def snooze(self, alert_id: str, until: datetime | None, actor: str) -> None:
        until = to_utc(until) if until else None
        self._change(alert_id, "snoozed_until = ?, snoozed_by = ?", [until, actor])

    def views(self) -> tuple[SavedView, ...]:
        """By name."""
        rows = self._database.query("SELECT definition FROM saved_views ORDER BY lower(name)")
        return tuple(_views().validate_json(row[0]) for row in rows)

    def save_view(self, view: SavedView, actor: str) -> None:
        self._database.execute(
            "INSERT OR REPLACE INTO saved_views VALUES (?, ?, ?)",
            [view.name, _views().dump_json(view).decode(), actor],
        )

    def remove_view(self, name: str) -> None:
        self._database.execute("DELETE FROM saved_views WHERE name = ?", [name])

    def deadlines(self) -> Deadlines:
        row = self._database.first("SELECT value FROM meta WHERE name = ?", [DEADLINES])
        return _deadlines().validate_json(row[0]) if row else Deadlines()

    def set_deadlines(self, deadlines: Deadlines) -> None:
        self._database.execute(
            "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)",
            [DEADLINES, _deadlines().dump_json(deadlines).decode()],
        )

    def _change(self, alert_id: str, assignment: str, values: list[object]) -> None:
        with self._database.transaction():
            self._database.execute("INSERT OR IGNORE INTO handling (alert_id) VALUES (?)", [alert_id])
            self._database.execute(f"UPDATE handling SET {assignment} WHERE alert_id = ?", [*values, alert_id])


@cache
def _views() -> TypeAdapter[SavedView]:
    return TypeAdapter(SavedView)


@cache
def _deadlines() -> TypeAdapter[Deadlines]:
    return TypeAdapter(Deadlines)
