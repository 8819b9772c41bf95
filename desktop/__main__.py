"""Start-up of the window: `python -m desktop [--store PATH] [--passphrase-file FILE]`."""

import argparse
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path

import platformdirs
from PySide6.QtWidgets import QApplication

from desktop.application import Application, Product, catch_unexpected
from desktop.services import Opener
from desktop.support.log import write_log
from desktop.support.settings import Settings

NAME = "whyflag"


def open_window(store: Path | None = None, passphrase_file: Path | None = None) -> int:
    """Runs the window until it is closed; returns the exit code."""
    from desktop.bootstrap import open_services

    passphrase = None
    if passphrase_file is not None:
        passphrase = (passphrase_file.read_text(encoding="utf-8").splitlines() or [""])[0]
    return run(open_services, store, passphrase)


def run(opener: Opener, store: Path | None, passphrase: str | None) -> int:
    write_log(platformdirs.user_log_path(NAME) / "window.log")
    app = QApplication([NAME])
    app.setApplicationName(NAME)
    settings = Settings(platformdirs.user_config_path(NAME) / "window.ini")
    application = Application(app, opener, settings, product())
    catch_unexpected(application.fail)
    application.start(store, passphrase)
    return app.exec()


def product() -> Product:
    try:
        number = version(NAME)
    except PackageNotFoundError:
        number = "from source"
    root = Path(str(files("resources"))).parent
    notices = [root / "THIRD_PARTY_NOTICES.md", root / "resources" / "themes" / "fonts" / "LICENSE.txt"]
    return Product(number, "\n\n".join(path.read_text(encoding="utf-8") for path in notices if path.exists()))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m desktop", description="Opens the window.")
    parser.add_argument("--store", type=Path, help="open this store")
    parser.add_argument("--passphrase-file", type=Path, help="file whose first line is the passphrase")
    given = parser.parse_args()
    return open_window(given.store, given.passphrase_file)


if __name__ == "__main__":
    sys.exit(main())
