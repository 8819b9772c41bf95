"""An axis whose numbers are written as this person's locale writes them."""

import pyqtgraph as pg

from desktop.support.formats import Formats


class CountAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    def __init__(self, formats: Formats, orientation: str = "left") -> None:
        super().__init__(orientation)
        self._formats = formats
        self.enableAutoSIPrefix(False)

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if spacing >= 1:
            return [self._formats.count(round(value)) for value in values]
        return [self._formats.number(round(value, 6)) for value in values]
