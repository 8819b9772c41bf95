"""Log and metrics: what they tell of the program's work, and that nothing else gets into them."""

import ast
import json
import logging
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desktop.metrics import Metrics, exposition, latencies, ratios, read
from desktop.observing import Observed, Observer
from desktop.support.log import EVENTS, EventLog, JsonLines, PrivateRotatingFile, allowed, write_log
from domain.errors import Cancelled, StoreDamaged
from domain.narrative import Narrative, Sentence, Timings
from domain.progress import Progress, Work, finish
from domain.review import Decision
from tests.reports import an_explanation

ROOT = Path(__file__).parents[2]
SECRET = "Ana Novak DE89370400440532013000"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "logs" / "whyflag.log"
    handler = write_log(path)
    yield path
    logging.getLogger().removeHandler(handler)
    handler.close()


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_log_is_json_of_known_events_and_fields(log: Path) -> None:
    EventLog().info("operation", operation="page", milliseconds=3.14159, note=SECRET, error="StoreDamaged")
    [line] = lines(log)
    assert (line["event"], line["operation"], line["milliseconds"]) == ("operation", "page", 3.142)
    assert line["error"] == "StoreDamaged" and line["level"] == "info"
    assert datetime.fromisoformat(str(line["timestamp"])).tzinfo is not None
    assert "note" not in line


@pytest.mark.parametrize("field", ["operation", "error", "role", "disposition", "version", "milliseconds", "tokens"])
def test_text_in_a_known_field_is_left_out(field: str) -> None:
    assert allowed({field: SECRET}) == {}
    assert allowed({field: [SECRET]}) == {} and allowed({field: {"a": SECRET}}) == {}


def test_message_of_anyone_is_replaced_by_its_place_in_the_code(log: Path) -> None:
    for logger in ("", "desktop.tasks", "duckdb", SECRET):
        logging.getLogger(logger).warning(f"customer {SECRET}")
        logging.getLogger(logger).warning("customer %s", SECRET)
    assert SECRET not in log.read_text()
    assert {line["event"] for line in lines(log)} == {"message"}
    assert str(lines(log)[0]["place"]).startswith("tests/unit/test_observing.py:")


def test_exception_is_told_by_type_and_places_only(log: Path) -> None:
    def pay(customer: str) -> None:
        raise ValueError(f"{customer} cannot pay")

    try:
        pay(SECRET)
    except ValueError as error:
        logging.getLogger(__name__).error("unexpected error", exc_info=error)
    [line] = lines(log)
    assert line["exception"] == "builtins.ValueError"
    assert [str(place).rpartition(" ")[2] for place in line["trace"]][-1] == "pay"  # type: ignore[attr-defined]
    assert SECRET not in log.read_text() and str(Path.home()) not in log.read_text()


def test_every_event_the_program_logs_is_allowed() -> None:
    """Else a line of our own would say no more than its place in the code."""
    calls = [
        node
        for file in (ROOT / "desktop").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in ("info", "warning", "error") and ast.unparse(node.func.value) in ("log", "self._log")
    ]
    told = [call.args[0].value if isinstance(call.args[0], ast.Constant) else ast.unparse(call) for call in calls]
    assert len(told) >= 8 and set(told) <= EVENTS


def test_log_rotates_and_stays_its_owners(tmp_path: Path) -> None:
    handler = PrivateRotatingFile(tmp_path / "log", maxBytes=2000, backupCount=2, encoding="utf-8")
    handler.setFormatter(JsonLines())
    for _ in range(100):
        handler.emit(logging.makeLogRecord({"name": "whyflag", "msg": "started", "levelname": "INFO"}))
    handler.close()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["log", "log.1", "log.2"]
    for file in tmp_path.iterdir():
        assert file.stat().st_size <= 2000 and stat.S_IMODE(file.stat().st_mode) == 0o600


