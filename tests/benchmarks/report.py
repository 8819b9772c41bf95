"""What a report of 1,000 alerts takes, stage by stage: `python -m tests.benchmarks.report [--store S ...]`.

With a store (and `--passphrase-file`): the whole export of its highest alerts with the template narrator, each stage
as the progress names it; a second run finds the explanations kept. Without: 1,000 made-up cases of ten pieces of
evidence, rendered. The limit is 60 s and 1.5 GB on two cores for all five formats, 15 s for the PDF.
"""

import argparse
import os
import sys
import tempfile
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from desktop.bootstrap import make_explainer, make_scorer
from domain.exporting import export_report
from domain.rendering import render
from domain.report_check import check_folder
from domain.report_sources import sources_of
from domain.reporting import Case, Format, Report, ReportRequest, Selection
from domain.store import Store
from domain.template import TemplateNarrator
from tests.reports import a_history, a_report, a_transaction, an_alert, an_explanation

FORMATS: tuple[Format, ...] = ("pdf", "html", "xlsx", "csv", "json")
EVIDENCE = 10
SAMPLED = 0.02  # seconds between two looks at the memory


class Meter:
    """Tells what each stage took: on the clock, of the processors, and at most of memory, children included."""

    def __init__(self) -> None:
        self._peak = 0.0
        self._clock, self._work = time.perf_counter(), processor_seconds()
        threading.Thread(target=self._watch, daemon=True).start()

    def tell(self, stage: str) -> None:
        clock, work = time.perf_counter(), processor_seconds()
        print(
            f"{stage:<28} {clock - self._clock:7.1f} s, {work - self._work:7.1f} s of processors,"
            f" at most {self._peak:5.2f} GiB",
            flush=True,
        )
        self._clock, self._work, self._peak = clock, work, 0.0

    def _watch(self) -> None:
        while True:
            self._peak = max(self._peak, resident(os.getpid()) / 2**30)
            time.sleep(SAMPLED)


def processor_seconds() -> float:
    """Of this process and its ended children, user and system."""
    return sum(os.times()[:4])


def resident(process: int) -> int:
    """Bytes that a process and all under it hold in memory; shared pages count for each.

    A child that has not begun its own program yet is left out: it stands on its parent's very memory.
    """
    own = Path(f"/proc/{process}")
    try:
        command = (own / "cmdline").read_bytes()
        pages = int((own / "statm").read_text().split()[1])
        children = [
            int(child) for task in (own / "task").iterdir() for child in (task / "children").read_text().split()
        ]
    except OSError:
        return 0  # it ended meanwhile
    begun = [child for child in children if command_of(child) != command]
    return pages * os.sysconf("SC_PAGE_SIZE") + sum(map(resident, begun))


def command_of(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def measure_export(store: Store, folder: Path, alerts: int) -> None:
    sources = sources_of(store, make_explainer(store, TemplateNarrator()), make_scorer(store))
    request = ReportRequest(folder, FORMATS, Selection(limit=alerts))
    meter, stage = Meter(), "beginning"
    for progress in export_report(store, sources, render, request, actor="benchmark", created_at=datetime.now(UTC)):
        if progress.step != stage:
            meter.tell(stage)
            stage = progress.step
    checked = check_folder(folder)
    meter.tell(f"verify ({len(checked.findings)} findings)")


def made_up(alerts: int) -> Report:
    cases = []
    for number in range(alerts):
        name = f"T-{number}"
        transaction = a_transaction(name, occurred_at=a_transaction().occurred_at + timedelta(minutes=number))
        plain = an_explanation(name)
        repeated = (plain.evidence[rank % len(plain.evidence)] for rank in range(len(plain.evidence), EVIDENCE))
        more = tuple(
            replace(item, id=f"E{rank}", rank=rank) for rank, item in enumerate(repeated, len(plain.evidence) + 1)
        )
        explanation = replace(plain, evidence=(*plain.evidence, *more))
        cases.append(Case(transaction, an_alert(name), explanation, a_history(transaction, 60)))
    return a_report(cases)


def measure_rendering(alerts: int) -> None:
    report = made_up(alerts)
    meter = Meter()
    for format in FORMATS:
        size = sum(len(render(part, format)) for part in report.volumes(format))
        meter.tell(f"{format}, {size / 2**20:.1f} MiB")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--passphrase-file", type=Path)
    parser.add_argument("--alerts", type=int, default=1000)
    arguments = parser.parse_args()
    if arguments.store is None:
        measure_rendering(arguments.alerts)
        return 0
    passphrase = arguments.passphrase_file.read_text("utf-8").splitlines()[0]
    with Store.open(arguments.store, passphrase) as store, tempfile.TemporaryDirectory() as folder:
        measure_export(store, Path(folder), arguments.alerts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
