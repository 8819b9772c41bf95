"""The window's spacing, once: an 8-pixel grid."""

from typing import TypeVar

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QVBoxLayout, QWidget

L = TypeVar("L", bound=QLayout)
Margins = tuple[int, int, int, int]  # left, top, right, bottom
NONE: Margins = (0, 0, 0, 0)
GAP = 8
WIDE = 16
PAGE = 20


def column(parent: QWidget | None = None, gap: int = GAP, margins: Margins = NONE) -> QVBoxLayout:
    layout = QVBoxLayout() if parent is None else QVBoxLayout(parent)
    return _spaced(layout, gap, margins)


def row(parent: QWidget | None = None, gap: int = GAP, margins: Margins = NONE) -> QHBoxLayout:
    layout = QHBoxLayout() if parent is None else QHBoxLayout(parent)
    return _spaced(layout, gap, margins)


def card() -> QFrame:
    frame = QFrame()
    frame.setProperty("role", "card")
    return frame


def clear(layout: QLayout) -> None:
    """Takes every widget out of `layout` and lets it go."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.setParent(None)
            widget.deleteLater()


def _spaced(layout: L, gap: int, margins: tuple[int, int, int, int]) -> L:
    layout.setSpacing(gap)
    layout.setContentsMargins(*margins)
    return layout
