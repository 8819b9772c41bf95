"""The cases that are like the open one: looked for when somebody asks, once for each case. No widget, no display."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.screens.case.view_model import CaseViewModel
from desktop.services import Services
from desktop.support.formats import DISPOSITION_WORDS, Formats
from desktop.support.translation import mark, tr
from desktop.tables.similar_model import SimilarLine
from desktop.tasks import Task, Tasks

if TYPE_CHECKING:  # at run time it would bring DuckDB into the window
    from domain.similar import Difference, SimilarCase

NOTHING_TOLD = mark("no such reason")


class SimilarViewModel(QObject):
    """Opening another case drops what is looked for."""

    forgotten = Signal()
    searching = Signal()
    found = Signal(object)  # tuple[SimilarCase, ...]
    failed = Signal(Exception)

    def __init__(self, services: Services, tasks: Tasks, case: CaseViewModel) -> None:
        super().__init__()
        self._services = services
        self._tasks = tasks
        self._case = case
        self._task: Task | None = None
        self._looked_at: str | None = None
        self.cases: tuple[SimilarCase, ...] = ()
        case.opening.connect(lambda _: self.forget())

    def forget(self) -> None:
        if self._task is not None:
            self._task.discard()
        self._task = self._looked_at = None
        self.cases = ()
        self.forgotten.emit()

    def look(self) -> None:
        """Told by `found`. Beside the window's reads: the case itself and the next one never wait for it."""
        case = self._case.case
        if case is None or self._looked_at == case.alert.alert_id:
            return
        alert_id = self._looked_at = case.alert.alert_id
        self.searching.emit()
        self._task = self._tasks.background(lambda task: self._services.similar(alert_id), self._show, self._fail)

    def open(self, line: int) -> None:
        if 0 <= line < len(self.cases):
            self._case.open(self.cases[line].alert_id)

    def _show(self, cases: tuple[SimilarCase, ...]) -> None:
        self._task = None
        self.cases = cases
        self.found.emit(cases)

    def _fail(self, error: Exception) -> None:
        self.forget()
        self.failed.emit(error)


def line_of(case: SimilarCase, formats: Formats) -> SimilarLine:
    return SimilarLine(
        case.alert_id,
        formats.share(case.similarity),
        tr(DISPOSITION_WORDS[case.disposition]) if case.disposition else tr("Open"),
        formats.money(case.amount, case.currency),
    )


def details(case: SimilarCase, formats: Formats) -> tuple[str, ...]:
    """One paragraph each: what it was, what was noted, how the largest reasons differ, and what both have."""
    made = tr(
        "{amount} at {time}, score {score}",
        amount=formats.money(case.amount, case.currency),
        time=formats.time(case.occurred_at),
        score=formats.share(case.score),
    )
    return (
        made,
        *([tr("Note: {note}", note=case.note)] if case.note else []),
        *(_difference(difference, formats) for difference in case.differs),
        *(tr("Both: {statement}", statement=statement) for statement in case.shared),
    )


def _difference(difference: Difference, formats: Formats) -> str:
    here, there = (words or tr(NOTHING_TOLD) for words in (difference.statement_here, difference.statement_there))
    effects = formats.signed(difference.here), formats.signed(difference.there)
    return tr(
        "Differs: here {here} ({effect_here}); there {there} ({effect_there})",
        here=here,
        effect_here=effects[0],
        there=there,
        effect_there=effects[1],
    )
