"""The window: a rail to the screens, a menu, the banner and the progress of long work."""

import logging
from collections.abc import Callable
from dataclasses import asdict
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QMainWindow, QMenuBar, QWidget

from desktop.prefetching import CasesAhead, Prefetcher
from desktop.screens.case.file_view_model import FileViewModel
from desktop.screens.case.links_view_model import LinksViewModel
from desktop.screens.case.similar_view_model import SimilarViewModel
from desktop.screens.case.view_model import CaseViewModel
from desktop.screens.case.what_if_view_model import WhatIfViewModel
from desktop.screens.health.view_model import HealthViewModel
from desktop.screens.imports.drop import FileDrop
from desktop.screens.manual.pages import manual_folder
from desktop.screens.model.view_model import ModelViewModel
from desktop.screens.place import Place, PlaceStack
from desktop.screens.queue.actions import handling_actions, sorting_actions
from desktop.screens.queue.handling import QueueHandling
from desktop.screens.queue.screen import FirstSteps, QueueScreen
from desktop.screens.queue.view_model import QueueViewModel
from desktop.screens.settings.deadlines_view_model import DeadlinesViewModel
from desktop.screens.settings.view_model import SettingsViewModel
from desktop.screens.threshold.view_model import ThresholdViewModel
from desktop.screens.threshold.words import applied_words
from desktop.screens.undoable import Undoable
from desktop.screens.walk import ReviewWalk
from desktop.services import Services
from desktop.session import remember, restore, restore_states
from desktop.settings import TEXT_STEP
from desktop.support.actions import Keymap, with_key
from desktop.support.failures import busy
from desktop.support.formats import Formats
from desktop.support.outcomes import scored_words, trained_words
from desktop.support.text import visible
from desktop.support.translation import mark, tr
from desktop.surroundings import Surroundings
from desktop.tasks import LongWork, Tasks
from desktop.widgets.actions import Actions
from desktop.widgets.banner import Banner
from desktop.widgets.layouts import column, row
from desktop.widgets.notice import Notice
from desktop.widgets.rail import Rail
from desktop.widgets.work_bar import WorkBar
from desktop.window_actions import MENUS, case_actions, queue_actions, window_actions
from desktop.window_dialogs import WindowDialogs
from domain.errors import SettingsDamaged
from domain.progress import Work
from domain.thresholds import AnyPolicy

if TYPE_CHECKING:  # loaded when somebody first goes there
    from desktop.screens.case.screen import CaseScreen
    from desktop.screens.health.screen import HealthScreen
    from desktop.screens.manual.screen import ManualScreen
    from desktop.screens.model.screen import ModelScreen
    from desktop.screens.settings.screen import SettingsScreen
    from desktop.screens.threshold.screen import ThresholdScreen

T = TypeVar("T")
log = logging.getLogger(__name__)
QUEUE, CASE, THRESHOLD, HEALTH, SETTINGS, MODEL, MANUAL = range(7)
CASE_MADE_MS = 500  # after the first rows: its screen takes the window a quarter of a second, when it is to answer keys


def log_failure(error: Exception) -> None:
    log.warning("the open case was not kept", exc_info=error)


