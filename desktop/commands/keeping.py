"""`whyflag backup | restore | check`: that nothing of a store is lost, and what is left where something was."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from desktop.commands.acting import user_given
from desktop.commands.shared import AsJson, PassphraseFile, StoreOption, opened, passphrase, print_json, run
from domain.store import Store
from domain.store.backups import Backup, BackupPlan, backup_folder, backups_of, read_plan
from domain.store.backups.plan import DAILY, WEEKLY
from domain.store.damage import Examination, TableFinding

MIB = 1 << 20


def backup(
    store: StoreOption,
    to: Annotated[Path | None, typer.Option(help="Folder; default: the plan's, or beside the store.")] = None,
    daily: Annotated[int | None, typer.Option(min=0, help="From now on, days of which the newest is kept.")] = None,
    weekly: Annotated[int | None, typer.Option(min=0, help="From now on, weeks of which the newest is kept.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="Only list the backups that stand.")] = False,
    as_json: AsJson = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Back the store up, encrypted as it is, and prove the backup by a test restore.

    With --daily or --weekly the folder and these numbers become the store's plan: the window then makes a backup a day,
    and old ones are removed.
    """
    if list_:
        _list(store, to or backup_folder(store), as_json)
        return
    with opened(store, passphrase_file) as open_store:
        if daily is not None or weekly is not None:
            open_store.plan_backups(_plan(store, to, daily, weekly))
        made = run(open_store.back_up(to, now=datetime.now(UTC)))
    if as_json:
        print_json(made)
    else:
        print(f"{made.folder}  {made.size / MIB:,.1f} MiB, read back whole: {made.words}")


def restore(
    folder: Annotated[Path, typer.Argument(help="The backup's folder.", show_default=False)],
    store: StoreOption,
    replace: Annotated[bool, typer.Option("--replace", help="Move a store that stands there aside.")] = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Take a backup back, checked and read to the end before it is the store. The passphrase is that of its day."""
    secret = passphrase(passphrase_file, store)
    taken = run(
        Store.restore(
            folder,
            store,
            secret,
            now=datetime.now(UTC),
            replace=replace,
            user=user_given(),
        )
    )
    print(f"{store} is as it was at {taken.words}")


def check(store: StoreOption, as_json: AsJson = False, passphrase_file: PassphraseFile = None) -> None:
    """Read all of a store, say what can no longer be read, and what going back to the newest backup would cost."""
    with opened(store, passphrase_file) as open_store:
        found = run(open_store.examine())
    if as_json:
        print_json(found)
    else:
        print("\n".join(_examined(found, store)))
    if not found.whole:
        raise typer.Exit(1)


def _plan(store: Path, to: Path | None, daily: int | None, weekly: int | None) -> BackupPlan:
    """The store's, but for what is given."""
    plan = read_plan(store)
    return BackupPlan(
        (to or backup_folder(store)).absolute(),
        daily if daily is not None else plan.daily if plan else DAILY,
        weekly if weekly is not None else plan.weekly if plan else WEEKLY,
    )


def _list(store: Path, folder: Path, as_json: bool) -> None:
    found = backups_of(store, folder)
    if as_json:
        print_json(list(found))
    elif not found:
        print(f"No backup of {store} stands in {folder}.")
    else:
        for one in found:
            print(f"{one.folder}  {one.size / MIB:,.1f} MiB: {one.words}")


def _examined(found: Examination, store: Path) -> list[str]:
    lines = [f"{'ok ' if one.whole else 'NO '} {one.table:<16} {_table_words(one)}" for one in found.tables]
    lines += [f"{'NO ' if found.audit else 'ok '} {'audit chain':<16} {found.audit or 'holds'}"]
    newest = found.newest
    lines += [f"newest backup: {_backup_words(newest)}"]
    if not found.whole and newest is not None:
        lines += [
            _cost(found),
            f"`whyflag restore {newest.folder} --store {store} --replace` takes it; this store is kept.",
        ]
    return lines


def _table_words(one: TableFinding) -> str:
    if one.rows is None:
        return "cannot be read at all"
    return f"{one.rows:,} rows" if one.whole else f"{one.lost:,} of {one.rows:,} rows cannot be read"


def _backup_words(newest: Backup | None) -> str:
    return "none" if newest is None else f"{newest.folder} of {newest.words}"


def _cost(found: Examination) -> str:
    if found.since is None:
        return "What was done since that backup cannot be read."
    told = ", ".join(f"{count:,} {action}" for action, count in found.since if action != "backup")
    return f"Done since that backup, and not in it: {told}." if told else "Nothing was done since that backup."
