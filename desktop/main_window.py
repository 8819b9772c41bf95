"""The window: a rail to the screens, a menu, the banner and the progress of long work."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QMainWindow, QMenu, QMenuBar, QStackedWidget, QWidget

from desktop.prefetching import Prefetcher
from desktop.screens.case.screen import HISTORY, ROWS, CaseScreen
from desktop.screens.case.similar_view_model import SimilarViewModel
from desktop.screens.case.view_model import CaseViewModel
from desktop.screens.case.what_if_view_model import WhatIfViewModel
from desktop.screens.health.screen import HealthScreen
from desktop.screens.health.view_model import HealthViewModel
from desktop.screens.help import AboutDialog, KeysSheet
from desktop.screens.imports.dialog import ImportDialog
from desktop.screens.queue.screen import FirstSteps, QueueScreen
from desktop.screens.queue.view_model import QueueViewModel
from desktop.screens.report.dialog import ReportDialog, busy
from desktop.screens.threshold.screen import ThresholdScreen
from desktop.screens.threshold.view_model import ThresholdViewModel
from desktop.screens.threshold.words import applied_words
from desktop.screens.walk import ReviewWalk
from desktop.services import Services
from desktop.support.formats import Formats
from desktop.support.keys import BY_NAME, DISPOSITION_KEYS
from desktop.support.look import CHOICES, Look
from desktop.support.outcomes import scored_words, trained_words
from desktop.support.settings import Settings
from desktop.tasks import LongWork, Tasks
from desktop.widgets.banner import Banner
from desktop.widgets.layouts import column, row
from desktop.widgets.notice import Notice
from desktop.widgets.rail import Rail
from desktop.widgets.work_bar import WorkBar
from domain.progress import Work
from domain.thresholds import AnyPolicy

T = TypeVar("T")
QUEUE, CASE, THRESHOLD, HEALTH = range(4)
PLACES = (
    ("Queue", "queue", "The queue of alerts (Alt+1)"),
    ("Case", "case", "The open case (Alt+2)"),
    ("Threshold", "threshold", "Which scores raise an alert (Alt+3)"),
    ("Health", "health", "Versions, cipher, offline state (Alt+4)"),
)
UNDO = "Undo (Ctrl+Z)"
THEME_WORDS = {"system": "As the system", "light": "Light", "dark": "Dark"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the window is given beside its use cases."""

    store: Path
    version: str
    notices: str
    settings: Settings
    look: Look
    formats: Formats


