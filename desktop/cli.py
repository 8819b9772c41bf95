"""The `whyflag` command. Exit codes: 0 done, 1 the work found problems (it says which), 2 wrong usage."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from desktop.bootstrap import start_observing
from desktop.commands import (
    auditing,
    data,
    deciding,
    doctor,
    evaluate,
    explain,
    keeping,
    metrics,
    narrator,
    reporting,
    rules,
    threshold,
    typologies,
    users,
    what_if,
)
from desktop.commands.acting import add_user_option, user_given
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
app.command("decide")(deciding.decide_)
app.command("view")(deciding.view)
app.command("approve")(deciding.approve_)
app.command("reject")(deciding.reject_)
app.command("reverse")(deciding.reverse_)
app.command("contest")(deciding.contest_)
app.command()(deciding.proposal)
app.add_typer(deciding.policy_app, name="policy")
app.command()(doctor.doctor)
app.command()(keeping.backup)
app.command()(keeping.restore)
app.command()(keeping.check)
app.command()(metrics.metrics)
evaluate.app.command()(typologies.typologies)
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(narrator.app, name="narrator")
app.add_typer(rules.app, name="rules")
app.add_typer(reporting.report_app, name="report")
app.add_typer(auditing.app, name="audit")
app.add_typer(users.app, name="user")


@app.callback(invoke_without_command=True)
def window(
    context: typer.Context,
    store: Annotated[Path | None, typer.Option(help="Open this store in the window.")] = None,
    passphrase_file: Annotated[Path | None, typer.Option(help="File whose first line is the passphrase.")] = None,
) -> None:
    """Without a command: open the window."""
    if context.invoked_subcommand is None:
        from desktop.start import open_window

        raise typer.Exit(open_window(store, passphrase_file, user_given()))


add_user_option(app)


def main() -> None:
    """Entry point of the console script."""
    watch = start_observing("command")
    try:
        with watch.operation(_command(sys.argv[1:])):
            app()
    except WhyflagError as error:
        print(error.message, file=sys.stderr)
        if error.hint:
            print(error.hint, file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)  # the reader of a pipe had enough
    finally:
        watch.stop()


def _command(words: Sequence[str]) -> str:
    """The command's own name, and no other word of the line: those may name files and cases."""
    return next((word for word in words if word in typer.main.get_group(app).commands), "window")


if __name__ == "__main__":
    main()
