"""Start-up of the window."""

import sys
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from pathlib import Path

import platformdirs
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from desktop.application import Application, Product, catch_unexpected
from desktop.opening import load, open_services
from desktop.services import Opener
from desktop.session import Session, SessionFile
from desktop.settings import Settings, SettingsFile
from desktop.support.collecting import hold_off
from desktop.support.crash import CrashFile
from desktop.support.ending import Ending
from desktop.support.left_out import leave_pandas_out
from desktop.support.passphrase_file import first_line
from desktop.support.single_instance import ring
from domain.private_file import leave_nothing_to_others

NAME = "whyflag"


def open_window(store: Path | None = None, passphrase_file: Path | None = None, user: str | None = None) -> int:
    """Runs the window until it is closed; returns the exit code."""
    passphrase = first_line(passphrase_file) if passphrase_file else None
    if passphrase_file and not passphrase:
        print(f"{passphrase_file} holds no passphrase on its first line.", file=sys.stderr)
        return 2
    prepare()
    loading = load(observe=True)
    try:
        return run(open_services, store, passphrase, user)
    finally:
        loading.join()
        from desktop.bootstrap import observer

        observer().stop()


def prepare() -> None:
    """What makes the start short, and what this process writes its user's alone."""
    leave_nothing_to_others()
    hold_off()
    leave_pandas_out()


def run(opener: Opener, store: Path | None, passphrase: str | None, user: str | None = None) -> int:
    logs = platformdirs.user_log_path(NAME)
    app = QApplication([NAME])
    app.setApplicationName(NAME)
    app.setDesktopFileName(NAME)
    app.setWindowIcon(QIcon(str(files("resources") / "icons" / f"{NAME}.svg")))
    folder = platformdirs.user_config_path(NAME)
    settings = SettingsFile(folder / "settings.json", Settings())
    session = SessionFile(folder / "session.json", Session())
    last = session.current.last_store
    wanted = store or (Path(last) if last else None)
    if wanted is not None and ring(wanted):
        print(f"{wanted} is open already: its window was brought to the front.", file=sys.stderr)
        return 0
    about = product()
    crash = CrashFile(logs / "crash.txt", about.version)
    application = Application(app, opener, settings, session, about, crash)
    ending = Ending(application.end)
    catch_unexpected(application.fail, crash)
    application.start(store, passphrase, user)
    crash.watch()
    code = app.exec()
    ending.close()
    crash.close()
    return code


def product() -> Product:
    font = (files("resources") / "themes" / "fonts" / "LICENSE.txt").read_text(encoding="utf-8")
    try:
        installed = distribution(NAME)
    except PackageNotFoundError:
        return Product("from source", font)
    notices = installed.read_text("licenses/THIRD_PARTY_NOTICES.md") or ""
    return Product(installed.version, f"{notices}\n\n{font}")
