"""Scores with what became of their transactions, and the policy that the queue's threshold follows."""

from functools import cache

import numpy as np
from pydantic import TypeAdapter

from domain.scoring import ClassifierVersion
from domain.store.alerts import NEWEST_DECISIONS
from domain.store.database import Database
from domain.store.features import KNOWN_AT
from domain.thresholds import AppliedPolicy, QueueDay, ScoredHistory
from domain.transactions import Period

POLICY = "threshold_policy"  # its row in `meta`


class ScoreTable:
    """The table `scores`, read beside transactions, alerts and decisions; alerts.AlertTable writes it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def span(self, classifier_id: str) -> Period | None:
        """From the first scored day until after the last, whole days; None where the classifier scored nothing."""
        row = self._database.first(
            """SELECT date_trunc('day', min(occurred_at)), date_trunc('day', max(occurred_at)) + INTERVAL 1 DAY
               FROM scores JOIN transactions USING (transaction_id) WHERE classifier_id = ?""",
            [classifier_id],
        )
        return Period(row[0], row[1]) if row and row[0] is not None else None

    def history(self, version: ClassifierVersion, period: Period) -> ScoredHistory:
        """What `version` scored in `period`. An outcome is known by the end of the data, as for training.

        Rows of the span that the classifier was trained on count as unknown. A person's decision outweighs the label.
        """
        rows = self._database.arrays(
            f"""SELECT s.score, t.amount,
                    coalesce(
                        CASE d.disposition WHEN 'confirmed_fraud' THEN true WHEN 'false_positive' THEN false END,
                        t.label, false) AS fraud,
                    {KNOWN_AT} <= (SELECT max(occurred_at) FROM transactions)
                        AND NOT t.occurred_at BETWEEN ? AND ? AS known,
                    date_diff('day', ?::TIMESTAMP, t.occurred_at) AS day
                FROM scores AS s JOIN transactions AS t USING (transaction_id)
                LEFT JOIN alerts AS a USING (transaction_id)
                LEFT JOIN ({NEWEST_DECISIONS}) AS d USING (alert_id)
                WHERE s.classifier_id = ? AND t.occurred_at >= ? AND t.occurred_at < ?""",
            [
                version.trained_from, version.trained_until, period.start,
                version.classifier_id, period.start, period.end,
            ],
        )  # fmt: skip
        known = rows["known"].astype(np.bool_)
        return ScoredHistory(
            scores=rows["score"],
            amounts=rows["amount"],
            fraud=rows["fraud"].astype(np.bool_) & known,
            known=known,
            days=max((period.end - period.start).total_seconds() / 86400, 1.0),
            known_days=float(len(np.unique(rows["day"][known]))),
        )

    def day(self, version: ClassifierVersion, period: Period, threshold: float) -> QueueDay:
        """The scores of a day and their alerts; `threshold` is the one in force."""
        rows = self._database.arrays(
            """SELECT s.transaction_id, s.score, a.alert_id IS NOT NULL AS alerted,
                      coalesce(t.flagged, false) AS upstream,
                      a.alert_id IN (SELECT alert_id FROM decisions) IS TRUE AS decided
               FROM scores AS s JOIN transactions AS t USING (transaction_id)
               LEFT JOIN alerts AS a USING (transaction_id)
               WHERE s.classifier_id = ? AND t.occurred_at >= ? AND t.occurred_at < ?
               ORDER BY s.transaction_id""",
            [version.classifier_id, period.start, period.end],
        )
        return QueueDay(
            day=period.start.date(),
            transaction_ids=rows["transaction_id"],
            scores=rows["score"],
            alerted=rows["alerted"].astype(np.bool_),
            upstream=rows["upstream"].astype(np.bool_),
            decided=rows["decided"].astype(np.bool_),
            threshold=threshold,
        )

    def policy(self) -> AppliedPolicy | None:
        """What was applied last, for later scoring; None before the first."""
        row = self._database.first("SELECT value FROM meta WHERE name = ?", [POLICY])
        return _adapter().validate_json(row[0]) if row else None

    def set_policy(self, policy: AppliedPolicy) -> None:
        self._database.execute(
            "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", [POLICY, _adapter().dump_json(policy).decode()]
        )


@cache
def _adapter() -> TypeAdapter[AppliedPolicy]:
    return TypeAdapter(AppliedPolicy)
