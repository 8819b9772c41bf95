"""What the program tells of its own work, to log and metrics: how long, how much, which error; never of whom."""

import inspect
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from desktop.metrics import Metrics
from desktop.support.log import EventLog, write_log
from domain.errors import Cancelled, WhyflagError
from domain.narrative import Explanation
from domain.review import Decision

WRITE_EVERY = 60.0  # seconds
SLOW = 0.1  # seconds
NOT_TIMED = frozenset({"close", "warm"})


class Observer:
    """Counts from its construction on; writes nothing before `start`. Any thread may call."""

    def __init__(self) -> None:
        self.metrics = Metrics()
        self._log = EventLog()
        self._file: Path | None = None
        self._writing = threading.Lock()
        self._written = time.monotonic()

    def start(self, role: str, log: Path, metrics: Path) -> None:
        """From now on to these files; a second call changes nothing. A disk that takes no log hinders no work."""
        if self._file is not None:
            return
        with suppress(OSError):
            write_log(log)
        self._file = metrics
        self._log.info("started", role=role)

    def stop(self) -> None:
        self._log.info("ended")
        self._write()

    @contextmanager
    def operation(self, name: str) -> Iterator[None]:
        """Times what happens inside, and counts an error that leaves it."""
        began = time.monotonic()
        try:
            yield
        except BaseException as error:
            self.record(name, time.monotonic() - began, error)
            raise
        self.record(name, time.monotonic() - began)

    def record(self, name: str, seconds: float, error: BaseException | None = None) -> None:
        """An operation that ended; a cancel is no error. Only slow and failed ones get a line in the log."""
        self.metrics.observe("whyflag_operation_seconds", seconds, operation=name)
        failed = type(error).__name__ if isinstance(error, Exception) else ""  # no exit, no generator that is closed
        if failed and not isinstance(error, Cancelled):
            self.metrics.count("whyflag_errors", error=failed if isinstance(error, WhyflagError) else "Unexpected")
        if failed or seconds >= SLOW:
            self._log.info("operation", operation=name, milliseconds=1000 * seconds, error=failed)
        if time.monotonic() - self._written > WRITE_EVERY:
            self._write()

    def explained(self, explanation: Explanation) -> None:
        """A newly written one; those that were kept already are not told again."""
        timings, origin = explanation.timings, explanation.narrative.origin
        self.metrics.count("whyflag_explanations", origin=origin)
        statuses = [sentence.status for sentence in explanation.narrative.sentences]
        told = {status: statuses.count(status) for status in ("verified", "repaired", "template")}
        if origin == "narrator":
            for status, count in told.items():
                self.metrics.count("whyflag_sentences", count, status=status)
            self.metrics.count("whyflag_tokens", timings.tokens)
            self.metrics.observe("whyflag_explanation_seconds", timings.total / 1000)
            if timings.first_token:
                self.metrics.observe("whyflag_first_token_seconds", timings.first_token / 1000)
        self._log.info(
            "explained",
            milliseconds=timings.total,
            first_token_ms=timings.first_token,
            tokens=timings.tokens,
            **told,
        )

    def decided(self, decision: Decision) -> None:
        disposition = decision.disposition or "taken_back"
        self.metrics.count("whyflag_decisions", disposition=disposition)
        self._log.info("decided", disposition=disposition)

    def _write(self) -> None:
        if self._file is None or not self._writing.acquire(blocking=False):
            return
        try:
            self.metrics.write(self._file)
        except OSError:
            self._log.warning("the metrics were not kept", error="OSError")
        finally:
            self._written = time.monotonic()
            self._writing.release()


class Observed:
    """Use cases as they are, each call timed under its own name; long work from its first step to its last."""

    def __init__(self, services: Any, observer: Observer) -> None:
        self._services = services
        self._observer = observer

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._services, name)
        if name.startswith("_") or name in NOT_TIMED or not inspect.ismethod(found):
            return found
        return self._timed(name, found)

    def _timed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **options: Any) -> Any:
            began = time.monotonic()
            try:
                result = call(*arguments, **options)
            except BaseException as error:
                self._observer.record(name, time.monotonic() - began, error)
                raise
            if inspect.isgenerator(result):
                return self._long(name, result)
            self._observer.record(name, time.monotonic() - began)
            if isinstance(result, Decision):
                self._observer.decided(result)
            return result

        return timed

    def _long(self, name: str, work: Any) -> Any:
        with self._observer.operation(name):
            return (yield from work)
