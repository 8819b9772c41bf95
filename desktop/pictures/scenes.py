"""What is pictured: every screen, every panel of a case, every dialog. Each scene says how the window gets there."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TypeVar

from PySide6.QtWidgets import QWidget

from desktop.main_window import CASE, HEALTH, MANUAL, MODEL, QUEUE, SETTINGS, THRESHOLD, MainWindow
from desktop.screens.case.contest_dialog import ContestDialog
from desktop.screens.crash import CrashDialog
from desktop.screens.imports.dialog import ImportDialog
from desktop.screens.quit import QuitDialog
from desktop.screens.unlock import UnlockDialog
from desktop.screens.users.dialog import UsersDialog
from desktop.screens.users.sheet import SheetDialog
from desktop.support.crash import CrashFile
from desktop.support.look import Look
from desktop.support.recovery_sheet import sheet_text
from desktop.support.translation import tr
from desktop.tasks import Tasks
from domain.import_report import ImportReport

D = TypeVar("D", bound=QWidget)
CLASSIFIER, LANGUAGE_MODEL = 0, 2  # pages of the models
NO_KEY = "-".join(("ABCD",) * 13)  # of a recovery sheet: it opens nothing
CRASH = """2026-02-03T08:14:05+00:00 whyflag 0.1.0, Python 3.11.9, Qt 6.9.1, Linux
  /usr/lib/whyflag/desktop/tables/text_table.py:45 data
  builtins.IndexError
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """What a scene is set up on; `file` is one to import, `report` what an import tells: the same for every store."""

    window: MainWindow
    tasks: Tasks
    look: Look
    store: Path
    file: Path
    report: ImportReport


@dataclass(frozen=True, slots=True)
class Scene:
    """`show` brings it up; a dialog that it returns is pictured in place of the window, and closed afterwards.

    `before` goes where it is shown, if that reads something first: it is read before `show` is called.
    """

    name: str
    show: Callable[[Stage], QWidget | None]
    before: Callable[[Stage], None] | None = None


def _place(place: int) -> Callable[[Stage], None]:
    return lambda stage: stage.window.go(place)


def _in_case(show: Callable[[MainWindow], object]) -> Callable[[Stage], None]:
    def shown(stage: Stage) -> None:
        stage.window.go(CASE)
        show(stage.window)

    return shown


def _asked(ask: Callable[[MainWindow], object]) -> Callable[[Stage], QWidget | None]:
    """The dialog that asking opens."""

    def shown(stage: Stage) -> QWidget | None:
        before = set(_dialogs(stage.window))
        ask(stage.window)
        return next((dialog for dialog in _dialogs(stage.window) if dialog not in before), None)

    return shown


def _opened(kind: type[D], ask: Callable[[MainWindow], object], stage: Stage) -> D:
    dialog = _asked(ask)(stage)
    assert isinstance(dialog, kind)
    return dialog


def _dialogs(window: MainWindow) -> list[QWidget]:
    return [widget for widget in window.findChildren(QWidget) if widget.isWindow() and widget.isModal()]


def _models(page: int) -> Callable[[Stage], None]:
    def shown(stage: Stage) -> None:
        stage.window.go(MODEL)
        stage.window.model_screen.tabs.setCurrentIndex(page)

    return shown


def _bulk(window: MainWindow) -> None:
    window.go(QUEUE)
    for _ in range(4):
        window.queue_screen.step_choosing(1)
    window.queue_screen.ask_decision()


def _import(stage: Stage) -> QWidget | None:
    return _asked(lambda window: window.dialogs.ask_import([stage.file]))(stage)


def _import_report(stage: Stage) -> QWidget:
    """As after an import; nothing is imported."""
    dialog = _opened(ImportDialog, lambda window: window.dialogs.ask_import(), stage)
    dialog.show_report(stage.report)
    return dialog


def _user_form(stage: Stage) -> QWidget | None:
    """The dialog of the users, over which it stands, goes with it."""
    users = _opened(UsersDialog, lambda window: window.dialogs.ask_users(), stage)
    users.add.click()
    if users.form is not None:
        users.form.finished.connect(users.deleteLater)
    return users.form


def _recovery_sheet(stage: Stage) -> QWidget:
    text = sheet_text(stage.store, NO_KEY, (stage.window.person,))
    dialog = SheetDialog(text, _never, stage.look, stage.window)
    dialog.open()
    return dialog


class _LastCrash(CrashFile):
    def left_behind(self) -> str:
        return CRASH


def _quit(stage: Stage) -> QWidget:
    """As where a training is under way; none is."""
    dialog = QuitDialog(tr("Training"), stage.look, stage.window)
    dialog.open()
    return dialog


def _crash(stage: Stage) -> QWidget:
    dialog = CrashDialog(_LastCrash(stage.store.parent / "crash.txt", ""), stage.look, stage.window)
    dialog.open()
    return dialog


def _contest(stage: Stage) -> QWidget:
    dialog = ContestDialog(stage.window.case.alert_id or "", stage.look, stage.window)
    dialog.open()
    return dialog


def _unlock(stage: Stage) -> QWidget:
    dialog = UnlockDialog(_never, stage.tasks, stage.look, str(stage.store))
    dialog.show()
    return dialog


def _never(*_given: object, **_named: object) -> NoReturn:
    raise AssertionError("pictures open no store and print nothing")


def _case_as_opened(window: MainWindow) -> None:
    window.case_screen.show_tab(0)
    window.case_screen.evidence.setFocus()


SCENES = (
    Scene("unlock", _unlock),
    Scene("queue", _place(QUEUE)),
    Scene("bulk", _asked(_bulk)),
    Scene("go-to", _asked(lambda window: window.queue_screen.ask_jump())),
    Scene("case", _in_case(_case_as_opened)),
    Scene("rows", _in_case(lambda window: window.case_screen.show_rows())),
    Scene("similar", _in_case(lambda window: window.case_screen.show_similar())),
    Scene("what-if", _in_case(lambda window: window.case_screen.show_what_if())),
    Scene("notes", _in_case(lambda window: window.case_screen.show_file())),
    Scene("links", _in_case(lambda window: window.case_screen.show_links())),
    Scene("call", _asked(lambda window: window.dialogs.ask_text("call"))),
    Scene("sar", _asked(lambda window: window.dialogs.ask_text("sar"))),
    Scene("contest", _contest),
    Scene("import", _import),
    Scene("import-report", _import_report),
    Scene("report", _asked(lambda window: window.dialogs.ask_report())),
    Scene("threshold", _place(THRESHOLD)),
    Scene("threshold-apply", lambda stage: stage.window.threshold_screen.confirm(), _place(THRESHOLD)),
    Scene("model", _models(CLASSIFIER)),
    Scene("language-model", _models(LANGUAGE_MODEL)),
    Scene("health", _place(HEALTH)),
    Scene("settings", _place(SETTINGS)),
    Scene("manual", _place(MANUAL)),
    Scene("palette", _asked(lambda window: window.dialogs.show_palette())),
    Scene("keys", _asked(lambda window: window.dialogs.show_keys())),
    Scene("passphrase", _asked(lambda window: window.dialogs.ask_passphrase())),
    Scene("users", _asked(lambda window: window.dialogs.ask_users())),
    Scene("user", _user_form),
    Scene("recovery-sheet", _recovery_sheet),
    Scene("crash", _crash),
    Scene("quit", _quit),
    Scene("about", _asked(lambda window: window.dialogs.show_about())),
)
