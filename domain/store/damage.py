"""What a damaged store still gives, table by table, and what going back to its newest backup would cost."""

from dataclasses import dataclass
from pathlib import Path

from domain.errors import AuditBroken, StoreDamaged
from domain.progress import Progress, Work
from domain.store.audit import AuditLog
from domain.store.backups import Backup, backup_folder, backups_of
from domain.store.database import Database
from domain.store.tables import rows_read, table_names

ROW_GROUP = 122_880  # rows that DuckDB stores together, and that a damaged page takes with it


@dataclass(frozen=True, slots=True)
class TableFinding:
    """Rows of a table, and how many of them can no longer be read; `rows` is None where even that is unknown."""

    table: str
    rows: int | None
    lost: int

    @property
    def whole(self) -> bool:
        return self.rows is not None and not self.lost


@dataclass(frozen=True, slots=True)
class Examination:
    """`audit` says what is wrong with the chain, empty where it holds. `since` counts audit entries by action that were
    written after the newest backup, None where there is no backup or the log cannot be read."""

    tables: tuple[TableFinding, ...]
    audit: str
    newest: Backup | None
    since: tuple[tuple[str, int], ...] | None

    @property
    def whole(self) -> bool:
        return not self.audit and all(finding.whole for finding in self.tables)


def examine(database: Database, store: Path) -> Work[Examination]:
    """Reads every row of every table of an open store and checks its audit chain; changes nothing."""
    names = table_names(database)
    findings = []
    for number, name in enumerate(names):
        yield Progress(f"reading {name}", number, len(names))
        findings.append(_finding(database, name))
    yield Progress("checking the audit chain", len(names), len(names))
    newest = next(iter(backups_of(store, backup_folder(store))), None)
    return Examination(tuple(findings), _audit_words(database), newest, _since(database, newest))


def _finding(database: Database, table: str) -> TableFinding:
    try:
        rows = database.number(f"SELECT count(*) FROM store.{table}")
    except StoreDamaged:
        return TableFinding(table, None, 0)
    try:
        rows_read(database, table)
    except StoreDamaged:
        return TableFinding(table, rows, max(1, rows - _readable(database, table, rows)))
    return TableFinding(table, rows, 0)


def _readable(database: Database, table: str, rows: int) -> int:
    """Group by group: one that fails is lost, the others are not."""
    found = 0
    for first in range(0, rows, ROW_GROUP):
        try:
            found += rows_read(database, table, first, first + ROW_GROUP)
        except StoreDamaged:
            continue
    return found


def _audit_words(database: Database) -> str:
    try:
        AuditLog(database).verify()
    except (AuditBroken, StoreDamaged) as broken:
        return broken.message
    return ""


def _since(database: Database, newest: Backup | None) -> tuple[tuple[str, int], ...] | None:
    if newest is None:
        return None
    try:
        rows = database.query(
            "SELECT action, count(*) FROM audit WHERE sequence > ? GROUP BY action ORDER BY action", [newest.entries]
        )
    except StoreDamaged:
        return None
    return tuple((str(action), int(count)) for action, count in rows)
