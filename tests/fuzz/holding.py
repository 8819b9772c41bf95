"""What must hold of an import, whatever the file: words or rows, a whole store, no process left, little memory."""

import gc
import math
from datetime import datetime
from pathlib import Path

import psutil

from domain.errors import WhyflagError
from domain.import_report import ImportReport
from domain.intake import import_files
from domain.mapping import load_mapping
from domain.progress import finish
from domain.store import Store
from domain.store.reading_limits import ReadingLimits
from domain.store.rows_sql import LONGEST
from tests.fuzz.files import HostileFile, HostileRows

MOST_MEMORY = 300 << 20  # bytes that this process may grow by over a whole run
LIMITS = ReadingLimits(file_bytes=1 << 26, rows=1_000_000, columns=200, silence=60.0)


class Holding:
    """One store, into which file after file is imported."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._memory = 0
        self.rows = self.files = self.accepted = self.rejected = self.refused = 0

    def after_rows(self, given: HostileRows, folder: Path) -> None:
        """Every row is taken or explained, the good ones come through, and what is stored keeps the contract."""
        self._empty()
        report = self._imported(given.write(folder), may_be_refused=False)
        self.rows += len(given.rows)
        assert report is not None
        assert report.rows == len(given.rows), (report.rows, len(given.rows))
        stored = {row.transaction_id: row for row in self._store.transactions.get(list(given.good))}
        assert set(given.good) <= set(stored), "a good row was lost"
        assert all(stored[id_].amount == 12.5 and stored[id_].memo == "fine" for id_ in given.good)
        assert all(given.rows[row - 1][0] not in given.good for reject in report.rejects for row in reject.rows)

    def after_file(self, given: HostileFile, folder: Path) -> None:
        """It is imported, or refused in words that name it; refused, it leaves no trace."""
        self._empty()
        path = given.write(folder)
        report = self._imported(path)
        self.files += 1
        if report is None:
            assert self._store.transactions.count() == 0

    def _imported(self, path: Path, may_be_refused: bool = True) -> ImportReport | None:
        try:
            report = finish(import_files(self._store, [path], load_mapping("whyflag"), "fuzz", limits=LIMITS))
        except WhyflagError as refused:
            assert path.name in refused.message or "The file" in refused.message, refused.message
            assert may_be_refused, f"hostile rows may be rejected, never the whole file: {refused.message}"
            self.refused += 1
            report = None
        assert not psutil.Process().children(), "a reading process was left behind"
        gc.collect()
        held = psutil.Process().memory_info().rss
        self._memory = self._memory or held
        assert held < self._memory + MOST_MEMORY, f"{held - self._memory:,} bytes more than at first"
        if report is not None:
            self._holds(report, path)
        return report

    def _holds(self, report: ImportReport, path: Path) -> None:
        self.accepted += report.accepted
        self.rejected += report.rejected
        assert report.accepted + report.rejected + report.duplicates == report.rows
        assert self._store.transactions.count() == report.accepted
        for reject in report.rejects:
            assert reject.reason and reject.source == str(path)
            assert len(reject.rows) == len(reject.samples) <= reject.count
        ids = [id_ for (id_,) in self._store.database.query("SELECT transaction_id FROM transactions")]
        for row in self._store.transactions.get(ids):
            assert row.transaction_id.strip() and row.customer_id.strip()
            assert len(row.transaction_id) <= LONGEST and len(row.memo or "") <= LONGEST
            assert 0 <= row.amount < math.inf
            assert datetime(1970, 1, 1) <= row.occurred_at < datetime(2100, 1, 1)

    def _empty(self) -> None:
        with self._store.transaction():
            self._store.database.execute("DELETE FROM transactions")
