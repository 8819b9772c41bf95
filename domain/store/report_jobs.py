"""Reports that were begun and are not finished: what a later run needs to go on where a killed one was."""

from functools import cache

from pydantic import TypeAdapter

from domain.reporting import ReportJob
from domain.store.database import Database

PREFIX = "report_job:"


class ReportJobTable:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> ReportJob | None:
        row = self._database.first("SELECT value FROM meta WHERE name = ?", [PREFIX + key])
        return _adapter().validate_json(row[0]) if row else None

    def put(self, job: ReportJob) -> None:
        """Replaces what stood under the job's key."""
        text = _adapter().dump_json(job).decode()
        self._database.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", [PREFIX + job.key, text])

    def remove(self, key: str) -> None:
        self._database.execute("DELETE FROM meta WHERE name = ?", [PREFIX + key])


@cache
def _adapter() -> TypeAdapter[ReportJob]:
    return TypeAdapter(ReportJob)
