"""How the window stood when it was closed, kept in session.json: sizes and places, no word of any case.

Which case was open is kept in the store, because the session's file is not encrypted.
"""

import base64
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QHeaderView, QMainWindow, QSplitter, QWidget

from desktop.support.kept import KeptFile
from desktop.widgets.table import RowTable


@dataclass(frozen=True, slots=True)
class Session:
    """Geometry, and states by the widget's object name, as Qt writes them, in base64. `place` is a screen's name."""

    last_store: str = ""
    geometry: str = ""
    place: str = ""
    text_percent: int = 100  # that the columns were wide enough for
    states: dict[str, str] = field(default_factory=dict)
    percents: dict[str, int] = field(default_factory=dict)  # the same of each state, where it is another


class SessionFile(KeptFile[Session]):
    """`current` is the session; `change(place="case")` writes it."""


def restore(window: QMainWindow, session: Session) -> None:
    """What does not fit any more (another screen, other columns) is left as it is: Qt says no."""
    if session.geometry:
        window.restoreGeometry(_bytes(session.geometry))
    restore_states(window, session)


def restore_states(screen: QWidget, session: Session) -> None:
    """Of the parts that are on it, as far as they fit."""
    for part in _movable(screen):
        if part.objectName() in session.states:
            part.restoreState(_bytes(session.states[part.objectName()]))
            table = part.parent()
            if isinstance(table, RowTable):
                table.scale = session.percents.get(part.objectName(), session.text_percent) / 100


def remember(window: QMainWindow, session: Session, place: str, text_percent: int) -> Session:
    states = {part.objectName(): _text(part.saveState()) for part in _movable(window)}
    older = {name: session.percents.get(name, session.text_percent) for name in session.states.keys() - states.keys()}
    return replace(
        session,
        geometry=_text(window.saveGeometry()),
        place=place,
        text_percent=text_percent,
        states={**session.states, **states},
        percents={name: percent for name, percent in older.items() if percent != text_percent},
    )


def _movable(screen: QWidget) -> list[QSplitter | QHeaderView]:
    """Splitters, and the column headers of tables: those that were given a name to be remembered by."""
    parts = [*screen.findChildren(QSplitter), *screen.findChildren(QHeaderView)]
    return [part for part in parts if part.objectName().startswith("kept_")]


def _text(state: QByteArray) -> str:
    return base64.b64encode(state.data()).decode("ascii")


def _bytes(text: str) -> QByteArray:
    try:
        return QByteArray(base64.b64decode(text, validate=True))
    except ValueError:
        return QByteArray()