class MainWindow(QMainWindow):
    open_asked = Signal()

    def __init__(self, services: Services, tasks: Tasks, surroundings: Surroundings) -> None:
        super().__init__()
        self._services = services
        self._tasks = tasks
        self._around = surroundings
        look, formats = surroundings.look, surroundings.formats
        self.long_work = LongWork(tasks)
        self.queue = QueueViewModel(services, tasks, formats)
        self.case = CaseViewModel(services, tasks)
        self.similar = SimilarViewModel(services, tasks, self.case)
        self.what_if = WhatIfViewModel(services, tasks, self.case)
        self.threshold = ThresholdViewModel(services, tasks, formats)
        self.health = HealthViewModel(services, tasks)
        self.walk = ReviewWalk(self.queue, self.case)
        self.prefetcher = Prefetcher(services, tasks, self.queue, self.case, self.walk, self.long_work)
        first_steps = FirstSteps(self.ask_import, self.train, self.score)
        self.queue_screen = QueueScreen(self.queue, look, formats, first_steps)
        self.case_screen = CaseScreen(self.case, self.similar, self.what_if, look, formats)
        self.threshold_screen = ThresholdScreen(self.threshold, look, formats)
        self.health_screen = HealthScreen(self.health)
        self.banner = Banner(look)
        self.notice = Notice(look)
        self.work_bar = WorkBar(self.long_work, formats)
        self._rail = Rail(PLACES, surroundings.store.name, look)
        self._screens = QStackedWidget()
        self._actions: dict[str, QAction] = {}
        self.setWindowTitle(f"whyflag: {surroundings.store.name}")
        self.setMinimumSize(1180, 700)
        self.resize(1280, 800)
        self._lay_out()
        self._fill_menu()
        self._bind_keys()
        self._connect()
        if not surroundings.settings.geometry.isEmpty():
            self.restoreGeometry(surroundings.settings.geometry)
        self.go(QUEUE)
        self.queue.refresh()

    def go(self, place: int) -> None:
        self._rail.stand_at(place)
        self._screens.setCurrentIndex(place)
        if place == QUEUE:
            self.queue_screen.table.setFocus()
        elif place == CASE:
            self.case_screen.evidence.setFocus()
        elif place == THRESHOLD:
            self.threshold.refresh()
        else:
            self.health.refresh()

    def ask_import(self) -> None:
        dialog = ImportDialog(
            self._services, self._tasks, self.long_work, self._around.look, self._around.formats, self
        )
        dialog.imported.connect(self.queue.refresh)
        dialog.open()

    def ask_report(self) -> None:
        folder = self._around.store.parent / "reports"
        ReportDialog(
            self._services, self._tasks, self.long_work, self._around.look, self._around.formats, folder, self
        ).open()

    def train(self) -> None:
        self._start("Training", self._services.train, trained_words, lambda: None)

    def score(self) -> None:
        self._start("Scoring", self._services.score, scored_words, self.queue.refresh)

    def apply_threshold(self, policy: AnyPolicy) -> None:
        self._start("Threshold", lambda: self._services.apply_threshold(policy), applied_words, self._threshold_applied)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._around.settings.geometry = self.saveGeometry()
        self.hide()
        self.prefetcher.stop()
        self.case.leave()
        self.long_work.drop()
        self._tasks.close()
        self._services.close()
        super().closeEvent(event)

    def _start(
        self,
        title: str,
        work: Callable[[], Work[T]],
        words: Callable[[T, Formats], str],
        after: Callable[[], None],
    ) -> None:
        def done(result: T) -> None:
            self.banner.tell(words(result, self._around.formats))
            after()

        if not self.long_work.start(title, work, done, self.banner.fail):
            self.banner.fail(busy(self.long_work))

    def _lay_out(self) -> None:
        for screen in (self.queue_screen, self.case_screen, self.threshold_screen, self.health_screen):
            self._screens.addWidget(screen)
        centre = QWidget()
        across = row(centre, 0)
        across.addWidget(self._rail)
        down = column(gap=0)
        holder = column(gap=0, margins=(12, 8, 12, 0))
        holder.addWidget(self.banner)
        down.addLayout(holder)
        down.addWidget(self._screens, 1)
        down.addWidget(self.work_bar)
        across.addLayout(down, 1)
        self.setCentralWidget(centre)

    def _fill_menu(self) -> None:
        bar = QMenuBar()
        bar.setAccessibleName("Menu")
        top = QFrame()
        top.setProperty("role", "top")
        beside = row(top, 0)
        beside.addWidget(bar)
        beside.addWidget(self.notice, 1)
        self.setMenuWidget(top)
        store = bar.addMenu("&Store")
        self._add(store, "open", "&Open…", self.open_asked.emit)
        self._add(store, "import", "&Import…", self.ask_import)
        store.addSeparator()
        self._add(store, "", "&Train a classifier", self.train)
        self._add(store, "", "&Score all transactions", self.score)
        store.addSeparator()
        self._add(store, "report", "&Export report…", self.ask_report)
        store.addSeparator()
        self._add(store, "quit", "&Quit", self.close)
        review = bar.addMenu("&Review")
        self._add(review, "undo", "&Undo the last decision", self.case.undo)
        self._add(review, "refresh", "&Refresh the queue", self.queue.refresh)
        themes = bar.addMenu("&View").addMenu("&Theme")
        group = QActionGroup(self)
        for choice in CHOICES:
            action = self._add(themes, "", THEME_WORDS[choice], partial(self._choose_theme, choice))
            action.setCheckable(True)
            action.setChecked(choice == self._around.look.choice)
            group.addAction(action)
        helps = bar.addMenu("&Help")
        self._add(helps, "sheet", "&Keys", self.show_keys)
        self._add(helps, "", "&About whyflag", self.show_about)

    def _add(self, menu: QMenu, key: str, words: str, act: Callable[[], object]) -> QAction:
        action = menu.addAction(words)
        if key:
            action.setShortcuts([QKeySequence(sequence) for sequence in BY_NAME[key].sequences])
            self._actions[key] = action
        action.triggered.connect(lambda _checked=False: act())
        return action

    def _bind_keys(self) -> None:
        case, screen = self.case_screen, self.case_screen
        bindings: tuple[tuple[QWidget, str, Callable[[], object]], ...] = (
            (self, "go_queue", lambda: self.go(QUEUE)),
            (self, "go_case", lambda: self.go(CASE)),
            (self, "go_threshold", lambda: self.go(THRESHOLD)),
            (self, "go_health", lambda: self.go(HEALTH)),
            (self, "cancel", self.long_work.cancel),
            (case, "next", self.walk.next),
            (case, "note", screen.decision_bar.note.setFocus),
            (case, "evidence_down", lambda: screen.step_evidence(1)),
            (case, "evidence_up", lambda: screen.step_evidence(-1)),
            (case, "rows", lambda: screen.show_tab(ROWS)),
            (case, "history", lambda: screen.show_tab(HISTORY)),
            (case, "similar", screen.show_similar),
            (case, "what_if", screen.show_what_if),
            (case, "copy", screen.copy_explanation),
            (case, "back", self._back),
        )
        for owner, name, act in bindings:
            self._bind(owner, name, act)
        for disposition, _key in DISPOSITION_KEYS:
            self._bind(case, disposition, partial(screen.decision_bar.choose, disposition))

    def _bind(self, owner: QWidget, name: str, act: Callable[[], object]) -> None:
        for sequence in BY_NAME[name].sequences:
            shortcut = QShortcut(QKeySequence(sequence), owner)
            if owner is not self:
                shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda: act())

    def _connect(self) -> None:
        self._rail.chosen.connect(self.go)
        self.queue_screen.opened.connect(self.walk.open_line)
        self.queue_screen.threshold_asked.connect(lambda: self.go(THRESHOLD))
        self.threshold_screen.apply_asked.connect(self.apply_threshold)
        self.threshold_screen.back.connect(lambda: self.go(QUEUE))
        self.case_screen.back.connect(lambda: self.go(QUEUE))
        self.case_screen.next.connect(self.walk.next)
        self.case.opening.connect(lambda _: self.go(CASE))
        self.walk.moved.connect(self.queue_screen.stand_on)
        self.walk.told.connect(self._tell_decision)
        self.walk.exhausted.connect(self._no_more)
        for source in (self.queue, self.case, self.similar, self.what_if, self.threshold, self.health):
            source.failed.connect(self.banner.fail)
        self.case.narrator_failed.connect(self.banner.fail)

    def _back(self) -> None:
        """From a field to the case, from the case to the queue."""
        if not self.case_screen.leave_field():
            self.go(QUEUE)

    def _tell_decision(self, words: str, undoable: bool) -> None:
        self.banner.hide()
        self.notice.tell(words, UNDO if undoable else "", self.case.undo)

    def _threshold_applied(self) -> None:
        self.queue.refresh()
        self.threshold.refresh()

    def _no_more(self) -> None:
        self.banner.tell("No open alert is left below this one.")
        self.go(QUEUE)

    def _choose_theme(self, choice: str) -> None:
        self._around.settings.theme = choice
        self._around.look.choose(choice)

    def show_keys(self) -> None:
        KeysSheet(self._around.look, self).open()

    def show_about(self) -> None:
        AboutDialog(self._around.version, self._around.notices, self._around.look, self).open()
