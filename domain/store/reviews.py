"""Decisions about alerts: only ever added, never changed."""

from domain.errors import UnknownAlert
from domain.review import Decision
from domain.store.database import Database, Row
from domain.store.times import from_utc, to_utc


class ReviewTable:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, decision: Decision) -> None:
        """The caller's transaction also appends the audit entry. Raises UnknownAlert."""
        with self._database.transaction():
            if not self._database.query("SELECT 1 FROM alerts WHERE alert_id = ?", [decision.alert_id]):
                raise UnknownAlert(f"No alert has the id {decision.alert_id}.", "`whyflag alerts` lists them.")
            self._database.execute(
                """INSERT INTO decisions (sequence, alert_id, disposition, note, actor, decided_at)
                   SELECT coalesce(max(sequence), 0) + 1, ?, ?, ?, ?, ? FROM decisions""",
                [
                    decision.alert_id,
                    decision.disposition,
                    decision.note,
                    decision.actor,
                    to_utc(decision.decided_at),
                ],
            )

    def history(self, alert_id: str) -> tuple[Decision, ...]:
        """Every decision about the alert, oldest first."""
        rows = self._database.query(
            """SELECT alert_id, disposition, note, actor, decided_at FROM decisions WHERE alert_id = ?
               ORDER BY sequence""",
            [alert_id],
        )
        return tuple(decision_of(row) for row in rows)

    def latest(self, alert_id: str) -> Decision | None:
        """The decision that holds, which may be one that reopened the alert."""
        history = self.history(alert_id)
        return history[-1] if history else None

    def count(self) -> int:
        return self._database.number("SELECT count(*) FROM decisions")


def decision_of(row: Row) -> Decision:
    alert_id, disposition, note, actor, decided_at = row
    return Decision(alert_id, disposition, note, actor, from_utc(decided_at))
