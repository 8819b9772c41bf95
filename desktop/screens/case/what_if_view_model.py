"""A case with some fields changed: its new score, and what would have kept it unflagged. No widget, no display."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.screens.case.view_model import CaseViewModel
from desktop.services import Services
from desktop.support.formats import BAND_WORDS, Formats
from desktop.support.translation import in_sentence, mark, tr
from desktop.tables.moves_model import MoveLine
from desktop.tasks import Task, Tasks
from domain.errors import InvalidChange
from domain.transactions import CONTRACT, Transaction

if TYPE_CHECKING:  # at run time it would bring DuckDB into the window
    from domain.what_if import Counterfactual, Move, WhatIf

# Every field that domain.what_if can change (a test holds the two together), by the words of the facts.
FIELD_WORDS = {
    "amount": mark("Amount"),
    "occurred_at": mark("Time"),
    "merchant_id": mark("Merchant"),
    "merchant_category": mark("Category"),
    "terminal_id": mark("Terminal"),
    "channel": mark("Channel"),
    "country": mark("Country"),
    "customer_home_country": mark("Home"),
    "device_id": mark("Device"),
    "counterparty_id": mark("Paid to"),
    "balance_before": mark("Balance"),
    "latitude": mark("Latitude"),
    "longitude": mark("Longitude"),
    "approved": mark("Approved"),
}
NUMBERS = frozenset(column.name for column in CONTRACT if column.type in ("amount", "number"))
COORDINATES = ("latitude", "longitude")
FLAGS = frozenset(column.name for column in CONTRACT if column.type == "flag")
YES, NO = mark("Yes"), mark("No")
ABSENT = mark("absent")
UNTOLD = mark("no such reason")
MOVES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Field:
    """A field and its value as it is typed; empty where the payment has none."""

    name: str
    words: str
    text: str


def fields_of(transaction: Transaction, formats: Formats) -> tuple[Field, ...]:
    """Those that the payment has come first."""
    fields = [Field(name, tr(words), typed(getattr(transaction, name), formats)) for name, words in FIELD_WORDS.items()]
    return tuple(sorted(fields, key=lambda field: not field.text))


def typed(value: object, formats: Formats) -> str:
    """A value as a person types it here; `plain` reads it."""
    match value:
        case None:
            return ""
        case bool():
            return tr(YES) if value else tr(NO)
        case datetime():
            return value.isoformat(sep=" ", timespec="seconds")
        case float():
            return formats.exact(value)
    return str(value)


def plain(field: str, text: str, formats: Formats) -> str:
    """What a person typed as `domain.what_if.parse_change` reads it; as it stands where it is no such value."""
    grouped = field not in COORDINATES  # 48.137 is no 48,137 anywhere
    number = formats.read_number(text, grouped=grouped) if field in NUMBERS else None
    if number is not None:
        return f"{number:.15g}"
    flags = {tr(YES).casefold(): "yes", tr(NO).casefold(): "no"}
    return flags.get(text.strip().casefold(), text) if field in FLAGS else text


class WhatIfViewModel(QObject):
    """Opening another case drops what is computed. Nothing is ever written."""

    opened = Signal(object)  # tuple[Field, ...]
    computing = Signal()
    answered = Signal(object)  # WhatIf
    searched = Signal(object)  # Counterfactual
    refused = Signal(Exception)
    failed = Signal(Exception)

    def __init__(self, services: Services, tasks: Tasks, case: CaseViewModel, formats: Formats) -> None:
        super().__init__()
        self._services = services
        self._tasks = tasks
        self._case = case
        self._formats = formats
        self._task: Task | None = None
        case.opening.connect(lambda _: self._drop())
        case.opened.connect(lambda opened: self.opened.emit(fields_of(opened.transaction, formats)))

    def attempt(self, texts: Mapping[str, str]) -> None:
        """`texts` by the fields' names, as typed; those left as they were change nothing."""
        case = self._case.case
        if case is None:
            return
        self._drop()
        was = {field.name: field.text for field in fields_of(case.transaction, self._formats)}
        changes = {name: plain(name, text, self._formats) for name, text in texts.items() if text.strip() != was[name]}
        if not changes:
            self.refused.emit(InvalidChange(tr("No field is changed."), tr("Write another value into one.")))
            return
        self.computing.emit()
        self._task = self._tasks.background(
            lambda task: self._services.what_if(case, changes), self.answered.emit, self._fail
        )

    def search(self) -> None:
        """The smallest plausible change that would have kept the case under the threshold."""
        case = self._case.case
        if case is None:
            return
        self._drop()
        self.computing.emit()
        self._task = self._tasks.background(
            lambda task: self._services.counterfactual(case), self.searched.emit, self._fail
        )

    def _drop(self) -> None:
        if self._task is not None:
            self._task.discard()
        self._task = None

    def _fail(self, error: Exception) -> None:
        self._task = None
        if isinstance(error, InvalidChange):
            self.refused.emit(error)
        else:
            self.failed.emit(error)


def score_words(result: WhatIf, formats: Formats) -> str:
    """'98.6 % → 3.1 %: under the threshold of 5.0 %, low'."""
    scores = f"{formats.share(result.score_before)} → {formats.share(result.score)}"
    threshold = formats.share(min(result.threshold, 1.0))
    band = in_sentence(tr(BAND_WORDS[result.band]))
    if result.score < result.threshold:
        return tr("{scores}: under the threshold of {threshold}, {band}", scores=scores, threshold=threshold, band=band)
    return tr(
        "{scores}: still over the threshold of {threshold}, {band}", scores=scores, threshold=threshold, band=band
    )


def change_words(result: WhatIf, formats: Formats) -> str:
    """'Amount 508.5 → 20.34; Device absent'."""
    return "; ".join(
        f"{tr(FIELD_WORDS.get(change.field, change.field))} {typed(change.before, formats) or tr(ABSENT)} →"
        f" {typed(change.after, formats) or tr(ABSENT)}"
        for change in result.changes
    )


def none_found_words(found: Counterfactual) -> str:
    tried = "; ".join(found.tried) or tr("nothing, for the customer has no history to compare with")
    return tr(
        "None found: no plausible change brings the score under the threshold. Tried, also together: {tried}.",
        tried=tried,
    )


def move_lines(result: WhatIf, formats: Formats) -> tuple[MoveLine, ...]:
    """The largest moves."""
    return tuple(_move_line(move, formats) for move in result.moves[:MOVES_SHOWN])


def _move_line(move: Move, formats: Formats) -> MoveLine:
    """The reason as it would be told, else as it was."""
    told = move.statement_after or move.statement_before or move.feature.replace("_", " ")
    return MoveLine(
        formats.signed(move.before),
        formats.signed(move.after),
        told,
        tr(
            "Was: {before}. Would be: {after}.",
            before=move.statement_before or tr(UNTOLD),
            after=move.statement_after or tr(UNTOLD),
        ),
    )
