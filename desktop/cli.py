"""The `whyflag` command. Exit codes: 0 done, 1 the work found problems (it says which), 2 wrong usage."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from desktop.commands import data, doctor, evaluate, explain, narrator, reporting, rules, threshold, typologies, what_if
from domain.errors import WhyflagError

app = typer.Typer(
    help="Offline desktop assistant for fraud analysts: explains why a transaction was flagged.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(data.demo)
app.command("import")(data.import_)
app.command()(data.train)
app.command()(data.score)
app.command()(threshold.threshold)
app.command()(explain.alerts)
app.command()(explain.explain)
app.command("what-if")(what_if.what_if_)
app.command()(doctor.doctor)
evaluate.app.command()(typologies.typologies)
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(narrator.app, name="narrator")
app.add_typer(rules.app, name="rules")
app.add_typer(reporting.report_app, name="report")
app.add_typer(reporting.audit_app, name="audit")


@app.callback(invoke_without_command=True)
def window(
    context: typer.Context,
    store: Annotated[Path | None, typer.Option(help="Open this store in the window.")] = None,
    passphrase_file: Annotated[Path | None, typer.Option(help="File whose first line is the passphrase.")] = None,
) -> None:
    """Without a command: open the window."""
    if context.invoked_subcommand is None:
        from desktop.__main__ import open_window

        raise typer.Exit(open_window(store, passphrase_file))


def main() -> None:
    """Entry point of the console script."""
    try:
        app()
    except WhyflagError as error:
        print(error.message, file=sys.stderr)
        if error.hint:
            print(error.hint, file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)  # the reader of a pipe had enough


if __name__ == "__main__":
    main()
