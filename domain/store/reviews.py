"""Decisions about alerts: only ever added, never changed."""

from collections.abc import Sequence

from domain.errors import UnknownAlert
from domain.review import Decision
from domain.scoring import transaction_of
from domain.store.database import Database, Row
from domain.store.places import place_of
from domain.store.times import from_utc, to_utc

COLUMNS = "alert_id, disposition, note, actor, decided_at, kind, reasons, approved_by"  # as `decision_of` takes them


class ReviewTable:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, decision: Decision) -> None:
        """The caller's transaction also appends the audit entry. Raises UnknownAlert."""
        with self._database.transaction():
            known = [place_of(transaction_of(decision.alert_id)), decision.alert_id]
            if not self._database.query("SELECT 1 FROM alerts WHERE place = ?::UBIGINT AND alert_id = ?", known):
                raise UnknownAlert(f"No alert has the id {decision.alert_id}.", "`whyflag alerts` lists them.")
            self._database.execute(
                f"""INSERT INTO decisions (sequence, {COLUMNS})
                   SELECT coalesce(max(sequence), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ? FROM decisions""",
                [
                    decision.alert_id,
                    decision.disposition,
                    decision.note,
                    decision.actor,
                    to_utc(decision.decided_at),
                    decision.kind,
                    " ".join(decision.reasons),
                    decision.approved_by,
                ],
            )

    def history(self, alert_id: str) -> tuple[Decision, ...]:
        """Every decision about the alert, oldest first."""
        rows = self._database.query(
            f"SELECT {COLUMNS} FROM decisions WHERE alert_id = ? ORDER BY sequence",
            [alert_id],
        )
        return tuple(decision_of(row) for row in rows)

    def latest(self, alert_id: str) -> Decision | None:
        """The decision that holds, which may be one that reopened the alert."""
        history = self.history(alert_id)
        return history[-1] if history else None

    def decided(self, alert_ids: Sequence[str]) -> frozenset[str]:
        """Which of these have a decision that holds."""
        rows = self._database.query(
            """SELECT alert_id FROM (
                   SELECT DISTINCT ON (alert_id) alert_id, disposition FROM decisions
                   WHERE alert_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY alert_id, sequence DESC)
               WHERE disposition IS NOT NULL""",
            [list(alert_ids)],
        )
        return frozenset(row[0] for row in rows)

    def count(self) -> int:
        return self._database.number("SELECT count(*) FROM decisions")


def decision_of(row: Row) -> Decision:
    alert_id, disposition, note, actor, decided_at, kind, reasons, approved_by = row
    return Decision(alert_id, disposition, note, actor, from_utc(decided_at), kind, tuple(reasons.split()), approved_by)
