"""`whyflag report` and `report verify`: what goes out, and the proof that it did not change."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar, get_args

import typer

from desktop.bootstrap import make_explainer, make_narrator, make_scorer, places
from desktop.commands.explain import narrator_name
from desktop.commands.shared import AsJson, From, PassphraseFile, Until, opened, print_json, run
from domain.auditing import check_report_heads
from domain.exporting import export_report, preview_report
from domain.rendering import render
from domain.rendering.template import load_template, shipped_templates
from domain.report_check import CheckResult, Finding, check_folder
from domain.report_sources import sources_of
from domain.reporting import FORMATS, MASKS, Format, ReportRequest, Selection, report_time
from domain.review import DISPOSITIONS
from domain.scoring import Band

Choice = TypeVar("Choice", bound=str)
STATES = ("open", "decided", *DISPOSITIONS)
StoreOption = Annotated[Path | None, typer.Option("--store", help="The encrypted store.", show_default=False)]
Out = Annotated[Path | None, typer.Option(help="Folder for the report; made if missing.", show_default=False)]

report_app = typer.Typer(
    help="Write the batch risk report: every case with facts, evidence, verified narrative and decision.",
    invoke_without_command=True,
)


@report_app.callback(invoke_without_command=True)
def report(
    context: typer.Context,
    store: StoreOption = None,
    out: Out = None,
    format_: Annotated[str, typer.Option("--format", help=f"Some of {','.join(FORMATS)}.")] = "pdf,json",
    start: From = None,
    until: Until = None,
    band: Annotated[str | None, typer.Option(help=f"One of {', '.join(get_args(Band))}.")] = None,
    state: Annotated[str | None, typer.Option(help=f"One of {', '.join(STATES)}.")] = None,
    query: Annotated[str, typer.Option(help="Only alerts with this text in an id or the memo.")] = "",
    limit: Annotated[int | None, typer.Option(min=1, help="How many alerts, highest score first.")] = None,
    template: Annotated[str, typer.Option(help=f"{', '.join(shipped_templates())}, or a folder.")] = "standard",
    mask: Annotated[str, typer.Option(help=f"Who may read it: {', '.join(MASKS)}.")] = "none",
    narrator: Annotated[str, typer.Option(help="lora, base or template.")] = "lora",
    preview: Annotated[bool, typer.Option("--preview", help="Only say what the report would hold.")] = False,
    as_json: AsJson = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Write the batch risk report. A run that was killed goes on where it was when it is given again."""
    if context.invoked_subcommand is not None:
        return
    if store is None or (out is None and not preview):
        raise typer.BadParameter("a report needs --store and --out.")
    selection = Selection(
        start,
        until,
        _one_of("--band", band, get_args(Band)) if band else None,
        _one_of("--state", state, STATES) if state else None,
        query,
        limit,
    )
    request = ReportRequest(out or Path(), _formats(format_), selection, _one_of("--mask", mask, MASKS), template)
    if preview:
        _preview(store, passphrase_file, selection, as_json)
        return
    look = load_template(template)
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    created_at = report_time(epoch, datetime.now(UTC))
    with opened(store, passphrase_file) as open_store:
        writer = make_narrator(narrator_name(narrator), places())
        try:
            work = export_report(
                open_store,
                sources_of(open_store, make_explainer(open_store, writer), make_scorer(open_store)),
                partial(render, template=look),
                request,
                actor=open_store.person.name,
                created_at=created_at,
                reproducible=bool(epoch),
            )
            paths = run(work)
        finally:
            writer.close()
    if as_json:
        print_json([str(path) for path in paths])
    else:
        for path in paths:
            print(path)


@report_app.command("verify")
def verify_report(
    folder: Annotated[Path, typer.Argument(help="The folder that holds the report.", show_default=False)],
    key: Annotated[str | None, typer.Option(help="Fingerprint of the key it must be signed by.")] = None,
    store: Annotated[Path | None, typer.Option("--store", help="Compare its audit head with this store's.")] = None,
    as_json: AsJson = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Check a report's folder without store or passphrase: signature, files, sentences against their evidence."""
    checked = check_folder(folder, key)
    if store is not None:
        checked = _beside_store(checked, store, passphrase_file)
    if as_json:
        print_json(checked)
    else:
        _tell(checked, pinned=key is not None)
    if checked.findings:
        raise typer.Exit(1)


def _beside_store(checked: CheckResult, store: Path, passphrase_file: Path | None) -> CheckResult:
    """What differs between the audit heads that the reports cite and the store's own chain is a finding more."""
    heads = [(one.report, one.audit_entries, one.audit_head) for one in checked.reports]
    with opened(store, passphrase_file) as open_store:
        found = check_report_heads(open_store, heads)
    return replace(checked, findings=(*checked.findings, *(Finding(name, "audit", words) for name, words in found)))


def _tell(checked: CheckResult, *, pinned: bool) -> None:
    for finding in checked.findings:
        place = f", {finding.place}" if finding.place else ""
        print(f"{finding.file}{place}: {finding.problem}")
    for one in checked.reports:
        told = f"{one.sentences:,} sentences with {one.claims:,} claims verified anew"
        anew = told if one.rechecked else "no JSON among them, so that no sentence was verified anew"
        print(f"{one.report}: {one.files:,} files, {one.cases:,} cases; {anew}; masking {one.mask}")
        print(f"  signed by {one.fingerprint}; audit head {one.audit_head} at entry {one.audit_entries:,}")
    count = len(checked.findings)
    print("Nothing differs from what was signed." if not count else f"{count:,} findings.")
    if not pinned:
        print("Anyone can sign with a key of their own: compare the fingerprint, or name it with --key.")


def _preview(store: Path, passphrase_file: Path | None, selection: Selection, as_json: bool) -> None:
    with opened(store, passphrase_file) as open_store:
        found = preview_report(open_store, selection)
    if as_json:
        print_json(found)
    else:
        period = f", {found.first:%Y-%m-%d} to {found.last:%Y-%m-%d}" if found.first and found.last else ""
        print(f"{found.reported:,} of {found.matching:,} alerts that match; {found.escalated:,} escalated{period}")


def _formats(given: str) -> tuple[Format, ...]:
    wanted = [name.strip() for name in given.split(",")]
    formats = tuple(name for name in FORMATS if name in wanted)
    if len(formats) != len(set(wanted)):
        raise typer.BadParameter(f"{given!r} names an unknown format: choose some of {','.join(FORMATS)}.")
    return formats


def _one_of(option: str, given: str, known: tuple[Choice, ...]) -> Choice:
    for choice in known:
        if choice == given:
            return choice
    raise typer.BadParameter(f"{option} is {given!r}: choose one of {', '.join(known)}.")
