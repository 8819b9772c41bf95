"""Stages the rows of an import beside the store, and takes them in as a whole.

Rows gather in a temporary table (in memory; its spill is encrypted). Only `keep` touches the store, in the one
transaction that also writes the report and the audit entry: a kill or a cancel before it leaves no trace.
"""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

import pyarrow as pa
from pydantic import TypeAdapter

from domain.import_report import ImportReport, Reject
from domain.store.audit import AuditLog
from domain.store.database import Database
from domain.store.rows_sql import BY_NAME, SQL_TYPES, SourceColumn
from domain.store.times import from_utc, to_utc
from domain.transactions import RESOLUTION, Period

DIFFERS = (
    "(new.customer_id, new.occurred_at, new.amount) IS DISTINCT FROM (old.customer_id, old.occurred_at, old.amount)"
)


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """A past import."""

    import_id: int
    imported_at: datetime
    actor: str
    report: ImportReport


class Staging:
    """Rows on their way in, of the contract columns `columns`."""

    def __init__(self, database: Database, name: str, columns: tuple[str, ...]) -> None:
        self.name = name
        self.columns = columns
        self._database = database

    def add(self, rows: pa.Table) -> None:
        """Good rows; columns of the staging that they lack stay null."""
        names = ", ".join(rows.column_names)
        with self._database.visible("arriving", rows):
            self._database.execute(f"INSERT INTO {self.name} ({names}) SELECT {names} FROM arriving")


