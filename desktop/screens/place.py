"""The places of the window: a screen each, and how the rail names it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.support.translation import tr
from desktop.widgets.layouts import Room


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


class PlaceStack(QStackedWidget):
    """Shows one place at a time. `on_made` is told the room of each screen once it is made."""

    def __init__(self, places: Sequence[Place], on_made: Callable[[QWidget], None]) -> None:
        super().__init__()
        self._places = places
        self._on_made = on_made
        self._rooms = tuple(Room(tr(place.words)) for place in places)
        self._made: set[int] = set()
        for room in self._rooms:
            self.addWidget(room)

    @property
    def place(self) -> Place:
        return self._places[self.currentIndex()]

    def is_made(self, number: int) -> bool:
        return number in self._made

    def make(self, number: int) -> None:
        """The place's screen, unless it was made before."""
        if not self.is_made(number):
            self._made.add(number)
            self._rooms[number].hold(self._places[number].screen)
            self._on_made(self._rooms[number])

    def go(self, number: int) -> None:
        self.make(number)
        self.setCurrentIndex(number)
        self._places[number].arrive()
