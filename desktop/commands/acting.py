"""`--user`: on every command that takes a passphrase, added in one place, so that none can be forgotten."""

import inspect
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Annotated, Any

import typer

UserOption = Annotated[
    str | None,
    typer.Option(
        "--user", help="Whose passphrase it is; default: the store's only user, else the one named as your login."
    ),
]
_user: ContextVar[str | None] = ContextVar("user", default=None)


def user_given() -> str | None:
    """Whom `--user` names in the command that runs."""
    return _user.get()


def add_user_option(app: typer.Typer) -> None:
    """To every command and group of the app, however deep, that takes a passphrase."""
    for command in app.registered_commands:
        command.callback = _with_user(command.callback)
    if app.registered_callback is not None:
        app.registered_callback.callback = _with_user(app.registered_callback.callback)
    for group in app.registered_groups:
        if group.typer_instance is not None:
            add_user_option(group.typer_instance)


def _with_user(command: Callable[..., Any] | None) -> Callable[..., Any] | None:
    if command is None:
        return None
    signature = inspect.signature(command)
    if "passphrase_file" not in signature.parameters or "user" in signature.parameters:
        return command

    @wraps(command)
    def acting(*arguments: Any, user: str | None = None, **options: Any) -> Any:
        token = _user.set(user)
        try:
            return command(*arguments, **options)
        finally:
            _user.reset(token)

    option = inspect.Parameter("user", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=UserOption)
    parameters = [*signature.parameters.values(), option]
    acting.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    acting.__annotations__ = {**command.__annotations__, "user": UserOption}
    return acting