def test_metrics_add_up_over_runs_in_one_private_file(tmp_path: Path) -> None:
    path = tmp_path / "metrics.txt"
    for _ in range(2):
        run = Metrics()
        run.count("whyflag_decisions", disposition="false_positive")
        run.observe("whyflag_operation_seconds", 0.02, operation="page")
        run.write(path)
        run.write(path)  # nothing new
    samples = read(path)
    assert samples[("whyflag_decisions_total", (("disposition", "false_positive"),))] == 2
    assert samples[("whyflag_operation_seconds_count", (("operation", "page"),))] == 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_exposition_follows_openmetrics(tmp_path: Path) -> None:
    """Types before samples, buckets that rise to +Inf and the count, counters in _total, an end."""
    metrics = Metrics()
    for seconds in (0.0005, 0.3, 4000.0):
        metrics.observe("whyflag_operation_seconds", seconds, operation="case")
    metrics.count("whyflag_errors", error="StoreDamaged")
    metrics.write(tmp_path / "m")
    text = (tmp_path / "m").read_text()
    assert text.endswith("# EOF\n") and "# TYPE whyflag_operation_seconds histogram\n" in text
    assert 'whyflag_errors_total{error="StoreDamaged"} 1\n' in text
    buckets = [line for line in text.splitlines() if line.startswith("whyflag_operation_seconds_bucket")]
    counts = [float(line.rpartition(" ")[2]) for line in buckets]
    assert counts == sorted(counts) and counts[0] == 1 and counts[-1] == 3 and 'le="+Inf"' in buckets[-1]
    assert exposition(read(tmp_path / "m")) == text, "what is written is what is read"


def test_percentiles_are_within_a_bucket_of_the_truth(tmp_path: Path) -> None:
    metrics = Metrics()
    for step in range(1, 1001):
        metrics.observe("whyflag_operation_seconds", step / 1000, operation="case")
    metrics.write(tmp_path / "m")
    [latency] = latencies(read(tmp_path / "m"))
    assert (latency.name, latency.count) == ("case", 1000)
    for found, truth in zip(latency.quantiles, (0.5, 0.95, 0.99), strict=True):
        assert found == pytest.approx(truth, rel=0.25)


def test_ratios_divide_what_they_say(tmp_path: Path) -> None:
    observer = Observer()
    explained = an_explanation("T-1")
    sentences = tuple(Sentence("text", (), status, ()) for status in ("verified", "verified", "repaired", "template"))
    written = replace(
        explained, narrative=Narrative("narrator", "", False, sentences), timings=Timings(1, 200, 900, 80)
    )
    observer.explained(written)
    observer.explained(replace(written, narrative=Narrative("template", "", False, sentences)))
    for disposition in ("confirmed_fraud", "confirmed_fraud", "confirmed_fraud", "false_positive", "escalated", None):
        observer.decided(Decision("A-1", disposition, SECRET, SECRET, datetime.now(UTC)))
    observer.metrics.write(tmp_path / "m")
    samples = read(tmp_path / "m")
    assert ratios(samples) == {"whyflag_fallback_ratio": 0.25, "whyflag_override_ratio": 0.25}
    assert samples[("whyflag_tokens_total", ())] == 80
    assert SECRET not in (tmp_path / "m").read_text()
    assert set(ratios({}).values()) == {None}


class Services:
    """Some use cases, one of each kind."""

    def __init__(self) -> None:
        self.closed = False

    def page(self, start: int, *, count: int) -> int:
        return start + count

    def broken(self) -> None:
        raise StoreDamaged(SECRET)

    def train(self) -> Work[str]:
        yield Progress("step")
        return "trained"

    def cancelled(self) -> Work[str]:
        yield Progress("step")
        raise Cancelled("by a person")

    def close(self) -> None:
        self.closed = True


def test_observed_services_do_what_they_did_and_are_timed(tmp_path: Path, log: Path) -> None:
    inner, observer = Services(), Observer()
    services = Observed(inner, observer)
    assert services.page(1, count=2) == 3
    assert finish(services.train()) == "trained"
    with pytest.raises(StoreDamaged):
        services.broken()
    with pytest.raises(Cancelled):
        finish(services.cancelled())
    services.close()
    assert inner.closed
    observer.metrics.write(tmp_path / "m")
    samples = read(tmp_path / "m")
    assert {latency.name for latency in latencies(samples)} == {"page", "train", "broken", "cancelled"}
    errors = {labels: value for (name, labels), value in samples.items() if name == "whyflag_errors_total"}
    assert errors == {(("error", "StoreDamaged"),): 1}, "a cancel is no error"
    assert SECRET not in log.read_text()
    assert [line["error"] for line in lines(log)] == ["StoreDamaged", "Cancelled"], "what is quick gets no line"


def test_long_work_that_is_closed_early_is_closed_inside(tmp_path: Path) -> None:
    closed = []

    class Long:
        def work(self) -> Work[None]:
            try:
                yield Progress("one")
                yield Progress("two")
            finally:
                closed.append(True)

    work = Observed(Long(), Observer()).work()
    next(work)
    work.close()
    assert closed == [True]
