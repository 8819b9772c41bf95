"""Trained classifiers: version and artifact, under the artifact's hash."""

from functools import cache

from pydantic import TypeAdapter

from domain.errors import NoClassifier
from domain.scoring import ClassifierVersion
from domain.store.database import Database
from domain.store.times import to_utc


class ModelTable:
    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, version: ClassifierVersion, artifact: bytes) -> None:
        """The id is a hash of the artifact: the same one again changes nothing."""
        self._database.execute(
            "INSERT OR IGNORE INTO classifiers (classifier_id, created_at, version, artifact) VALUES (?, ?, ?, ?)",
            [version.classifier_id, to_utc(version.created_at), _adapter().dump_json(version).decode(), artifact],
        )

    def latest(self) -> tuple[ClassifierVersion, bytes] | None:
        row = self._database.first(
            "SELECT version, artifact FROM classifiers ORDER BY created_at DESC, classifier_id LIMIT 1"
        )
        return (_adapter().validate_json(row[0]), row[1]) if row else None

    def get(self, classifier_id: str) -> tuple[ClassifierVersion, bytes]:
        """Raises NoClassifier."""
        row = self._database.first("SELECT version, artifact FROM classifiers WHERE classifier_id = ?", [classifier_id])
        if row is None:
            raise NoClassifier(f"The store holds no classifier {classifier_id}.", "Train one with `whyflag train`.")
        return _adapter().validate_json(row[0]), row[1]

    def list(self) -> tuple[ClassifierVersion, ...]:
        """Newest first, without artifacts."""
        rows = self._database.query("SELECT version FROM classifiers ORDER BY created_at DESC, classifier_id")
        return tuple(_adapter().validate_json(row[0]) for row in rows)


@cache
def _adapter() -> TypeAdapter[ClassifierVersion]:
    return TypeAdapter(ClassifierVersion)
