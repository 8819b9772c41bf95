"""Walks the window through its scenes and saves what each looks like. Nothing in the store is decided or imported."""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QSize, QTimer
from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtWidgets import QApplication

from desktop.application import Product
from desktop.main_window import QUEUE, MainWindow
from desktop.pictures.scenes import SCENES, Scene, Stage
from desktop.screens.manual.pages import PICTURE, picture_names
from desktop.services import Services
from desktop.session import Session, SessionFile
from desktop.settings import Settings, SettingsFile
from desktop.support.formats import Formats
from desktop.support.look import Look
from desktop.support.theme import THEMES
from desktop.support.translation import ENGLISH, locale_of, speak
from desktop.surroundings import Surroundings
from desktop.tasks import Tasks
from domain.import_report import ImportReport, Reject
from domain.transactions import Period

SIZE = QSize(1280, 800)
NOBODY = Product("", "")
LOSSLESS = 100  # of WebP
PATIENCE_SECONDS = 300.0
CALM_MS = 60
SAMPLE = """Booking Date;Account;Amount;Currency;Beneficiary;Reference;Card present
03.02.2026 08:14;C-000082;54,20;EUR;Grocer;weekly shop;yes
03.02.2026 19:40;C-000161;1.250,00;EUR;Landlord;rent February;no
04.02.2026 12:05;C-000082;12,90;EUR;Lunch bar;;yes
04.02.2026 23:58;C-000237;899,00;EUR;Phones online;order 5512;no
"""

REPORT = ImportReport(
    import_id=1,
    mapping="bookings",
    sources=("bookings.csv",),
    rows=10_652,
    accepted=10_400,
    rejects=(
        Reject("the time cannot be read", 140, (3, 4, 5), ("31/31/2026", "n/a", "soon"), "bookings.csv"),
        Reject("the amount is negative", 12, (17, 408, 911), ("-3.20", "-18.00", "-0.01"), "bookings.csv"),
    ),
    duplicates=100,
    conflicts=2,
    self_transfers=9,
    zero_amounts=4,
    negative_amounts=12,
    null_amounts=0,
    flagged=31,
    labelled=0,
    period=Period(datetime(2026, 1, 1), datetime(2026, 2, 28, 23, 59, 59)),
)


def take_pictures(
    app: QApplication,
    services: Services,
    store: Path,
    out: Path,
    language: str = ENGLISH,
    about: Product = NOBODY,
    size: QSize = SIZE,
    scenes: tuple[Scene, ...] = SCENES,
    themes: tuple[str, ...] = THEMES,
) -> tuple[Path, ...]:
    """Every scene in every theme, under the names by which the manual finds them. Closes the services."""
    out.mkdir(parents=True, exist_ok=True)
    speak(language)
    look = Look(app, THEMES[0])
    kept = SettingsFile(out / "settings.json", Settings()), SessionFile(out / "session.json", Session())
    file = out / "bookings.csv"
    file.write_text(SAMPLE, encoding="utf-8")
    tasks = Tasks()
    formats = Formats(locale_of(language))
    window = MainWindow(services, tasks, Surroundings(store, about.version, about.notices, *kept, look, formats))
    window.resize(size)
    window.show()
    stage = Stage(window, tasks, look, store, file, REPORT)
    _wait_for(lambda: window.queue_screen.table.line >= 0 and window.queue.table.row(0) is not None)
    window.walk.open_line(0)
    _wait_for(lambda: window.case.narrative.finished)
    taken = []
    for theme in themes:
        window.choose_theme(theme)
        for scene in scenes:
            path = out / _name(scene, theme, language)
            _take(scene, stage, path)
            taken.append(path)
    window.close()
    for path in (file, *(one.path for one in kept)):
        path.unlink(missing_ok=True)
    return tuple(taken)


def _name(scene: Scene, theme: str, language: str) -> str:
    in_language, in_theme, plain = picture_names(f"{scene.name}{PICTURE}", theme, language)
    if language != ENGLISH:
        return in_language
    return plain if theme == THEMES[0] else in_theme


def _take(scene: Scene, stage: Stage, path: Path) -> None:
    if scene.before is not None:
        scene.before(stage)
        _calm(stage.tasks)
    dialog = scene.show(stage)
    _calm(stage.tasks)
    image = (dialog or stage.window).grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    writer = QImageWriter(str(path))
    writer.setQuality(LOSSLESS)
    if not writer.write(image):
        raise OSError(f"{path} cannot be written: {writer.errorString()}")
    if dialog is not None:
        dialog.close()
        dialog.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    stage.window.queue_screen.table.clearSelection()
    stage.window.go(QUEUE)
    stage.window.queue_screen.table.step_to(0)


def _calm(tasks: Tasks) -> None:
    """Until nothing is read or written any more, and what came of it is drawn."""
    _settle()
    _wait_for(lambda: not tasks.busy)
    _settle()


def _settle(milliseconds: int = CALM_MS) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError("the window did not get ready to be pictured")
        _settle(20)
