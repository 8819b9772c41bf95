"""`whyflag user`: who may open a store, and as what."""

import time
from pathlib import Path
from typing import Annotated

import typer

from desktop.commands.shared import AsJson, PassphraseFile, StoreOption, opened, passphrase, print_json
from desktop.support.recovery_sheet import sheet_text
from domain.access.roles import ROLES, Person, Role
from domain.access.users import (
    add_user,
    change_passphrase,
    new_recovery_sheet,
    people,
    reset_passphrase,
    set_disabled,
    set_roles,
)
from domain.access.wrapping import KeyCost
from domain.store.key import key_path, recover

app = typer.Typer(help="The users of a store: each opens it with a passphrase of their own.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="The user that is changed.", show_default=False)]
NewPassphrase = Annotated[
    Path | None,
    typer.Option("--new-passphrase-file", help="File whose first line is the new passphrase; asked for otherwise."),
]
Roles = Annotated[str, typer.Option("--roles", help=f"Some of {','.join(ROLES)}.", show_default=False)]


@app.command("add")
def add(
    name: Name,
    store: StoreOption,
    roles: Roles,
    person: Annotated[str, typer.Option(help="The human being, where one has several users.")] = "",
    new_passphrase_file: NewPassphrase = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Add a user. Until the passphrase is changed by its user, it opens the store for reading only."""
    with opened(store, passphrase_file) as open_store:
        chosen = passphrase(new_passphrase_file, store, f"Passphrase for {name}")
        added = add_user(open_store, name, _roles(roles), chosen, now=time.time(), identity=person)
    print(f"{added.name} is {', '.join(added.roles)} and changes the passphrase first: `whyflag user passwd`.")


@app.command("list")
def list_(store: StoreOption, as_json: AsJson = False, passphrase_file: PassphraseFile = None) -> None:
    """List the users, their roles and their state."""
    with opened(store, passphrase_file) as open_store:
        found = people(open_store)
    if as_json:
        print_json(list(found))
        return
    for person in found:
        print(f"{person.name:<20} {', '.join(person.roles):<34} {_state(person)}".rstrip())


@app.command("passwd")
def passwd(
    store: StoreOption, new_passphrase_file: NewPassphrase = None, passphrase_file: PassphraseFile = None
) -> None:
    """Change one's own passphrase."""
    with opened(store, passphrase_file) as open_store:
        name = open_store.person.name
        change_passphrase(open_store, passphrase(new_passphrase_file, store, "New passphrase"), now=time.time())
    print(f"The passphrase of {name} is changed.")


@app.command("reset")
def reset(
    name: Name,
    store: StoreOption,
    new_passphrase_file: NewPassphrase = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Give a user a new passphrase, which the user changes first."""
    with opened(store, passphrase_file) as open_store:
        chosen = passphrase(new_passphrase_file, store, f"New passphrase for {name}")
        reset_passphrase(open_store, name, chosen, now=time.time())
    print(f"The passphrase of {name} is reset.")


@app.command("disable")
def disable(
    name: Name,
    store: StoreOption,
    enable: Annotated[bool, typer.Option("--enable", help="Take it back.")] = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Let a user's passphrase open the store no more."""
    with opened(store, passphrase_file) as open_store:
        person = set_disabled(open_store, name, not enable, now=time.time())
    print(f"{person.name} is {'disabled' if person.disabled else 'enabled'}.")


@app.command("role")
def role(name: Name, store: StoreOption, roles: Roles, passphrase_file: PassphraseFile = None) -> None:
    """Give a user other roles."""
    with opened(store, passphrase_file) as open_store:
        person = set_roles(open_store, name, _roles(roles), now=time.time())
    print(f"{person.name} is {', '.join(person.roles)}.")


@app.command("recovery-sheet")
def recovery_sheet(store: StoreOption, passphrase_file: PassphraseFile = None) -> None:
    """Print the recovery key, this once. Every former sheet is worthless from now on."""
    with opened(store, passphrase_file) as open_store:
        print(sheet_text(store, new_recovery_sheet(open_store, now=time.time()), people(open_store)))


@app.command("recover")
def recover_(
    name: Name,
    store: StoreOption,
    recovery_file: Annotated[Path, typer.Option(help="File whose first line is the recovery key.", show_default=False)],
    new_passphrase_file: NewPassphrase = None,
) -> None:
    """Give an administrator a new passphrase by the recovery sheet."""
    sheet = passphrase(recovery_file, store)
    chosen = passphrase(new_passphrase_file, store, f"New passphrase for {name}")
    recover(key_path(store), sheet, name, chosen, time.time(), KeyCost())
    print(f"{name} opens {store} with the new passphrase. Print a new recovery sheet: this one was used.")


def _roles(given: str) -> tuple[Role, ...]:
    wanted = {name.strip() for name in given.split(",")}
    unknown = wanted - set(ROLES)
    if unknown:
        raise typer.BadParameter(f"--roles has {', '.join(sorted(unknown))}: choose some of {','.join(ROLES)}.")
    return tuple(role for role in ROLES if role in wanted)


def _state(person: Person) -> str:
    words = []
    if person.identity != person.name:
        words.append(f"is {person.identity}")
    if person.disabled:
        words.append("disabled")
    if person.temporary:
        words.append("must change the passphrase")
    return ", ".join(words)
