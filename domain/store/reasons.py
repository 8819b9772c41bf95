"""The reasons of alerts as vectors, and the nearest of them: cosine similarity, computed where the vectors lie."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from domain.review import Disposition
from domain.scoring import FloatArray
from domain.store.alerts import NEWEST_DECISIONS
from domain.store.database import Database

CONSIDERED = 1_000  # nearest vectors that are looked at closer: joining all of them would cost more than comparing


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An alert whose reasons point the same way; `similarity` is the cosine, `disposition` None where it is open."""

    alert_id: str
    transaction_id: str
    similarity: float
    disposition: Disposition | None
    note: str


@dataclass(frozen=True, slots=True)
class Vectors:
    """Alerts by id with what was decided and the reasons of each, (n, m), in the order of the ids."""

    alert_ids: Sequence[str]
    transaction_ids: Sequence[str]
    dispositions: Sequence[Disposition | None]
    contributions: NDArray[np.float32]


class ReasonTable:
    """The table `reasons`: one vector an alerted transaction and classifier."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, classifier_id: str, ids: Sequence[str], contributions: FloatArray) -> None:
        """Keeps (n, m) contributions by meaning, in the place of what stood there for these transactions."""
        vectors = np.ascontiguousarray(contributions, dtype=np.float32)
        lists = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), max(1, vectors.shape[1]))
        batch = pa.table({"id": pa.array(list(ids), pa.string()), "contributions": lists})
        with self._database.transaction(), self._database.visible("reasoned", batch):
            self._database.execute("DELETE FROM reasons WHERE transaction_id IN (SELECT id FROM reasoned)")
            self._database.execute("INSERT INTO reasons SELECT id, ?, contributions FROM reasoned", [classifier_id])

    def forget(self) -> None:
        """All vectors: features changed, or another classifier took over."""
        self._database.execute("DELETE FROM reasons")

    def missing(self, classifier_id: str) -> tuple[str, ...]:
        """The alerted transactions without a vector of this classifier, by id."""
        rows = self._database.query(
            """SELECT transaction_id FROM alerts ANTI JOIN (SELECT transaction_id FROM reasons WHERE classifier_id = ?)
               USING (transaction_id) ORDER BY transaction_id""",
            [classifier_id],
        )
        return tuple(row[0] for row in rows)

    def vectors(self, classifier_id: str, length: int) -> Vectors:
        """Those of all this classifier's alerts; ones kept by other features than today's `length` are left out."""
        rows = self._database.table(
            f"""SELECT alert_id, transaction_id, n.disposition, contributions
                FROM reasons JOIN alerts USING (transaction_id) LEFT JOIN ({NEWEST_DECISIONS}) n USING (alert_id)
                WHERE reasons.classifier_id = ? AND len(contributions) = ? ORDER BY alert_id""",
            [classifier_id, length],
        )
        values = [chunk.flatten().to_numpy() for chunk in rows["contributions"].chunks]
        return Vectors(
            rows["alert_id"].to_pylist(),
            rows["transaction_id"].to_pylist(),
            rows["disposition"].to_pylist(),
            np.concatenate([np.empty(0, np.float32), *values]).reshape(-1, length),
        )

    def nearest(
        self, classifier_id: str, vector: FloatArray, *, but: str, least: float, limit: int
    ) -> tuple[Neighbour, ...]:
        """Of the CONSIDERED nearest alerts the decided ones first, then the open ones, nearest first within each.

        `vector` is (m,); `but` is the transaction that is compared with the others; none is less similar than `least`.
        Vectors kept by other features than today's have another length and are passed over.
        """
        rows = self._database.query(
            f"""WITH near AS (
                    SELECT transaction_id, list_cosine_similarity(contributions, ?::FLOAT[]) AS similarity
                    FROM reasons WHERE classifier_id = ? AND transaction_id <> ? AND len(contributions) = ?
                    ORDER BY similarity DESC, transaction_id LIMIT {CONSIDERED}
                ), alerted AS (
                    SELECT alert_id, transaction_id, similarity
                    FROM near JOIN alerts USING (transaction_id) WHERE similarity >= ?
                ), held AS (
                    SELECT DISTINCT ON (alert_id) alert_id, disposition, note
                    FROM decisions SEMI JOIN alerted USING (alert_id) ORDER BY alert_id, sequence DESC
                )
                SELECT alert_id, transaction_id, similarity, disposition, coalesce(note, '')
                FROM alerted LEFT JOIN held USING (alert_id)
                ORDER BY disposition IS NULL, similarity DESC, alert_id LIMIT ?""",
            [[float(value) for value in vector], classifier_id, but, len(vector), least, limit],
        )
        return tuple(Neighbour(*row) for row in rows)
