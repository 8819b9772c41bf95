"""Pictures of each screen in each theme.

`python -m desktop.support.screenshots --out DIR --store S --passphrase-file F`
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QLocale, QTimer
from PySide6.QtWidgets import QApplication

from desktop.main_window import CASE, HEALTH, QUEUE, THRESHOLD, MainWindow, Surroundings
from desktop.services import Services
from desktop.support.formats import Formats
from desktop.support.look import Look
from desktop.support.settings import Settings
from desktop.support.theme import THEMES
from desktop.tasks import Tasks

SIZES = ((1280, 800), (1600, 1000))
PLACES = (("queue", QUEUE), ("case", CASE), ("threshold", THRESHOLD), ("health", HEALTH))
PATIENCE_SECONDS = 120.0


def take_screenshots(app: QApplication, services: Services, store: Path, out: Path) -> tuple[Path, ...]:
    """Opens the window on `services`, walks through its screens, and returns the pictures. Closes the services."""
    out.mkdir(parents=True, exist_ok=True)
    look = Look(app, THEMES[0])
    around = Surroundings(store, "", "", Settings(out / "window.ini"), look, Formats(QLocale("en_GB")))
    window = MainWindow(services, Tasks(), around)
    window.show()
    taken = []

    def take(name: str) -> None:
        path = out / f"{name}-{look.theme.name}-{window.width()}.png"
        _settle()
        window.grab().save(str(path))
        taken.append(path)

    _wait_for(lambda: window.queue_screen.table.line >= 0 and window.queue.table.row(0) is not None)
    window.walk.open_line(0)
    _wait_for(lambda: window.case.narrative.finished)
    for theme in THEMES:
        look.choose(theme)
        for width, height in SIZES:
            window.resize(width, height)
            for name, place in PLACES:
                window.go(place)
                _wait_for(lambda: not window.health_screen.state.text())
                if place == THRESHOLD:
                    _wait_for(lambda: window.threshold.shown is not None)
                take(name)
    window.close()
    (out / "window.ini").unlink(missing_ok=True)
    return tuple(taken)


def _settle(milliseconds: int = 150) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError("the window did not get ready to be pictured")
        _settle(20)


def main() -> None:
    from desktop.bootstrap import open_services

    parser = argparse.ArgumentParser(description="Pictures of each screen in each theme.")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--passphrase-file", type=Path, required=True)
    given = parser.parse_args()
    app = QApplication([])
    passphrase = given.passphrase_file.read_text(encoding="utf-8").rstrip("\n")
    for path in take_screenshots(app, open_services(given.store, passphrase), given.store, given.out):
        print(path)


if __name__ == "__main__":
    main()
