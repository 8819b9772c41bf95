"""What the import wizard knows: the file's first rows, the mapping as guessed and edited, what it makes of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from desktop.services import Services
from desktop.tasks import Task, Tasks
from domain.guessing import ColumnGuess, MappingGuess, guess_from, row_id_rule
from domain.mapping import REQUIRED, Mapping, Rule
from domain.mapping_files import Inspected
from domain.sample import Sample, Trial, TrialFault
from domain.transactions import CONTRACT, Column

T = TypeVar("T")
BY_NAME = {column.name: column for column in CONTRACT}


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """A column of the contract, what it is made of, how sure the guess is, an example, and what is wrong with it.

    `confidence` is None where a person chose. `missing`: every row must have it, and nothing fills it.
    """

    column: Column
    guess: ColumnGuess
    confidence: float | None
    example: str
    fault: TrialFault | None
    missing: bool


class ImportViewModel(QObject):
    inspected = Signal()
    changed = Signal()
    saved = Signal(object)
    failed = Signal(object)
    working = Signal(bool)

    def __init__(self, services: Services, tasks: Tasks) -> None:
        super().__init__()
        self._services = services
        self._tasks = tasks
        self._asked: Task | None = None
        self._paths: tuple[Path, ...] = ()
        self._table: str | None = None
        self._guess: MappingGuess | None = None
        self._chosen: set[str] = set()
        self.sample: Sample | None = None
        self.trial: Trial | None = None
        self.problems: tuple[str, ...] = ()
        self.known: tuple[Mapping, ...] = ()
        self.name = ""

    @property
    def paths(self) -> tuple[Path, ...]:
        return self._paths

    @property
    def table(self) -> str | None:
        return self._table

    @property
    def known_as(self) -> str:
        """The mapping that was recognised; '' once a person changed it, or where it was guessed."""
        return self._guess.known if self._guess is not None and not self._chosen else ""

    @property
    def mapping(self) -> Mapping:
        """As it stands now."""
        guess = self._guess
        assert guess is not None, "a file was inspected"
        columns = tuple((one.column, (one.rule,)) for one in guess.columns if one.rule is not None)
        return Mapping(self.known_as or self.name or self._paths[0].stem, "", columns, guess.label_delay_days)

    @property
    def ready(self) -> bool:
        """Whether every column that a row must have is filled."""
        return self._guess is not None and not self._guess.unfilled

    @property
    def lines(self) -> tuple[ColumnLine, ...]:
        if self._guess is None:
            return ()
        return tuple(self._line(guess) for guess in self._guess.columns)

    def inspect(self, paths: Sequence[Path], table: str | None) -> None:
        """Reads the first file's first rows and guesses; tells `inspected`."""
        self._paths, self._table = tuple(paths), table

        def job() -> tuple[Inspected, tuple[Mapping, ...]]:
            return self._services.inspect_file(self._paths[0], table), self._services.known_mappings()

        def done(found: tuple[Inspected, tuple[Mapping, ...]]) -> None:
            self._asked = None
            inspected, self.known = found
            self.sample, self._guess, self.problems = inspected.sample, inspected.guess, inspected.problems
            self._chosen.clear()
            self.trial = None
            self.name = inspected.guess.name or self._paths[0].stem
            self.working.emit(False)
            self.inspected.emit()
            self._try()

        self._ask(job, done)

    def use_known(self, name: str) -> None:
        """Takes one of the known mappings for this file."""
        assert self.sample is not None
        self._guess = next(guess_from(mapping, self.sample) for mapping in self.known if mapping.name == name)
        self._chosen.clear()
        self.name = name
        self._try()

    def set_rule(self, column: str, rule: Rule | None, reading: str = "") -> None:
        """What a person chose for a column."""
        assert self._guess is not None
        self._chosen.add(column)
        columns = tuple(
            ColumnGuess(column, rule, 1.0, reading) if one.column == column else one for one in self._guess.columns
        )
        self._guess = replace(self._guess, columns=columns)
        self._try()

    def set_expression(self, column: str, sql: str) -> None:
        """An expression over the file's columns that it names."""
        assert self.sample is not None
        lowered = sql.lower()
        needs = tuple(name for name in self.sample.names if name.lower() in lowered)
        self.set_rule(column, Rule(needs or self.sample.names[:1], sql))

    def set_row_id(self, column: str) -> None:
        assert self.sample is not None
        self.set_rule(column, row_id_rule(self.sample.names))

    def save(self) -> None:
        """Keeps the mapping as a file; tells `saved` with its path."""
        mapping = replace(self.mapping, name=self.name)
        self._tasks.background(lambda task: self._services.save_mapping(mapping), self.saved.emit, self.failed.emit)

    def leave(self) -> None:
        if self._asked is not None:
            self._asked.discard()
            self._asked = None

    def _try(self) -> None:
        path, mapping, table = self._paths[0], self.mapping, self._table

        def done(trial: Trial) -> None:
            self._asked = None
            self.trial = trial
            self.working.emit(False)
            self.changed.emit()

        self.trial = None
        self.changed.emit()
        self._ask(lambda: self._services.try_mapping(path, mapping, table), done)

    def _ask(self, job: Callable[[], T], done: Callable[[T], None]) -> None:
        def failed(error: Exception) -> None:
            self._asked = None
            self.working.emit(False)
            self.failed.emit(error)

        self.leave()
        self.working.emit(True)
        self._asked = self._tasks.background(lambda task: job(), done, failed)

    def _line(self, guess: ColumnGuess) -> ColumnLine:
        column = BY_NAME[guess.column]
        trial = self.trial
        example, fault = "", None
        if trial is not None:
            fault = next((one for one in trial.faults if one.column == guess.column), None)
            if guess.column in trial.columns:
                place = trial.columns.index(guess.column)
                example = next((row[place] or "" for row in trial.values if row[place]), "")
        confidence = None if guess.column in self._chosen or guess.rule is None else guess.confidence
        return ColumnLine(column, guess, confidence, example, fault, guess.rule is None and guess.column in REQUIRED)
