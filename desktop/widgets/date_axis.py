"""An axis of dates that names months and days as the window's locale does."""

import pyqtgraph as pg
from PySide6.QtCore import QDateTime, QLocale, QTimeZone

# pyqtgraph's formats that hold names, as Qt writes them
NAMED = {"%b": "MMM", "%a %d": "ddd d", "%a": "ddd"}


class DateAxis(pg.DateAxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Values are seconds since 1970, drawn as they are, whatever this machine's zone."""

    def __init__(self) -> None:
        super().__init__(utcOffset=0)

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        spec = next((spec for spec in self.zoomLevel.tickSpecs if spec.spacing == spacing), None)
        pattern = NAMED.get(spec.format) if spec is not None else None
        if pattern is None:
            return list(super().tickStrings(values, scale, spacing))
        moments = (QDateTime.fromSecsSinceEpoch(int(value), QTimeZone.utc()) for value in values)
        return [QLocale().toString(moment, pattern) for moment in moments]
