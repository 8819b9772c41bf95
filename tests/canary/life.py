"""A day with canaries, `python -m tests.canary.life FOLDER`, which ends by kill -9.

FOLDER/input and FOLDER/out are what a person keeps in the clear; all else that is written lies below FOLDER/home,
FOLDER/tmp and FOLDER/stores.
"""

import os
import signal
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from desktop import start
from desktop.bootstrap import start_observing
from desktop.cli import main
from desktop.main_window import MainWindow
from desktop.opening import open_services
from domain.simulator import simulate
from domain.store import Limits, Store
from domain.transactions import CONTRACT, Transaction
from tests.canary import WORD
from tests.stores import START, put

PASSPHRASE = "canaries sing"
STEP_MS = 200


def with_canaries(rows: pa.Table) -> pa.Table:
    """The word before each text of every text column, and in those that were empty."""
    for column in CONTRACT:
        if column.type != "text":
            continue
        place = rows.schema.get_field_index(column.name)
        if place < 0:
            rows = rows.append_column(column.name, pa.array([f"{WORD}-{column.name}"] * len(rows)))
        else:
            texts = pc.fill_null(rows[column.name].cast(pa.string()), column.name)
            rows = rows.set_column(place, column.name, pc.binary_join_element_wise(WORD, texts, "-"))
    return rows


def whyflag(*words: str) -> None:
    """The command as it is called, in this process."""
    sys.argv = ["whyflag", *words]
    try:
        main()
    except SystemExit as ended:
        print(" ".join(words[:1]), ended.code, flush=True)


class Walk:
    """Drives the window from a timer: opens the first case, decides it, meets an error nobody caught, closes."""

    def __init__(self) -> None:
        self._steps = [self._open, self._decide, self._meet_an_error, self._close]
        self._timer = QTimer()
        self._timer.timeout.connect(self._step)

    def start(self) -> None:
        self._timer.start(STEP_MS)

    def _step(self) -> None:
        windows = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow)]
        if windows and self._steps[0](windows[0]):
            del self._steps[0]

    def _open(self, window: MainWindow) -> bool:
        row = window.queue.table.row(0)
        if row is not None:
            window.case.open(row.alert_id)
        return row is not None

    def _decide(self, window: MainWindow) -> bool:
        if window.case.case is None or not window.case.narrative.finished:
            return False
        window.case_screen.decision_bar.note.setText(f"{WORD} note")
        window.case_screen.decision_bar.choose("confirmed_fraud")
        return True

    def _meet_an_error(self, _: MainWindow) -> bool:
        del self._steps[0]
        raise ValueError(f"{WORD} was not expected")

    def _close(self, window: MainWindow) -> bool:
        window.close()
        QApplication.quit()
        return True


def walk(path: Path) -> None:
    steps = Walk()
    QTimer.singleShot(0, steps.start)  # the application is made by `run`
    start.prepare()
    start.run(open_services, path, PASSPHRASE)


def last_writes_and_kill(path: Path) -> None:
    """Rows that are only in the log, and spill of a query that runs out of memory, at the moment of a kill."""
    store = Store.open(path, PASSPHRASE, limits=Limits(memory_mib=64, threads=1))
    put(store, [Transaction(f"{WORD}-last", START, WORD, 1.0, memo=WORD)])
    store.narratives.put(f"{WORD}/{'0' * 64}", f"{WORD} narrative")
    store.database.execute(
        "CREATE TEMP TABLE large AS SELECT range AS n, ? || md5(range::VARCHAR) AS text FROM range(1500000)", [WORD]
    )
    assert path.with_name(path.name + ".wal").stat().st_size > 0, "the log must have something to leak"
    spilled = sum(file.stat().st_size for file in path.with_name(path.name + ".spill").iterdir())
    assert spilled > 1_000_000, "the spill must have something to leak"
    print("spilled", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)


def live(folder: Path) -> None:
    os.umask(0o022)  # a careless one: that files are private is the product's own doing
    secret, path = folder / "input" / "passphrase", folder / "stores" / "cases.whyflag"
    secret.write_text(PASSPHRASE + "\n")
    rows = with_canaries(simulate(60, 45, 3).arrow())
    pa.csv.write_csv(rows, folder / "input" / f"{WORD}.csv")
    given = ("--store", str(path), "--passphrase-file", str(secret))
    whyflag("import", str(folder / "input" / f"{WORD}.csv"), *given)
    whyflag("train", *given)
    whyflag("score", *given)
    with Store.open(path, PASSPHRASE) as store:
        rows_of_queue, _ = store.alerts.top(5)
    template = ("--narrator", "template")
    whyflag("explain", *(row.alert_id for row in rows_of_queue), *template, *given)
    whyflag("explain", f"{WORD}-unknown", *template, *given)
    whyflag("report", "--out", str(folder / "out"), "--format", "json,html,pdf,xlsx", "--limit", "3", *template, *given)
    whyflag("backup", "--daily", "3", *given)
    start_observing("window")
    try:
        walk(path)
        print("closed", flush=True)
    finally:
        last_writes_and_kill(path)


if __name__ == "__main__":
    live(Path(sys.argv[1]))