class MainWindow(QMainWindow):
    open_asked = Signal()
    lock_asked = Signal()
    closed = Signal()
    idle_minutes = Signal(int)  # after which the store's policy wants the window locked; 0 for never

    def __init__(self, services: Services, tasks: Tasks, surroundings: Surroundings) -> None:
        super().__init__()
        self._services = services
        self.store = surroundings.store
        self.person = services.person()
        self._tasks = tasks
        self._around = surroundings
        look, formats = surroundings.look, surroundings.formats
        self.long_work = LongWork(tasks)
        self.dialogs = WindowDialogs(self, services, tasks, surroundings)
        self.undoable = Undoable()
        self.queue = QueueViewModel(services, tasks, formats)
        self.case = CaseViewModel(services, tasks, self.undoable)
        self.similar = SimilarViewModel(services, tasks, self.case)
        self.what_if = WhatIfViewModel(services, tasks, self.case, formats)
        self.links = LinksViewModel(services, tasks, self.case)
        self.file = FileViewModel(services, tasks, self.case)
        self.threshold = ThresholdViewModel(services, tasks, formats)
        self.health = HealthViewModel(services, tasks)
        self.walk = ReviewWalk(self.queue, self.case)
        self.cases_ahead = CasesAhead(services, tasks, self.queue, self.case, self.walk, self.long_work)
        self.prefetcher = Prefetcher(services, tasks, self.queue, self.case, self.walk, self.long_work)
        first_steps = FirstSteps(self.dialogs.ask_import, self.train, self.score)
        self.handling = QueueHandling(services, tasks, self.long_work, self.queue, self.undoable, formats)
        self.queue_screen = QueueScreen(self.queue, self.handling, look, formats, first_steps)
        self.banner = Banner(look)
        self.notice = Notice(look)
        self.work_bar = WorkBar(self.long_work, formats)
        self.window_actions = Actions(self, Keymap(surroundings.settings.current.keys))
        self.settings = SettingsViewModel(surroundings.settings, look, self.window_actions.keymap)
        self.deadlines = DeadlinesViewModel(services, tasks, formats)
        self.model = ModelViewModel(services, tasks)
        self.places = self._make_places()
        self._rail = Rail(tuple((tr(place.words), place.name) for place in self.places), surroundings.store.name, look)
        self._screens = PlaceStack(self.places, lambda room: restore_states(room, surroundings.session.current))
        self._case_made = QTimer(self)
        self._must_close = False
        self._left_open: str | None = None  # the case that was open when the window was last closed
        self.setWindowTitle(visible(f"whyflag: {surroundings.store.name}"))
        self.setMinimumSize(960, 600)
        self.resize(1280, 800)
        FileDrop(self, self.dialogs.ask_import)
        self._lay_out()
        self._add_actions()
        self._connect()
        restore(self, surroundings.session.current)
        names = [place.name for place in self.places]
        kept = surroundings.session.current.place
        self.go(names.index(kept) if kept in names else QUEUE)
        tasks.read(services.lock_minutes, self.idle_minutes.emit, self.banner.fail)
        tasks.read(services.open_case, self._remember_left_open, self.banner.fail)
        self.queue.refresh()
        self.queue.read_views()

    def go(self, place: int) -> None:
        self._rail.stand_at(place)
        self._screens.go(place)

    def make_case(self) -> None:
        """The case's screen, unless it was made before."""
        self._screens.make(CASE)

    def _make_case_ready(self) -> None:
        """The case's screen, a moment after the first rows of the queue unless somebody goes there before."""
        self._tasks.background(
            lambda _: import_module("desktop.screens.case.screen"), lambda _: self._case_ready(), self.banner.fail
        )

    @cached_property
    def case_screen(self) -> "CaseScreen":
        from desktop.screens.case.screen import CaseScreen

        around = self._around
        screen = CaseScreen(self.case, self.similar, self.what_if, self.links, self.file, around.look, around.formats)
        screen.back.connect(lambda: self.go(QUEUE))
        screen.next.connect(self.walk.next)
        self.window_actions.add(screen, *case_actions(self, screen))
        self._name_keys_on(screen)
        return screen

    @cached_property
    def threshold_screen(self) -> "ThresholdScreen":
        from desktop.screens.threshold.screen import ThresholdScreen

        screen = ThresholdScreen(self.threshold, self._around.look, self._around.formats)
        screen.apply_asked.connect(self.apply_threshold)
        screen.back.connect(lambda: self.go(QUEUE))
        return screen

    @cached_property
    def health_screen(self) -> "HealthScreen":
        from desktop.screens.health.screen import HealthScreen

        return HealthScreen(self.health, self._around.look)

    @cached_property
    def settings_screen(self) -> "SettingsScreen":
        from desktop.screens.settings.screen import SettingsScreen

        around = self._around
        self.make_case()  # its keys are listed too
        screen = SettingsScreen(self.settings, self.deadlines, around.look, around.formats, str(around.settings.path))
        screen.keys.show_actions()
        self._name_keys_on(screen)
        return screen

    @cached_property
    def model_screen(self) -> "ModelScreen":
        from desktop.screens.model.screen import ModelScreen

        screen = ModelScreen(self.model, self._around.look, self._around.formats)
        screen.threshold_asked.connect(lambda: self.go(THRESHOLD))
        return screen

    @cached_property
    def manual_screen(self) -> "ManualScreen":
        from desktop.screens.manual.screen import ManualScreen

        return ManualScreen(manual_folder(), self._around.look)

    def train(self) -> None:
        self._start(tr("Training"), self._services.train, trained_words, lambda: None)

    def score(self) -> None:
        self._start(tr("Scoring"), self._services.score, scored_words, self.queue.refresh)

    def apply_threshold(self, policy: AnyPolicy) -> None:
        self._start(
            tr("Threshold"),
            lambda: self._services.apply_threshold(policy),
            lambda applied, formats: applied_words(applied, policy, formats),
            self._threshold_applied,
        )

    def quit(self) -> None:
        """As a person closes it, by key or by its frame: asked first where long work would be lost."""
        super().close()

    def close(self) -> bool:
        """Without a question: the lock, another store in its place, or a signal to end does not wait for an answer."""
        self._must_close = True
        return super().close()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.long_work.busy and self.isVisible() and not self._must_close:
            event.ignore()
            self.dialogs.ask_quit()
            return
        self.remember()
        self.hide()
        self._case_made.stop()
        self.cases_ahead.stop()
        self.prefetcher.stop()
        alert_id = self.case.alert_id
        self._tasks.write(lambda: self._services.keep_open_case(alert_id), lambda _: None, log_failure)
        self.case.unsaved.keep()
        self.case.leave()
        self.long_work.drop()
        self._tasks.close()
        self._services.close()
        super().closeEvent(event)
        self.closed.emit()

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
            self.banner.fail(busy(self.long_work.title))

    def _lay_out(self) -> None:
        """From the outermost part inwards, as `Room` says why."""
        centre = QWidget()
        self.setCentralWidget(centre)
        across = row(centre, 0)
        across.addWidget(self._rail)
        down = column(gap=0)
        across.addLayout(down, 1)
        holder = column(gap=0, margins=(12, 8, 12, 0))
        down.addLayout(holder)
        holder.addWidget(self.banner)
        down.addWidget(self._screens, 1)
        self._screens.make(QUEUE)
        down.addWidget(self.work_bar)
        self._menu_bar = QMenuBar()
        self._menu_bar.setAccessibleName(tr("Menu"))
        top = QFrame()
        top.setProperty("role", "top")
        beside = row(top, 0)
        beside.addWidget(self._menu_bar)
        beside.addWidget(self.notice, 1)
        self.setMenuWidget(top)

    def _make_places(self) -> tuple[Place, ...]:
        """In the order of the constants above."""
        return (
            Place(
                "queue", mark("Queue"), mark("Go to the queue"), lambda: self.queue_screen,
                self.queue_screen.table.setFocus,
            ),
            Place(
                "case", mark("Case"), mark("Go to the case"), lambda: self.case_screen,
                lambda: self.case_screen.evidence.setFocus(),
            ),
            Place(
                "threshold", mark("Threshold"), mark("Go to the threshold"), lambda: self.threshold_screen,
                self.threshold.refresh,
            ),
            Place("health", mark("Health"), mark("Go to health"), lambda: self.health_screen, self.health.refresh),
            Place(
                "settings", mark("Settings"), mark("Go to the settings"), lambda: self.settings_screen,
                lambda: self.settings_screen.arrive(),
            ),
            Place("model", mark("Models"), mark("Go to the models"), lambda: self.model_screen, self.model.refresh),
            Place(
                "manual", mark("Manual"), mark("Go to the manual"), lambda: self.manual_screen,
                lambda: self.manual_screen.arrive(),
            ),
        )  # fmt: skip

    def _add_actions(self) -> None:
        """Screens that name their own actions are added here; how is told in `desktop.support.actions`."""
        self.window_actions.add(self, *window_actions(self))
        sorting, handling = sorting_actions(self.queue), handling_actions(self.queue_screen)
        self.window_actions.add(self.queue_screen, *queue_actions(self), *sorting, *handling)
        self.window_actions.fill(self._menu_bar, MENUS)
        self.settings.changed.connect(self.window_actions.bind)
        self.window_actions.keys_changed.connect(self._show_tips)
        self._show_tips()
        self._name_keys_on(self.queue_screen)

    def _name_keys_on(self, screen: "QueueScreen | CaseScreen | SettingsScreen") -> None:
        """The keys of today in its buttons and tool tips, and those of each day after."""
        shown = self.window_actions.keymap.shown
        screen.show_keys(shown)
        self.window_actions.keys_changed.connect(lambda: screen.show_keys(shown))

    def _show_tips(self) -> None:
        keymap = self.window_actions.keymap
        tips = (with_key(tr(place.action), keymap.shown(f"go.{place.name}")) for place in self.places)
        self._rail.show_tips(tuple(tips))

    def _undo_words(self) -> str:
        undo, key = self.window_actions.find("review.undo").words, self.window_actions.keymap.shown("review.undo")
        return with_key(undo, key)

    def _connect(self) -> None:
        self._rail.chosen.connect(self.go)
        self.queue_screen.opened.connect(self.walk.open_line)
        self.queue_screen.threshold_asked.connect(lambda: self.go(THRESHOLD))
        self.model.failed.connect(self.banner.fail)
        self._case_made.setInterval(CASE_MADE_MS)
        self._case_made.setSingleShot(True)
        self._case_made.timeout.connect(self._make_case_ready)
        # Where the window stands at the case already, it is asked for now: behind the first rows, before all the others
        self.queue.loaded.connect(
            lambda _: self._open_again() if self._screens.is_made(CASE) else self._case_made.start(),
            Qt.ConnectionType.SingleShotConnection,
        )
        self.case.opening.connect(lambda _: self.go(CASE))
        self.walk.moved.connect(self.queue_screen.stand_on)
        self.walk.told.connect(self._tell)
        self.walk.exhausted.connect(self._no_more)
        self.handling.told.connect(self._tell)
        self.handling.failed.connect(self.banner.fail)
        for source in (
            self.queue,
            self.case,
            self.similar,
            self.what_if,
            self.links,
            self.file,
            self.threshold,
            self.health,
            self.settings,
            self.deadlines,
        ):
            source.failed.connect(self.banner.fail)
        self.deadlines.applied.connect(self._deadlines_applied)
        self.case.narrator_failed.connect(self.banner.fail)

    def back(self) -> None:
        """From a field to the case, from the case to the queue."""
        if not self.case_screen.leave_field():
            self.go(QUEUE)

    def undo(self) -> None:
        """The last decision of this session, for one alert or for many at once."""
        (self.case if isinstance(self.undoable.newest, str) else self.handling).undo()

    def can_undo(self) -> bool:
        return self.undoable.newest is not None

    def _tell(self, words: str, undoable: bool) -> None:
        self.banner.hide()
        self.notice.tell(words, self._undo_words() if undoable else "", self.undo)

    def _threshold_applied(self) -> None:
        self.queue.refresh()
        self.threshold.refresh()

    def _deadlines_applied(self) -> None:
        self.banner.tell(tr("The new deadlines hold."))
        self.queue.refresh()

    def _no_more(self) -> None:
        self.banner.tell(tr("No open alert is left below this one."))
        self.go(QUEUE)

    def choose_theme(self, choice: str) -> None:
        self.settings.choose_theme(choice)

    def larger_text(self, by: int) -> None:
        """One step up or down."""
        self.settings.scale_text(self._around.look.text_percent + by * TEXT_STEP)

    def _remember_left_open(self, alert_id: str | None) -> None:
        self._left_open = alert_id

    def _case_ready(self) -> None:
        self.make_case()
        self._open_again()

    def _open_again(self) -> None:
        """The case that was open when the window was last closed, unless another was opened meanwhile."""
        if self._left_open is not None and self.case.alert_id is None:
            place = self._screens.currentIndex()
            self.case.open(self._left_open)
            self.go(place)

    def remember(self) -> None:
        """Keeps how the window stands."""
        kept = self._around.session
        place = self._screens.place.name
        try:
            kept.change(**asdict(remember(self, kept.current, place, self._around.look.text_percent)))
        except SettingsDamaged as error:
            log.warning("the session was not kept", exc_info=error)
