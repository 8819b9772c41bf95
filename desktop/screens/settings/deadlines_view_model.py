"""How long alerts may wait for a decision: a rule of the store, for everybody on it. No widget, no display."""

from PySide6.QtCore import QObject, Signal

from desktop.services import Services
from desktop.support.formats import BAND_WORDS, Formats
from desktop.support.translation import tr
from desktop.tasks import Tasks
from domain.ageing import Deadlines
from domain.errors import InvalidDeadline, WhyflagError
from domain.scoring import Band

BANDS: tuple[Band, ...] = ("critical", "high", "medium", "low")
HOURS_OF_DAY = 24


class DeadlinesViewModel(QObject):
    """`current` is what holds, None until it was read. Only an administrator changes it; the audit says who did."""

    changed = Signal()  # what holds was read, or changed
    applied = Signal()
    failed = Signal(Exception)

    def __init__(self, services: Services, tasks: Tasks, formats: Formats) -> None:
        super().__init__()
        self._services = services
        self._tasks = tasks
        self._formats = formats
        self.current: Deadlines | None = None

    @property
    def may_change(self) -> bool:
        return self._services.person().may("administer")

    def read(self) -> None:
        self._tasks.read(self._services.deadlines, self._show, self.failed.emit)

    def shown(self, band: Band) -> str:
        """The hours that hold, as they are typed."""
        return "" if self.current is None else self._formats.number(self.current.hours(band))

    def meaning(self, typed: str) -> str:
        """What the typed hours are in days; empty where that says nothing more."""
        hours = self._formats.read_number(typed)
        if hours is None or hours < HOURS_OF_DAY:
            return ""
        return tr("hours ({count} d)", count=self._formats.number(round(hours / HOURS_OF_DAY, 1)))

    def apply(self, typed: dict[Band, str]) -> None:
        """Told by `applied`; what is no deadline by `failed`."""
        try:
            deadlines = Deadlines(**{band: self._hours(band, text) for band, text in typed.items()})
        except WhyflagError as error:
            self.failed.emit(error)
            return
        if deadlines == self.current:
            return

        def done(_: None) -> None:
            self._show(deadlines)
            self.applied.emit()

        self._tasks.write(lambda: self._services.set_deadlines(deadlines), done, self.failed.emit)

    def _hours(self, band: Band, text: str) -> float:
        hours = self._formats.read_number(text)
        if hours is None:
            raise InvalidDeadline(
                tr("“{text}” is no number of hours, for “{band}”.", text=text, band=tr(BAND_WORDS[band])),
                tr("Give 1 hour to a year."),
            )
        return hours

    def _show(self, deadlines: Deadlines) -> None:
        self.current = deadlines
        self.changed.emit()
