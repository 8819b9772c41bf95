"""What an analyst does to chosen alerts of the queue at once: decide, take back, claim, release, snooze. No widget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, Signal

from desktop.screens.queue.view_model import QueueViewModel
from desktop.screens.undoable import Undoable
from desktop.services import Services, Snapshot
from desktop.support.failures import busy
from desktop.support.formats import DISPOSITION_WORDS, Formats
from desktop.support.translation import tr, trn
from desktop.tasks import LongWork, Tasks
from domain.errors import WhyflagError
from domain.review import BulkDecision, Disposition

Ranges = Sequence[tuple[int, int]]  # lines [first, last)
Chosen = Callable[[tuple[str, ...]], None]
Settle = Callable[[Exception | None], None]


class QueueHandling(QObject):
    """`told` is (words, whether they can be undone); `undo` takes the last bulk decision back in one go."""

    told = Signal(str, bool)
    failed = Signal(Exception)

    def __init__(
        self,
        services: Services,
        tasks: Tasks,
        long_work: LongWork,
        queue: QueueViewModel,
        undoable: Undoable,
        formats: Formats,
    ) -> None:
        super().__init__()
        self._services = services
        self._tasks = tasks
        self.long_work = long_work
        self._queue = queue
        self._formats = formats
        self._undoable = undoable

    def decide(
        self,
        snapshot: Snapshot | None,
        ranges: Ranges,
        disposition: Disposition,
        note: str,
        reasons: tuple[str, ...],
        settle: Settle,
    ) -> None:
        """`settle` gets None once all are decided, or why none is: whoever asked can ask again.

        `ranges` are those of `snapshot`: in a newer one, other alerts stand there.
        """
        if snapshot is not self._queue.snapshot:
            settle(WhyflagError(tr("The queue was sorted anew meanwhile."), tr("Choose the alerts once more.")))
            return
        self._with_ids(ranges, lambda ids: self._decide(ids, disposition, note, reasons, settle), settle)

    def undo(self) -> None:
        """The newest decision of this session, where it was one for many."""
        ids = self._undoable.newest
        if not isinstance(ids, tuple):
            return

        def done(result: BulkDecision) -> None:
            self._tell(trn("{count} alert is open again.", "{count} alerts are open again.", *self._count(result)))

        def failed(error: Exception) -> None:
            self._undoable.add(ids)
            self.failed.emit(error)

        if self.long_work.start(tr("Taking back"), lambda: self._services.reverse_many(ids), done, failed):
            self._undoable.take()
        else:
            self.failed.emit(busy(self.long_work.title))

    def claim(self, ranges: Ranges) -> None:
        def done(taken: tuple[str, ...]) -> None:
            self._tell(trn("{count} alert is yours now.", "{count} alerts are yours now.", len(taken)))

        self._write(ranges, self._services.claim, done)

    def release(self, ranges: Ranges) -> None:
        def done(freed: tuple[str, ...]) -> None:
            self._tell(trn("{count} alert is nobody's now.", "{count} alerts are nobody's now.", len(freed)))

        self._write(ranges, self._services.release, done)

    def snooze(self, ranges: Ranges, length: timedelta | None, now: datetime) -> None:
        """`length` None wakes them. `now` has a zone."""
        until = now + length if length is not None else None
        words = tr("Asleep until {time}.", time=self._formats.time(until.astimezone())) if until else tr("Awake again.")
        self._write(ranges, lambda ids: self._services.snooze(ids, until), lambda _: self._tell(words))

    def _decide(
        self, ids: tuple[str, ...], disposition: Disposition, note: str, reasons: tuple[str, ...], settle: Settle
    ) -> None:
        def done(result: BulkDecision) -> None:
            if result.changed:
                self._undoable.add(result.changed)
            words = tr(DISPOSITION_WORDS[disposition]).lower()
            told = trn("{count} alert: {words}.", "{count} alerts: {words}.", *self._count(result), words=words)
            if result.proposed:
                told += " " + trn(
                    "{count} waits for a second person.", "{count} wait for a second person.", result.proposed
                )
            if result.passed_over:
                passed = len(result.passed_over)
                told += " " + trn(
                    "{count} was passed over: decided, or claimed by someone else.",
                    "{count} were passed over: decided, or claimed by someone else.",
                    passed,
                )
            self._tell(told, undoable=bool(result.changed))
            settle(None)

        work = lambda: self._services.decide_many(ids, disposition, note, reasons)  # noqa: E731
        if not self.long_work.start(tr("Deciding"), work, done, settle):
            settle(busy(self.long_work.title))

    def _count(self, result: BulkDecision) -> tuple[int]:
        return (len(result.changed),)

    def _with_ids(self, ranges: Ranges, act: Chosen, failed: Callable[[Exception], None]) -> None:
        snapshot = self._queue.snapshot
        if snapshot is not None and ranges:
            self._tasks.read(lambda: self._services.alert_ids(snapshot, ranges), act, failed)

    def _write(self, ranges: Ranges, change: Callable[[tuple[str, ...]], object], done: Callable[..., None]) -> None:
        failed = self.failed.emit
        self._with_ids(ranges, lambda ids: self._tasks.write(lambda: change(ids), done, failed), failed)

    def _tell(self, words: str, undoable: bool = False) -> None:
        self._queue.refresh()
        self.told.emit(words, undoable)
