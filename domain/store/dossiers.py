"""Chooses the alerts of a report and reads all that is known of them, a batch in a few queries.

Each of these tables is scanned once for a batch: asking alert by alert would scan millions of rows for each.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from domain.reporting import Selection
from domain.review import DISPOSITIONS, Decision
from domain.scoring import Alert, ClassifierVersion, FloatArray
from domain.store.alerts import ALERT_COLUMNS, NEWEST_DECISIONS, alert_of
from domain.store.database import Database
from domain.store.reviews import COLUMNS as DECISION_COLUMNS
from domain.store.reviews import decision_of
from domain.store.transactions import COLUMNS
from domain.transactions import Transaction

IDS = "(SELECT unnest(?::VARCHAR[]))"
SEARCHED = "concat_ws(' ', a.alert_id, t.customer_id, t.merchant_id, t.terminal_id, t.counterparty_id, t.memo)"


@dataclass(frozen=True, slots=True)
class Dossier:
    """An alert with its transaction, the customer's up to it (newest first) and its decisions (oldest first)."""

    alert: Alert
    transaction: Transaction
    history: tuple[Transaction, ...]
    decisions: tuple[Decision, ...]


class DossierTable:
    def __init__(self, database: Database) -> None:
        self._database = database

    def choose(self, selection: Selection) -> tuple[tuple[str, ...], int]:
        """The alert ids that match, highest score first, as many as the limit lets; and how many match in all."""
        conditions: list[tuple[str, object]] = []
        if selection.start is not None:
            conditions.append(("t.occurred_at >= ?", selection.start))
        if selection.until is not None:
            conditions.append(("t.occurred_at < ?", selection.until))
        if selection.band is not None:
            conditions.append(("a.band = ?", selection.band))
        if selection.query:
            conditions.append((f"contains(lower({SEARCHED}), lower(?))", selection.query))
        if selection.state in DISPOSITIONS:
            conditions.append(("d.disposition = ?", selection.state))
        states = {"open": "d.disposition IS NULL", "decided": "d.disposition IS NOT NULL"}
        where = " AND ".join([states.get(selection.state or "", "true"), *(condition for condition, _ in conditions)])
        rows = self._database.query(
            f"""SELECT a.alert_id FROM alerts a JOIN transactions t USING (transaction_id)
                LEFT JOIN ({NEWEST_DECISIONS}) d ON d.alert_id = a.alert_id
                WHERE {where} ORDER BY a.score DESC, a.alert_id""",
            [value for _, value in conditions],
        )
        return tuple(row[0] for row in rows[: selection.limit]), len(rows)

    def read(self, alert_ids: Sequence[str], history: int) -> tuple[Dossier, ...]:
        """In the order of the ids; at most `history` transactions of each customer."""
        ids = list(alert_ids)
        rows = self._database.query(f"SELECT {ALERT_COLUMNS} FROM alerts WHERE alert_id IN {IDS}", [ids])
        alerts = {row[0]: alert_of(row) for row in rows}
        decided = self._database.query(
            f"SELECT {DECISION_COLUMNS} FROM decisions WHERE alert_id IN {IDS} ORDER BY sequence",
            [ids],
        )
        decisions = _by_alert(map(decision_of, decided))
        histories = self._histories([alert.transaction_id for alert in alerts.values()], history)
        return tuple(
            Dossier(
                alerts[id_],
                histories[alerts[id_].transaction_id][0],
                tuple(histories[alerts[id_].transaction_id][:history]),
                tuple(decisions[id_]),
            )
            for id_ in ids
        )

    def scores_beside(self, version: ClassifierVersion) -> tuple[FloatArray, FloatArray]:
        """The scores this classifier gave in the period it was trained on, and those of later transactions."""
        rows = self._database.arrays(
            """SELECT s.score, t.occurred_at >= ? AS later FROM scores s JOIN transactions t USING (transaction_id)
               WHERE s.classifier_id = ? AND t.occurred_at >= ?""",
            [version.trained_until, version.classifier_id, version.trained_from],
        )
        later = rows["later"].astype(np.bool_)
        return rows["score"][~later], rows["score"][later]

    def _histories(self, transaction_ids: list[str], most: int) -> dict[str, list[Transaction]]:
        """Each transaction first, then the customer's others that are not later, newest first."""
        columns = ", ".join(f"h.{name}" for name in COLUMNS.split(", "))
        rows = self._database.query(
            f"""WITH these AS (SELECT transaction_id, customer_id, occurred_at FROM transactions
                               WHERE transaction_id IN {IDS})
                SELECT m.transaction_id, {columns}
                FROM these m JOIN transactions h ON h.customer_id = m.customer_id AND h.occurred_at <= m.occurred_at
                WINDOW w AS (PARTITION BY m.transaction_id ORDER BY h.transaction_id = m.transaction_id DESC,
                             h.occurred_at DESC, h.transaction_id DESC)
                QUALIFY row_number() OVER w <= ?
                ORDER BY m.transaction_id, row_number() OVER w""",
            [transaction_ids, max(1, most)],
        )
        found: dict[str, list[Transaction]] = defaultdict(list)
        for this, *columns_of_one in rows:
            found[this].append(Transaction(*columns_of_one))
        return found


def _by_alert(decisions: Iterable[Decision]) -> dict[str, list[Decision]]:
    found: dict[str, list[Decision]] = defaultdict(list)
    for decision in decisions:
        found[decision.alert_id].append(decision)
    return found
