"""`whyflag report` and `whyflag audit verify`: what goes out, and the proof of what was done."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from desktop.bootstrap import current_user, make_explainer, make_narrator, places
from desktop.commands.explain import narrator_name
from desktop.commands.shared import AsJson, PassphraseFile, StoreOption, opened, print_json, run
from domain.exporting import export_report
from domain.rendering import render
from domain.reporting import FORMATS, report_time


def report(
    store: StoreOption,
    out: Annotated[Path, typer.Option(help="Folder for the report; made if missing.")],
    format_: Annotated[str, typer.Option("--format", help=f"Some of {','.join(FORMATS)}.")] = "pdf,json",
    limit: Annotated[int | None, typer.Option(min=1, help="How many alerts, highest score first.")] = None,
    narrator: Annotated[str, typer.Option(help="lora, base or template.")] = "lora",
    as_json: AsJson = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Write the batch risk report: every case with facts, evidence, verified narrative and decision."""
    wanted = [name.strip() for name in format_.split(",")]
    formats = [name for name in FORMATS if name in wanted]
    if len(formats) != len(set(wanted)):
        raise typer.BadParameter(f"{format_!r} names an unknown format: choose some of {','.join(FORMATS)}.")
    created_at = report_time(os.environ.get("SOURCE_DATE_EPOCH"), datetime.now(UTC))
    with opened(store, passphrase_file) as open_store:
        writer = make_narrator(narrator_name(narrator), places())
        try:
            explain = make_explainer(open_store, writer).explain_many
            work = export_report(
                open_store, explain, render, out, formats, actor=current_user(), created_at=created_at, limit=limit
            )
            paths = run(work)
        finally:
            writer.close()
    if as_json:
        print_json([str(path) for path in paths])
    else:
        for path in paths:
            print(path)


audit_app = typer.Typer(help="The audit log.")


@audit_app.command()
def verify(store: StoreOption, as_json: AsJson = False, passphrase_file: PassphraseFile = None) -> None:
    """Check the audit chain from its first entry to its kept head."""
    with opened(store, passphrase_file) as open_store:
        checked, head = open_store.audit.verify(), open_store.audit.head()
    if as_json:
        print_json({"entries": checked, "head": head})
    else:
        print(f"{checked:,} entries hold; head {head}")
