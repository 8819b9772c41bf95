"""Dispositions that wait for a second person, and the policy that asks for one."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import get_args

from domain.access.roles import Person
from domain.decision_policy import DecisionPolicy, load_policy, policy_document, policy_of
from domain.review import Disposition, Proposal, ProposalStep
from domain.store.database import Database, Row
from domain.store.times import from_utc, to_utc

POLICY = "decision_policy"
COLUMNS = 'sequence, alert_id, disposition, reasons, note, actor, identity, "at"'


class ProposalTable:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        step: ProposalStep,
        alert_id: str,
        person: Person,
        now: datetime,
        disposition: Disposition | None = None,
        reasons: tuple[str, ...] = (),
        note: str = "",
    ) -> None:
        """The caller's transaction also appends the audit entry."""
        assert step in get_args(ProposalStep)
        self._database.execute(
            """INSERT INTO proposals SELECT coalesce(max(sequence), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ? FROM proposals""",
            [alert_id, step, disposition, " ".join(reasons), note, person.name, person.identity, to_utc(now)],
        )

    def waiting(self, alert_id: str) -> Proposal | None:
        """The alert's proposal that nobody has settled yet, whole."""
        row = self._database.first(
            f"""SELECT {COLUMNS} FROM proposals
                WHERE sequence = (SELECT proposed FROM waiting_proposals WHERE alert_id = ?)""",
            [alert_id],
        )
        return _proposal(row) if row else None

    def waiting_among(self, alert_ids: Sequence[str]) -> frozenset[str]:
        """Which of these wait for a second person."""
        rows = self._database.query(
            "SELECT alert_id FROM waiting_proposals WHERE alert_id IN (SELECT unnest(?::VARCHAR[]))", [list(alert_ids)]
        )
        return frozenset(row[0] for row in rows)

    def view_of(self, proposal: Proposal, person: Person) -> Disposition | None:
        """What the person would have done, said since it was proposed."""
        row = self._database.first(
            """SELECT disposition FROM proposals
               WHERE alert_id = ? AND step = 'view' AND sequence > ? AND lower(actor) = lower(?)
               ORDER BY sequence DESC""",
            [proposal.alert_id, proposal.sequence, person.name],
        )
        return row[0] if row else None

    def count_waiting(self) -> int:
        return self._database.number("SELECT count(*) FROM waiting_proposals")

    def policy(self) -> DecisionPolicy:
        """The store's own, else the shipped standard."""
        row = self._database.first("SELECT value FROM meta WHERE name = ?", [POLICY])
        return policy_of(json.loads(row[0]), "the store's policy") if row else load_policy("standard")

    def set_policy(self, policy: DecisionPolicy) -> None:
        self._database.execute(
            "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", [POLICY, json.dumps(policy_document(policy))]
        )


def _proposal(row: Row) -> Proposal:
    sequence, alert_id, disposition, reasons, note, actor, identity, at = row
    return Proposal(sequence, alert_id, disposition, tuple(reasons.split()), note, actor, identity, from_utc(at))
