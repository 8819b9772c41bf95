"""What a report of 1,000 alerts takes, stage by stage: `python -m tests.benchmarks.report [--store S ...]`.

With a store (and `--passphrase-file`): the whole export of its highest alerts with the template narrator, each stage
as the progress names it. Without: 1,000 made-up cases of ten pieces of evidence, rendered. The limit is 60 s and
1.5 GiB on two cores for all five formats, 15 s for the PDF.
"""

import argparse
import resource
import sys
import tempfile
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


def tell(stage: str, seconds: float) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{stage:<28} {seconds:7.1f} s   peak so far {peak:5.2f} GiB", flush=True)


def measure_export(store: Store, folder: Path, alerts: int) -> None:
    sources = sources_of(store, make_explainer(store, TemplateNarrator()), make_scorer(store))
    request = ReportRequest(folder, FORMATS, Selection(limit=alerts))
    begun = started = time.perf_counter()
    stage = "beginning"
    for progress in export_report(store, sources, render, request, actor="benchmark", created_at=datetime.now(UTC)):
        if progress.step != stage:
            tell(stage, time.perf_counter() - started)
            stage, started = progress.step, time.perf_counter()
    tell("all", time.perf_counter() - begun)
    started = time.perf_counter()
    checked = check_folder(folder)
    tell(f"verify ({len(checked.findings)} findings)", time.perf_counter() - started)


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
    for format in FORMATS:
        started = time.perf_counter()
        size = len(render(report, format))
        tell(f"{format}, {size / 2**20:.1f} MiB", time.perf_counter() - started)


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
