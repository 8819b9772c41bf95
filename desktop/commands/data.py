"""`whyflag demo | import | train | score`: from files to a queue of alerts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from desktop.bootstrap import DEMO_PASSPHRASE, make_trainer
from desktop.commands.acting import user_given
from desktop.commands.shared import (
    AsJson,
    From,
    PassphraseFile,
    StoreOption,
    Until,
    opened,
    passphrase,
    period_of,
    print_json,
    run,
)
from domain.import_report import ImportReport
from domain.intake import import_columns, import_files
from domain.mapping import load_mapping
from domain.pipeline import LABEL_DELAY, latest_scorer, score_transactions, train_classifier
from domain.simulator import simulate
from domain.store import Store
from domain.thresholds import AlertBudget
from domain.transactions import Period

DEMO_REVIEWED = timedelta(days=14)  # the demo's queue: its last two weeks
DEMO_BUDGET = 25.0
QUALITY_WIDTH = 400


def demo(
    store: StoreOption,
    customers: Annotated[int, typer.Option(min=10, help="How many customers.")] = 600,
    days: Annotated[int, typer.Option(min=40, help="How many days.")] = 90,
    seed: Annotated[int, typer.Option(help="The same seed gives the same rows.")] = 1,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make a store of simulated transactions, trained and scored, ready to look at."""
    secret = DEMO_PASSPHRASE if passphrase_file is None else passphrase(passphrase_file, store)
    if store.exists():
        with Store.open(store, secret, user=user_given()) as open_store:
            if open_store.alerts.count():
                print(f"{store} is ready: {open_store.alerts.count():,} alerts. Passphrase: {_said(passphrase_file)}")
                return
            _fill_demo(open_store, customers, days, seed)
    else:
        with Store.create(store, secret, owner=user_given()) as open_store:
            _fill_demo(open_store, customers, days, seed)
    print(f"{store} is ready. Passphrase: {_said(passphrase_file)}")


def _said(file: Path | None) -> str:
    return DEMO_PASSPHRASE if file is None else f"in {file}"


def _fill_demo(store: Store, customers: int, days: int, seed: int) -> None:
    if not store.transactions.count():
        source = f"simulated: {customers} customers, {days} days, seed {seed}"
        run(import_columns(store, source, simulate(customers, days, seed).arrow(), store.person.name))
    span = store.transactions.span()
    assert span is not None
    reviewed_from = span.end - DEMO_REVIEWED
    trainer = make_trainer()
    known = Period(span.start, reviewed_from - LABEL_DELAY)
    run(train_classifier(store, trainer, actor=store.person.name, period=known, known_at=reviewed_from, seed=seed))
    reviewed = Period(reviewed_from, span.end)
    policy = AlertBudget(DEMO_BUDGET)
    scorer = latest_scorer(store, trainer)
    run(score_transactions(store, scorer, policy, actor=store.person.name, now=datetime.now(UTC), period=reviewed))


def import_(
    files: Annotated[list[str], typer.Argument(help="CSV, Parquet or DuckDB files; globs are allowed.")],
    store: StoreOption,
    mapping: Annotated[str, typer.Option(help="A shipped mapping's name or a mapping file.")] = "whyflag",
    table: Annotated[str | None, typer.Option(help="The table of a DuckDB file.")] = None,
    query: Annotated[str | None, typer.Option(help="A query on a DuckDB file, instead of a table.")] = None,
    as_json: AsJson = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Import transactions; a store that does not exist is made. Prints what was accepted and what was not, and why."""
    paths = [path for pattern in files for path in expanded(pattern)]
    chosen = load_mapping(mapping)
    secret = passphrase(passphrase_file, store)
    user = user_given()
    there = store.exists()
    with Store.open(store, secret, user=user) if there else Store.create(store, secret, owner=user) as open_store:
        report = run(import_files(open_store, paths, chosen, actor=open_store.person.name, table=table, query=query))
    if as_json:
        print_json(report)
    else:
        print(quality_text(report))
    if report.rejects:
        raise typer.Exit(1)


def expanded(pattern: str) -> list[Path]:
    """The files a glob names, sorted; a plain path is itself, so that a missing one is told by the import."""
    path = Path(pattern)
    if path.exists() or not any(sign in pattern for sign in "*?["):
        return [path]
    anchor = Path(path.anchor) if path.anchor else Path()
    return sorted(anchor.glob(str(path.relative_to(anchor)))) or [path]


def quality_text(report: ImportReport) -> str:
    """The import-quality report as a person reads it."""
    span = report.period
    lines = [
        f"{report.rows:,} rows read from {len(report.sources)} source(s) with the mapping {report.mapping}",
        f"  {report.accepted:>10,} accepted"
        + (f", {span.start:%Y-%m-%d %H:%M} until {span.end:%Y-%m-%d %H:%M}" if span else ""),
        f"  {report.duplicates:>10,} duplicates skipped, {report.conflicts:,} of them with other values than kept",
        f"  {report.rejected:>10,} rejected",
    ]
    for reject in report.rejects:
        samples = "; ".join(f"row {row}: {sample!r}" for row, sample in zip(reject.rows, reject.samples, strict=True))
        lines.append(
            f"             {reject.count:,} for {reject.reason} in {reject.source} ({samples})"[:QUALITY_WIDTH]
        )
    lines.append(
        f"amounts: {report.zero_amounts:,} zero, {report.negative_amounts:,} negative, {report.null_amounts:,} missing;"
        f" {report.self_transfers:,} self-transfers"
    )
    lines.append(f"{report.labelled:,} labelled as fraud or not, {report.flagged:,} flagged by another system")
    return "\n".join(lines)


def train(
    store: StoreOption,
    start: From = None,
    until: Until = None,
    known_at: Annotated[
        datetime | None, typer.Option("--known-at", help="Labels that became known later are not used.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed and data give the same classifier.")] = 0,
    as_json: AsJson = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Train, calibrate and register a classifier."""
    with opened(store, passphrase_file) as open_store:
        period = period_of(open_store, start, until)
        version = run(
            train_classifier(
                open_store, make_trainer(), actor=open_store.person.name, period=period, known_at=known_at, seed=seed
            )
        )
    if as_json:
        print_json(version)
        return
    print(f"classifier {version.classifier_id[:12]}  trained on {version.rows:,} rows, {version.frauds:,} known frauds")
    print(f"from {version.trained_from:%Y-%m-%d} until {version.trained_until:%Y-%m-%d}, seed {version.seed}")
    for name, value in version.metrics:
        print(f"  {name:<28} {value:.4f}")


def score(
    store: StoreOption,
    start: From = None,
    until: Until = None,
    alerts_per_day: Annotated[
        float | None,
        typer.Option(min=0, help="How many alerts a day reviewers can take; default: as last applied, or 100."),
    ] = None,
    as_json: AsJson = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Compute features and scores, and raise alerts within the budget."""
    with opened(store, passphrase_file) as open_store:
        scorer = latest_scorer(open_store, make_trainer())
        period = period_of(open_store, start, until)
        policy = None if alerts_per_day is None else AlertBudget(alerts_per_day)
        work = score_transactions(
            open_store, scorer, policy, actor=open_store.person.name, now=datetime.now(UTC), period=period
        )
        result = run(work)
    if as_json:
        print_json(result)
        return
    print(f"{result.scored:,} transactions scored; threshold {result.threshold:.4f} ({result.policy})")
    print(f"{result.alerts:,} alerts, {result.upstream:,} of them flagged by another system")
