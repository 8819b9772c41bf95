"""A screen of the window, and how the rail names it."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget


@dataclass(frozen=True, slots=True)
class Place:
    """`words` name it on the rail, `action` says the going there; `arrive` gives it focus or news.

    It is made when somebody first goes there: the queue is all that is needed to begin.
    """

    name: str  # its icon's too
    words: str
    action: str
    made: Callable[[], QWidget]
    arrive: Callable[[], object]

    @property
    def screen(self) -> QWidget:
        return self.made()