class ImportTable:
    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._database = database
        self._audit = audit
        self._numbers = itertools.count(1)

    @contextmanager
    def staging(self, columns: Sequence[str]) -> Iterator[Staging]:
        """An empty staging for contract columns; it is gone at the end, whatever happened."""
        name = f"staged_{next(self._numbers)}"
        definition = ", ".join(f"{column} {SQL_TYPES[BY_NAME[column].type]}" for column in columns)
        self._database.execute(f"CREATE TEMP TABLE {name} ({definition})")
        try:
            yield Staging(self._database, name, tuple(columns))
        finally:
            self._database.execute(f"DROP TABLE IF EXISTS temp.{name}")

    def columns_of(self, rows: pa.Table) -> tuple[SourceColumn, ...]:
        """The columns of rows in memory, with the types SQL sees."""
        with self._database.visible("source_rows", rows):
            described = self._database.query("DESCRIBE SELECT * FROM source_rows")
        return tuple(SourceColumn(name, kind) for name, kind, *_ in described)

    def checked(self, sql: str, rows: pa.Table) -> pa.Table:
        """What a RowsQuery makes of rows in memory."""
        with self._database.visible("source_rows", rows):
            return self._database.table(sql)

    def keep(
        self,
        staging: Staging,
        *,
        mapping: str,
        sources: Sequence[str],
        digests: Sequence[str],
        rows: int,
        rejects: Sequence[Reject],
        actor: str,
    ) -> ImportReport:
        """Takes the staged rows into the store but for those it has already: all of them, or none on any error."""
        with self._database.transaction():
            before = self._database.number("SELECT count(*) FROM transactions")
            import_id = self._database.number("SELECT coalesce(max(import_id), 0) + 1 FROM imports")
            duplicates, conflicts = self._drop_duplicates(staging.name)
            report = replace(
                self._counted(staging),
                import_id=import_id,
                mapping=mapping,
                sources=tuple(sources),
                rows=rows,
                rejects=tuple(rejects),
                duplicates=duplicates,
                conflicts=conflicts,
                negative_amounts=_count(rejects, "amount is negative"),
                null_amounts=_count(rejects, "amount is missing"),
            )
            names = ", ".join(staging.columns)
            self._database.execute(
                f"INSERT INTO transactions ({names}, import_id) SELECT {names}, ? FROM {staging.name}", [import_id]
            )
            self._record(report, actor, digests, before)
        return report

    def list(self) -> tuple[ImportRecord, ...]:
        """Every import, newest first."""
        rows = self._database.query("SELECT import_id, imported_at, actor, report FROM imports ORDER BY import_id DESC")
        return tuple(
            ImportRecord(import_id, from_utc(at), actor, _adapter().validate_json(report))
            for import_id, at, actor, report in rows
        )

    def _drop_duplicates(self, staged: str) -> tuple[int, int]:
        """Leaves the first of each id that the store lacks. Returns how many went, and how many of them differed."""
        gone = conflicts = 0
        database = self._database
        if database.number(f"SELECT count(*) - count(DISTINCT transaction_id) FROM {staged}"):
            database.execute(
                f"""CREATE OR REPLACE TEMP TABLE firsts AS
                    SELECT transaction_id, min(rowid) AS place FROM {staged} GROUP BY ALL HAVING count(*) > 1"""
            )
            repeats = f"{staged} new JOIN firsts USING (transaction_id) JOIN {staged} old ON old.rowid = firsts.place"
            [(gone, conflicts)] = database.query(
                f"SELECT count(*), count(*) FILTER (WHERE {DIFFERS}) FROM {repeats} WHERE new.rowid <> firsts.place"
            )
            database.execute(
                f"""DELETE FROM {staged} WHERE transaction_id IN (SELECT transaction_id FROM firsts)
                    AND rowid NOT IN (SELECT place FROM firsts)"""
            )
            database.execute("DROP TABLE temp.firsts")
        [(known, changed)] = database.query(
            f"""SELECT count(*), count(*) FILTER (WHERE {DIFFERS})
                FROM {staged} new JOIN transactions old USING (transaction_id)"""
        )
        if known:
            database.execute(f"DELETE FROM {staged} WHERE transaction_id IN (SELECT transaction_id FROM transactions)")
        return gone + known, conflicts + changed

    def _counted(self, staging: Staging) -> ImportReport:
        """A report of what is staged; the caller fills in the rest."""

        def count(condition: str, *needs: str) -> str:
            return f"count(*) FILTER (WHERE {condition})" if set(needs) <= set(staging.columns) else "0"

        [(accepted, own, zero, flagged, labelled, first, last)] = self._database.query(
            f"""SELECT count(*), {count("customer_id = counterparty_id", "counterparty_id")}, {count("amount = 0")},
                       {count("flagged", "flagged")}, {count("label IS NOT NULL", "label")},
                       min(occurred_at), max(occurred_at)
                FROM {staging.name}"""
        )
        return ImportReport(
            import_id=0, mapping="", sources=(), rows=0, accepted=accepted, rejects=(), duplicates=0, conflicts=0,
            self_transfers=own, zero_amounts=zero, negative_amounts=0, null_amounts=0, flagged=flagged,
            labelled=labelled, period=Period(first, last + RESOLUTION) if accepted else None,
        )  # fmt: skip

    def _record(self, report: ImportReport, actor: str, digests: Sequence[str], before: int) -> None:
        self._database.execute(
            "INSERT INTO imports (import_id, imported_at, actor, mapping, report) VALUES (?, ?, ?, ?, ?)",
            [report.import_id, to_utc(datetime.now(UTC)), actor, report.mapping, _adapter().dump_json(report).decode()],
        )
        for reject in report.rejects:
            for row, sample in zip(reject.rows, reject.samples, strict=True):
                self._database.execute(
                    "INSERT INTO import_rejects (import_id, source, row, reason, sample) VALUES (?, ?, ?, ?, ?)",
                    [report.import_id, reject.source, row, reject.reason, sample],
                )
        self._audit.append(
            actor,
            "import",
            f"import {report.import_id}",
            {
                "sources": "\n".join(report.sources),
                "sha256": "\n".join(digests),
                "mapping": report.mapping,
                "rows": report.rows,
                "accepted": report.accepted,
                "rejected": report.rejected,
                "duplicates": report.duplicates,
                "transactions_before": before,
                "transactions_after": before + report.accepted,
            },
        )


def _count(rejects: Sequence[Reject], reason: str) -> int:
    return sum(reject.count for reject in rejects if reject.reason == reason)


@cache
def _adapter() -> TypeAdapter[ImportReport]:
    return TypeAdapter(ImportReport)
