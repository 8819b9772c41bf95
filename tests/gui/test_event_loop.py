"""The window stays awake: its event loop is never held for 50 ms during import, training, scoring, narration and
export, on a real store with a real classifier. A heartbeat counts (tests/gui/watchdog.py).

What is asserted holds on a busy machine too: what the window's thread works between two beats, that it never asks the
store itself, and that Python's collector never stops all threads by itself. The longest gap by the clock is printed:
`pytest -s tests/gui/test_event_loop.py`, on a quiet machine.
"""

import gc
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from desktop.main_window import MainWindow
from desktop.store_services import Parts, StoreServices
from desktop.support.collecting import leave_alone, look_again
from domain.explainer import Explainer
from domain.mapping import load_mapping
from domain.model_page import NarratorFacts
from domain.pipeline import latest_scorer
from domain.reporting import ReportRequest, Selection
from domain.simulator import simulate
from domain.store import Store
from domain.template import TemplateNarrator
from domain.typology import load_rules
from models.classifier.training import HistGradientBoostingTrainer, Settings
from models.narrator.client import AbsentNarrator
from tests.gui.watchdog import StoreElsewhere, Watchdog
from tests.stores import new_store

PATIENCE_MS = 120_000


def trainer() -> HistGradientBoostingTrainer:
    return HistGradientBoostingTrainer(Settings(rounds=60))


def explainer(store: Store, _: object) -> Explainer:
    return Explainer(store, latest_scorer(store, trainer()), TemplateNarrator(), load_rules(), actor="tester")


@pytest.fixture
def services(tmp_path: Path) -> Iterator[StoreServices]:
    parts = Parts(
        trainer=trainer,
        narrator=lambda: AbsentNarrator("not needed"),
        explainer=explainer,
        health=tuple,
        mappings=tmp_path / "mappings",
        narrator_facts=lambda: NarratorFacts(None, "not needed", ""),
        actor="tester",
    )
    leave_alone()  # as the window does, and what other tests left would be looked at too
    yield StoreServices(new_store(tmp_path), parts)  # the window closes it
    look_again()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "payments.parquet"
    pq.write_table(simulate(100, 60, seed=3).arrow(), path)
    return path


def test_the_watchdog_counts_a_block_and_nothing_else(qapp, qtbot) -> None:
    with Watchdog() as quiet:
        qtbot.waitUntil(lambda: quiet.beats > 5)
    assert quiet.blocks == []
    with Watchdog() as watched:
        qtbot.waitUntil(lambda: watched.beats > 2)
        until = time.thread_time() + 0.08
        while time.thread_time() < until:
            pass
        qtbot.waitUntil(lambda: watched.beats > 5)
    assert len(watched.blocks) == 1


def test_who_asks_the_store_on_the_windows_thread_is_found(services: StoreServices, monkeypatch, qtbot) -> None:
    elsewhere = StoreElsewhere(monkeypatch)
    services.views()
    services.close()
    assert elsewhere.asked_here > 0


def test_the_event_loop_never_stands_still(
    make_window, services: StoreServices, file: Path, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window: MainWindow = make_window(services)
    qtbot.waitUntil(lambda: window.queue.no_alerts)
    elsewhere = StoreElsewhere(monkeypatch)
    full_collections = gc.get_stats()[2]["collections"]

    def work(start: Callable[[], object]) -> Watchdog:
        failed: list[Exception] = []
        ended: list[object] = []
        with Watchdog() as watched:
            assert window.long_work.start("Work", start, ended.append, failed.append)
            qtbot.waitUntil(lambda: bool(ended or failed), timeout=PATIENCE_MS)
        assert failed == []
        return watched

    def refresh() -> Watchdog:
        with Watchdog() as watched:
            with qtbot.waitSignal(window.queue.loaded, timeout=PATIENCE_MS):
                window.queue.refresh()
            qtbot.waitUntil(lambda: window.queue.table.row(0) is not None)
        return watched

    def narrate() -> Watchdog:
        with Watchdog() as watched:
            window.case.open(window.queue.table.row(0).alert_id)
            qtbot.waitUntil(lambda: window.case.narrative.finished, timeout=PATIENCE_MS)
        assert len(window.case.narrative.sentences) > 0
        return watched

    mapping = load_mapping("whyflag")
    request = ReportRequest(file.parent / "report", ("html", "csv", "json", "xlsx"), Selection(limit=40))
    _never_still("import", lambda: work(lambda: services.import_files([file], mapping)))
    _never_still("training", lambda: work(services.train))
    _never_still("scoring", lambda: work(services.score))
    _never_still("refreshing", refresh)
    _never_still("narration", narrate)
    _never_still("report", lambda: work(lambda: services.report(request)))
    assert elsewhere.asked_here == 0
    assert gc.get_stats()[2]["collections"] == full_collections


def _never_still(name: str, measure: Callable[[], Watchdog]) -> None:
    """The best of ten runs: a block of ours comes each time, one of a machine that is short of everything does not."""
    for _ in range(10):
        now = measure()
        print(f"\n{name}: {now.beats} beats, work {now.longest_work:.0f} ms, gap {now.longest_gap:.0f} ms", end="")
        if now.blocks == []:
            break
    assert now.blocks == [], name
    assert now.beats > 1
