"""`whyflag audit`: the proof of what was done, checked in the store, on an exported log, and against noted heads."""

from pathlib import Path
from typing import Annotated

import typer

from desktop.commands.shared import AsJson, PassphraseFile, opened, print_json
from desktop.commands.shared import StoreOption as RequiredStore
from domain.audit import CheckedLog, SignedHead, read_head
from domain.auditing import check_exported, check_store, export_audit

StoreOption = Annotated[Path | None, typer.Option("--store", help="The encrypted store.", show_default=False)]
app = typer.Typer(help="The audit log: who did what, when, before and after.", no_args_is_help=True)
HEAD_HELP = "A head that was noted elsewhere: the log must reach it."


@app.command()
def verify(
    store: StoreOption = None,
    file: Annotated[Path | None, typer.Option("--file", help="An exported log, checked without its store.")] = None,
    head: Annotated[Path | None, typer.Option("--head", help=HEAD_HELP)] = None,
    key: Annotated[str | None, typer.Option("--key", help="Fingerprint of the key it must be signed by.")] = None,
    as_json: AsJson = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Check the audit chain from its first entry to its signed head, in the store or in an exported file."""
    if (store is None) == (file is None):
        raise typer.BadParameter("name either --store or --file.")
    noted = _head(head)
    if file is not None:
        checked = check_exported(file, key, noted)
    else:
        assert store is not None
        with opened(store, passphrase_file) as open_store:
            checked = check_store(open_store, key, noted)
    if as_json:
        print_json(checked)
    else:
        _tell(checked)


@app.command()
def export(
    store: RequiredStore,
    out: Annotated[Path, typer.Option("--out", help="The file to write, JSON Lines.", show_default=False)],
    as_json: AsJson = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Write the whole log with its signed head, to be checked anywhere: `whyflag audit verify --file`."""
    with opened(store, passphrase_file) as open_store:
        exported = export_audit(open_store, out)
    if as_json:
        print_json(exported)
    else:
        print(f"{out}: {exported.entries:,} entries; head {exported.head}\nsigned by {exported.fingerprint}")


def _head(path: Path | None) -> SignedHead | None:
    if path is None:
        return None
    try:
        return read_head(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise typer.BadParameter(f"{path} cannot be read.") from None


def _tell(checked: CheckedLog) -> None:
    print(f"{checked.entries:,} entries hold; head {checked.head}")
    print(f"signed by {checked.fingerprint}")
    if checked.noted is None:
        print("No head noted elsewhere was compared: entries cut off before the log was signed last would not show.")
    else:
        print(f"It reaches the head noted elsewhere, at entry {checked.noted:,}.")
