"""Use cases whose every text is hostile, and all that a window shows of it."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from functools import wraps
from itertools import count
from types import NoneType, UnionType
from typing import Any, get_args, get_type_hints

from PySide6.QtCore import QAbstractItemModel, QAbstractTableModel, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QMenu,
    QTabWidget,
    QWidget,
)

from domain import evidence, review, scoring, transactions
from tests.fakes import FakeServices

# Texts that code reads, not people: what they hold is checked elsewhere, and a lie in them is no text in the window.
READ_BY_CODE = {"at", "details", "hash", "previous", "action", "origin", "field", "frm", "name_of", "alert_id"}
SHOWN_IDS = {"customer_id", "merchant_id", "device_id", "terminal_id", "counterparty_id"}
ASKED = ("case", "transactions", "case_file", "texts", "similar", "links", "views", "model_page", "health", "unsaved",
         "what_if", "counterfactual", "users")  # fmt: skip

# Of desktop.services, which does not load what its records are made of.
NAMED = {**vars(evidence), **vars(review), **vars(scoring), **vars(transactions)}


class HostileServices(FakeServices):
    """What is asked for comes with `text` in each field that holds free text."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(memo=text)
        number = count()
        self.rows = [
            replace(
                poisoned(row, text), alert_id=f"{text}{next(number)}", transaction_id=row.transaction_id, origin=text
            )
            for row in self.rows
        ]
        columns = (replace(column, name=f"{text}{at}", values=(text,)) for at, column in enumerate(self.sample.columns))
        self.sample = replace(self.sample, columns=tuple(columns))
        for name in ASKED:
            setattr(self, name, self._poisoning(getattr(self, name)))

    def case(self, alert_id: str) -> Any:
        known = super().case(alert_id)
        return replace(known, alert=replace(known.alert, alert_id=alert_id, flag_reason=self.text))

    def narrate(self, alert_id, on_sentence, on_draft, cancelled):
        on_draft(self.text)
        explained = super().narrate(alert_id, lambda sentence: None, on_draft, cancelled)
        sentences = tuple(replace(one, text=self.text) for one in explained.narrative.sentences)
        return replace(explained, narrative=replace(explained.narrative, sentences=sentences))

    def _poisoning(self, ask):
        @wraps(ask)
        def asked(*given, **named):
            return poisoned(ask(*given, **named), self.text)

        return asked


def poisoned(value: Any, text: str) -> Any:
    """`value` with `text` in every field of every record in it that is declared as plain text."""
    if isinstance(value, tuple):
        return tuple(poisoned(one, text) for one in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    hints = get_type_hints(type(value), localns=NAMED)
    changes: dict[str, Any] = {}
    for field in fields(value):
        now, hint = getattr(value, field.name), hints.get(field.name)
        if field.name.removesuffix("_id") != field.name and field.name not in (
            "customer_id",
            "merchant_id",
            "device_id",
        ):
            continue
        if field.name in READ_BY_CODE or not field.init:
            continue
        if _is_text(hint):
            changes[field.name] = text if now is not None else None
        elif isinstance(now, tuple) or is_dataclass(now):
            changes[field.name] = poisoned(now, text)
    return replace(value, **changes)


def _is_text(hint: object) -> bool:
    kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    return str in kinds and set(kinds) <= {str, NoneType}


def shown(root: QWidget) -> Iterator[tuple[str, str]]:
    """(where, text) of all that a person reads in `root`, hidden pages included; texts being edited are left out."""
    for widget in (root, *root.findChildren(QWidget)):
        kind = type(widget).__name__
        yield f"{kind}, title", widget.windowTitle()
        yield f"{kind}, accessible", f"{widget.accessibleName()} {widget.accessibleDescription()}"
        if isinstance(widget, QLabel | QAbstractButton):
            yield kind, widget.text()
        if isinstance(widget, QComboBox):
            yield from ((kind, widget.itemText(number)) for number in range(widget.count()))
        if isinstance(widget, QTabWidget):
            yield from ((kind, widget.tabText(number)) for number in range(widget.count()))
        if isinstance(widget, QMenu):
            yield from ((kind, action.text()) for action in widget.actions())
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            yield from ((kind, text) for text in _cells(widget.model(), Qt.ItemDataRole.DisplayRole))


def tips(root: QWidget) -> Iterator[str]:
    for widget in (root, *root.findChildren(QWidget)):
        yield widget.toolTip()
        if isinstance(widget, QTabWidget):
            yield from (widget.tabToolTip(number) for number in range(widget.count()))
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            yield from _cells(widget.model(), Qt.ItemDataRole.ToolTipRole)


def _cells(model: QAbstractItemModel, role: int) -> Iterator[str]:
    columns = model.columnCount() if isinstance(model, QAbstractTableModel) else 1
    for line in range(min(model.rowCount(), 3)):
        for column in range(columns):
            found = model.data(model.index(line, column), role)
            if isinstance(found, str):
                yield found
    for section in range(columns):
        heading = model.headerData(section, Qt.Orientation.Horizontal, role)
        if isinstance(heading, str):
            yield heading
