"""The window's dialogs, one at a time over it. What few sessions open is imported when it is first asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.screens.case.contest_dialog import ContestDialog
from desktop.screens.case.texts_dialog import TextsDialog
from desktop.screens.case.texts_view_model import TextsViewModel
from desktop.screens.help import KeysSheet
from desktop.screens.palette import Palette
from desktop.screens.passphrase import PassphraseDialog
from desktop.screens.users.dialog import UsersDialog
from desktop.services import Services
from desktop.surroundings import Surroundings
from desktop.tasks import Tasks
from desktop.widgets.dialog import WorkDialog
from domain.casefile import TextKind
from domain.narrative import Narrative

if TYPE_CHECKING:
    from desktop.main_window import MainWindow


class WindowDialogs:
    def __init__(self, window: MainWindow, services: Services, tasks: Tasks, around: Surroundings) -> None:
        self._window = window
        self._services = services
        self._tasks = tasks
        self._around = around

    def ask_import(self, paths: Sequence[Path] = ()) -> None:
        from desktop.screens.imports.dialog import ImportDialog

        window, around = self._window, self._around
        dialog = ImportDialog(self._services, self._tasks, window.long_work, around.look, around.formats, window, paths)
        dialog.imported.connect(window.queue.refresh)
        self._open(dialog)

    def ask_report(self) -> None:
        from desktop.screens.report.dialog import ReportDialog

        window, around = self._window, self._around
        folder = around.store.parent / "reports"
        self._open(
            ReportDialog(self._services, self._tasks, window.long_work, around.look, around.formats, folder, window)
        )

    def ask_passphrase(self) -> None:
        PassphraseDialog(self._services, self._tasks, self._around.look, self._window).open()

    def ask_users(self) -> None:
        UsersDialog(self._services, self._tasks, self._around.store, self._around.look, self._window).open()

    def ask_contest(self) -> None:
        """Only of a case that is decided."""
        opened = self._window.case
        if opened.case is not None and opened.disposition is not None:
            alert_id, unsaved = opened.case.alert.alert_id, opened.unsaved
            dialog = ContestDialog(alert_id, self._around.look, self._window)
            dialog.contested.connect(opened.contest)
            dialog.typed.connect(lambda ground: unsaved.type(alert_id, "contest", ground))
            unsaved.read(alert_id, dialog.restore)
            dialog.open()

    def ask_text(self, kind: TextKind) -> None:
        """The text for the customer's call, or the SAR's narrative, of the open case."""
        opened = self._window.case
        if opened.case is not None:
            told = Narrative("narrator", "", False, opened.narrative.sentences)
            texts = TextsViewModel(self._services, self._tasks, opened.unsaved, opened.case, told)
            TextsDialog(texts, kind, self._around.look, self._around.formats, self._window).open()

    def show_palette(self) -> None:
        Palette(self._window.window_actions, self._around.look, self._window).open()

    def show_keys(self) -> None:
        self._window.make_case()  # its keys are shown too
        KeysSheet(self._window.window_actions.keymap, self._around.look, self._window).open()

    def show_about(self) -> None:
        from desktop.screens.about import AboutDialog

        AboutDialog(self._around.version, self._around.notices, self._around.look, self._window).open()

    def ask_quit(self) -> None:
        from desktop.screens.quit import QuitDialog

        work = self._window.long_work
        dialog = QuitDialog(work.title, self._around.look, self._window)
        dialog.accepted.connect(self._window.close)
        work.ended.connect(dialog.reject)  # nothing is left to lose
        dialog.open()

    def _open(self, dialog: WorkDialog) -> None:
        dialog.told.connect(self._window.banner.tell)
        dialog.failed.connect(self._window.banner.fail)
        dialog.open()
