"""How single cells are painted: a band or state as a pill with its picture, a contribution as a bar."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.support.look import Look
from desktop.tables.queue_model import ROW_ROLE

Index = QModelIndex | QPersistentModelIndex
ICON = 14
PAD = 8
DISPOSITION_TONES = {
    "confirmed_fraud": "critical",
    "false_positive": "good",
    "inconclusive": "neutral",
    "escalated": "notice",
}


class Background(QStyledItemDelegate):
    """Draws the cell's ground and leaves its text to the subclass; shows no focus frame around single cells."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus

    def ground(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        bare = QStyleOptionViewItem(option)
        self.initStyleOption(bare, index)
        bare.text = ""
        bare.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, bare, painter, bare.widget)


class RoomyDelegate(Background):
    """Wrapped text with air above and below it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        hint = super().sizeHint(option, index)
        return QSize(hint.width(), max(34, hint.height() + 12))


class PillDelegate(Background):
    """The band or the state of a queue row."""

    def __init__(self, look: Look, what: str) -> None:
        super().__init__(look)
        self._what = what

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW_ROLE)
        if row is None:
            super().paint(painter, option, index)
            return
        self.ground(painter, option, index)
        if self._what == "band":
            icon, tone, filled = row.band, row.band, True
        elif row.disposition:
            icon, tone, filled = row.disposition, DISPOSITION_TONES[row.disposition], False
        else:
            icon, tone, filled = "open", "muted", False
        text = index.data()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = 22
        box = QRect(option.rect.left() + PAD, option.rect.center().y() - height // 2 + 1, 0, height)
        box.setWidth(min(option.rect.width() - 2 * PAD, ICON + 20 + option.fontMetrics.horizontalAdvance(text)))
        if filled:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._look.colour(f"{tone}_soft"))
            painter.drawRoundedRect(QRectF(box), 5, 5)
            box.adjust(7, 0, 0, 0)
        painter.drawPixmap(box.left(), box.center().y() - ICON // 2 + 1, self._look.pixmap(icon, tone, ICON))
        painter.setPen(self._look.colour(tone if filled else "text" if row.disposition else "muted"))
        room = box.adjusted(ICON + 5, 0, 0, 0)
        shown = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        painter.restore()


class ContributionDelegate(Background):
    """A bar from the middle: to the right where it raises the score, to the left where it lowers it."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.largest = 1.0

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.ground(painter, option, index)
        contribution = float(index.data(ROW_ROLE).contribution)
        tone = "raises" if contribution >= 0 else "lowers"
        area = option.rect.adjusted(PAD, 0, -PAD, 0)
        words_width = option.fontMetrics.horizontalAdvance("▲ +00.00")
        track = QRect(area.left(), area.top(), area.width() - words_width - PAD, area.height())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = track.center().x()
        painter.setPen(self._look.colour("border"))
        painter.drawLine(middle, area.top() + 4, middle, area.bottom() - 4)
        length = max(2, round(abs(contribution) / self.largest * track.width() / 2))
        top, height = area.center().y() - 5, 11
        bar = QRectF(middle if contribution >= 0 else middle - length, top, length, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.colour(tone))
        painter.drawRoundedRect(bar, 2, 2)
        painter.setPen(self._look.colour(tone))
        words = QRect(track.right() + PAD, area.top(), words_width, area.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, index.data())
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(150, 30)
