"""Numbers, money, dates and the field's words as this person's locale writes them."""

from datetime import datetime

from PySide6.QtCore import QDate, QDateTime, QLocale, QTime

from desktop.support.text import visible
from desktop.support.translation import mark, tr
from domain.review import Disposition, QueueRow

LONGEST_CURRENCY = 12  # codes have three letters; a field that holds a novel is cut
DISPOSITION_WORDS: dict[Disposition, str] = {
    "confirmed_fraud": mark("Confirmed fraud"),
    "false_positive": mark("False positive"),
    "inconclusive": mark("Inconclusive"),
    "escalated": mark("Escalated"),
}
DECIDING_WORDS: dict[Disposition, str] = {**DISPOSITION_WORDS, "escalated": mark("Escalate")}  # as something to do
BAND_WORDS = {"critical": mark("Critical"), "high": mark("High"), "medium": mark("Medium"), "low": mark("Low")}
ORIGIN_WORDS = {"model": mark("Score"), "upstream": mark("Upstream"), "simulated": mark("Simulated")}


class Formats:
    """Formats by one locale; the window makes it from the system's, tests from a fixed one."""

    def __init__(self, locale: QLocale) -> None:
        self._locale = locale

    def count(self, value: int) -> str:
        return self._locale.toString(value)

    def number(self, value: float) -> str:
        """As short as it can be read back."""
        return self._locale.toString(float(value), "g", 10)

    def exact(self, value: float) -> str:
        """All digits that it takes to read the same number back."""
        return self._locale.toString(
            float(value), "f", QLocale.FloatingPointPrecisionOption.FloatingPointShortest.value
        )

    def read_number(self, text: str, *, grouped: bool = True) -> float | None:
        """What a person typed, in this locale; None where it is no number. `grouped`: thousands may be parted."""
        locale = QLocale(self._locale)
        if not grouped:
            locale.setNumberOptions(QLocale.NumberOption.RejectGroupSeparator)
        value, readable = locale.toDouble(text.strip())
        return value if readable else None

    def decimal(self, value: float, places: int = 1) -> str:
        return self._locale.toString(float(value), "f", places)

    def money(self, value: float, currency: str | None) -> str:
        number = self._locale.toString(float(value), "f", 2)
        return f"{number} {visible(currency, LONGEST_CURRENCY)}" if currency else number

    def share(self, value: float) -> str:
        """A probability as percent; the ends are not rounded into certainty."""
        percent = 100 * value
        if 99.95 <= percent < 100:
            return f">{self._locale.toString(99.9, 'f', 1)} %"
        if 0 < percent < 0.05:
            return f"<{self._locale.toString(0.1, 'f', 1)} %"
        return f"{self._locale.toString(percent, 'f', 1)} %"

    def signed(self, value: float) -> str:
        sign = "+" if value >= 0 else "−"
        return f"{sign}{self._locale.toString(abs(float(value)), 'f', 2)}"

    def time(self, moment: datetime) -> str:
        """Date and time to the second, the year in full."""
        return f"{self.date(moment)} {self._locale.toString(_qt(moment).time(), 'HH:mm:ss')}"

    def clock(self, moment: datetime) -> str:
        return self._locale.toString(_qt(moment).time(), "HH:mm")

    def date(self, moment: datetime) -> str:
        return self.day(moment.date())

    def day(self, day: date) -> str:
        return self._locale.toString(QDate(day.year, day.month, day.day), _four_digit_year(self._locale))


def state_words(row: QueueRow) -> str:
    if row.state == "waiting":
        return tr("Waits for approval")
    return tr(DISPOSITION_WORDS[row.disposition]) if row.disposition else tr("Open")


def _qt(moment: datetime) -> QDateTime:
    return QDateTime(QDate(moment.year, moment.month, moment.day), QTime(moment.hour, moment.minute, moment.second))


def _four_digit_year(locale: QLocale) -> str:
    """The locale's short date, with the century: cases reach back over years."""
    pattern = locale.dateFormat(QLocale.FormatType.ShortFormat)
    return pattern if "yyyy" in pattern else pattern.replace("yy", "yyyy")
