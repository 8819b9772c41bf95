"""When in the week the customer pays, as a strip of days and hours; the hour of this payment is framed."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from PySide6.QtCore import QEvent, QLocale, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop.support.formats import Formats
from desktop.support.look import Look
from desktop.support.text import tooltip
from desktop.support.translation import tr, trn
from domain.habits import DAYS, HOURS, WeeklyHabit, weekly_habit

LEFT, BOTTOM, CELL = 40, 16, 11  # pixels
FAINTEST = 0.22  # of the colour's strength: one payment still shows


class HabitStrip(QWidget):
    def __init__(self, look: Look, formats: Formats) -> None:
        super().__init__()
        self._look = look
        self._formats = formats
        self._habit: WeeklyHabit | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("When in the week the customer pays"))
        look.changed.connect(self.update)

    def show_habit(self, earlier: Iterable[datetime], this: datetime) -> None:
        self._habit = weekly_habit(earlier, this)
        self.setAccessibleDescription(self.words)
        self.update()

    @property
    def words(self) -> str:
        """What the strip shows, in a sentence."""
        habit = self._habit
        if habit is None or habit.total == 0:
            return tr("No earlier payment shows a habit.")
        day = QLocale().dayName(habit.day + 1)
        return tr(
            "{day} {hour}:00: {hours} of {total} earlier payments were made at this hour, {days} on this weekday.",
            day=day, hour=f"{habit.hour:02d}", hours=self._formats.count(habit.at_this_hour),
            total=self._formats.count(habit.total), days=self._formats.count(habit.on_this_day),
        )  # fmt: skip

    def sizeHint(self) -> QSize:
        return QSize(300, DAYS * CELL + BOTTOM + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(LEFT + HOURS * 6, self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._habit is not None:
            width = self._cell(0, 0).width()
            hour, day = int((event.pos().x() - LEFT) // width), int(event.pos().y() // CELL)
            if 0 <= hour < HOURS and 0 <= day < DAYS:
                count = self._habit.counts[day][hour]
                words = trn("{day} {hour}:00: {count} payment", "{day} {hour}:00: {count} payments", count,
                            day=QLocale().dayName(day + 1), hour=f"{hour:02d}")  # fmt: skip
                QToolTip.showText(event.globalPos(), tooltip(words), self)
                return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._look.font(11))
        painter.setPen(self._look.colour("muted"))
        for day in range(DAYS):
            if day % 2 == 0:
                box = QRectF(0, day * CELL - 2, LEFT - 6, CELL + 4)
                painter.drawText(
                    box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                    QLocale().dayName(day + 1, QLocale.FormatType.ShortFormat),
                )  # fmt: skip
        for hour in range(0, HOURS, 6):
            painter.drawText(QPointF(self._cell(0, hour).left(), DAYS * CELL + 13), f"{hour:02d}")
        if self._habit is None:
            return
        cells = defaultdict[int, list[QRectF]](list)
        for day, counts in enumerate(self._habit.counts):
            for hour, count in enumerate(counts):
                cells[count].append(self._cell(day, hour).adjusted(0, 0, -1.5, -1.5))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.colour("raised"))
        painter.drawRects([cell for alike in cells.values() for cell in alike])
        filled = QColor(self._look.colour("accent"))
        for count in filter(None, cells):
            filled.setAlphaF(FAINTEST + (1 - FAINTEST) * count / self._habit.largest)
            painter.setBrush(filled)
            painter.drawRects(cells[count])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._look.colour("text"), 2))
        painter.drawRect(self._cell(self._habit.day, self._habit.hour).adjusted(-1, -1, 0, 0))

    def _cell(self, day: int, hour: int) -> QRectF:
        width = (self.width() - LEFT - 4) / HOURS
        return QRectF(LEFT + hour * width, day * CELL, width, CELL)
