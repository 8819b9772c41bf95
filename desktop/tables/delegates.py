"""How single cells are painted: a band or state as a pill with its picture, a contribution as a bar."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.support.look import Look
from desktop.tables.queue_model import ROW_ROLE

Index = QModelIndex | QPersistentModelIndex
ICON = 14
PAD = 8
HIGHEST = 10_000  # pixels, more than any statement needs
KEYS_ROLE = Qt.ItemDataRole.UserRole + 1
DISPOSITION_TONES = {
    "confirmed_fraud": "critical",
    "false_positive": "good",
    "inconclusive": "neutral",
    "escalated": "notice",
}
DUE_LOOKS = {
    "overdue": ("overdue", "critical", True),
    "soon": ("due", "notice", True),
    "later": ("due", "muted", False),
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
    """Wrapped text with air around it, as high as it needs in the column's width, which stays as it is."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        room = QRect(0, 0, max(option.rect.width() - 2 * PAD, 1), HIGHEST)
        words = option.fontMetrics.boundingRect(room, Qt.TextFlag.TextWordWrap, str(index.data() or ""))
        return QSize(option.rect.width(), max(34, words.height() + 14))


class PillDelegate(Background):
    """The band, the state or the deadline of a queue row: always picture and words, never colour alone."""

    def __init__(self, look: Look, what: str) -> None:
        super().__init__(look)
        self._what = what

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW_ROLE)
        if row is None:
            super().paint(painter, option, index)
            return
        if self._what == "due" and index.model().age(row) is None:
            super().paint(painter, option, index)
            return
        self.ground(painter, option, index)
        if self._what == "band":
            icon, tone, filled = row.band, row.band, True
        elif self._what == "due":
            icon, tone, filled = DUE_LOOKS[index.model().age(row)]
        elif row.disposition:
            icon, tone, filled = row.disposition, DISPOSITION_TONES[row.disposition], False
        else:
            icon, tone, filled = "open", "notice" if row.state == "waiting" else "muted", False
        text = index.data()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        icon_size = max(ICON, option.fontMetrics.height() - 4)
        height = option.fontMetrics.height() + 4
        box = QRect(option.rect.left() + PAD, option.rect.center().y() - height // 2 + 1, 0, height)
        box.setWidth(min(option.rect.width() - 2 * PAD, icon_size + 20 + option.fontMetrics.horizontalAdvance(text)))
        if filled:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._look.colour(f"{tone}_soft"))
            painter.drawRoundedRect(QRectF(box), 5, 5)
            box.adjust(7, 0, 0, 0)
        painter.drawPixmap(box.left(), box.center().y() - icon_size // 2 + 1, self._look.pixmap(icon, tone, ICON))
        painter.setPen(self._look.colour(tone if filled else "muted" if row.state == "open" else "text"))
        room = box.adjusted(icon_size + 5, 0, 0, 0)
        shown = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        painter.restore()


class KeysDelegate(Background):
    """A command's name, and at the right the keys that do the same."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        painter.save()
        painter.setPen(self._look.colour("muted"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(option.rect.adjusted(PAD, 0, -PAD, 0), right, index.data(KEYS_ROLE) or "")
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
