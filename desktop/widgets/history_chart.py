"""The customer's payments over time: amount by moment, the flagged and the fraudulent marked, this one ringed."""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from desktop.support.formats import Formats
from desktop.support.look import Look
from desktop.support.text import tooltip
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import column, row
from domain.transactions import Transaction

# (key, sign in the legend, words, colour, pyqtgraph symbol, size)
KINDS = (
    ("plain", "●", "Payment", "muted", "o", 6),
    ("flagged", "▲", "Flagged", "high", "t1", 10),
    ("fraud", "✕", "Known fraud", "critical", "x", 10),
    ("behind", "○", "In evidence", "accent", "o", 13),
    ("this", "◆", "This one", "accent", "d", 15),
)

ROOM = 0.06


class HistoryChart(QWidget):
    def __init__(self, look: Look, formats: Formats) -> None:
        super().__init__()
        self._look = look
        self._formats = formats
        self._history: tuple[Transaction, ...] = ()
        self._this = ""
        self._behind: frozenset[str] = frozenset()
        self._plot = pg.PlotWidget(axisItems={"bottom": pg.DateAxisItem(utcOffset=0)})
        self._plot.setAccessibleName("Chart of the customer's payments over time")
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setMouseEnabled(x=True, y=False)
        self._plot.setMinimumHeight(120)
        self._plot.getPlotItem().getViewBox().setDefaultPadding(0.06)
        self._points = {
            key: pg.ScatterPlotItem(hoverable=key != "behind", tip=self._tip, pxMode=True) for key, *_ in KINDS
        }
        for item in self._points.values():
            self._plot.addItem(item)
        self._legend = row(gap=14)
        self._signs: list[tuple[PlainLabel, str]] = []
        for _key, sign, words, colour, _symbol, _size in KINDS:
            mark = PlainLabel(sign)
            self._signs.append((mark, colour))
            entry = row(gap=4)
            entry.addWidget(mark)
            entry.addWidget(PlainLabel(words, "small"))
            self._legend.addLayout(entry)
        self._legend.addStretch()
        layout = column(self, 4)
        layout.addWidget(self._plot, 1)
        layout.addLayout(self._legend)
        look.changed.connect(self._restyle)
        self._restyle()

    def show_history(self, history: Sequence[Transaction], this: Transaction) -> None:
        known = any(item.transaction_id == this.transaction_id for item in history)
        self._history = tuple(history) if known else (this, *history)
        self._this = this.transaction_id
        self._behind = frozenset()
        self._plot.setAccessibleDescription(self._summary(this))
        self._draw()
        plot, largest = self._plot.getPlotItem(), max(item.amount for item in self._history) or 1.0
        plot.enableAutoRange(axis="x")
        # Room below zero and above the largest: the signs there are whole.
        plot.setYRange(-ROOM * largest, (1 + ROOM) * largest, padding=0)

    def mark_behind(self, ids: Collection[str]) -> None:
        """Rings the payments that the selected evidence was computed from."""
        self._behind = frozenset(ids)
        self._draw()

    def _summary(self, this: Transaction) -> str:
        largest = max(item.amount for item in self._history)
        first = min(item.occurred_at for item in self._history)
        count, since = self._formats.count(len(self._history)), self._formats.date(first)
        amount, most = (self._formats.money(value, this.currency) for value in (this.amount, largest))
        return f"{count} payments since {since}; this one is {amount}, the largest {most}"

    def _draw(self) -> None:
        belongs: dict[str, Callable[[Transaction], bool]] = {
            "plain": lambda t: not (t.label or t.flagged or t.transaction_id == self._this),
            "flagged": lambda t: bool(t.flagged and not t.label and t.transaction_id != self._this),
            "fraud": lambda t: bool(t.label and t.transaction_id != self._this),
            "behind": lambda t: t.transaction_id in self._behind and t.transaction_id != self._this,
            "this": lambda t: t.transaction_id == self._this,
        }
        for key, _sign, _words, colour, symbol, size in KINDS:
            chosen = [item for item in self._history if belongs[key](item)]
            ink = self._look.colour(colour)
            hollow = key == "behind"
            fill = QColor(ink)
            fill.setAlpha(0 if hollow else 255)
            ground = self._look.colour("surface")
            self._points[key].setData(
                x=[_seconds(item.occurred_at) for item in chosen],
                y=[item.amount for item in chosen],
                data=chosen,
                symbol=symbol,
                size=size,
                pen=pg.mkPen(ink if hollow or key == "fraud" else ground, width=1.6 if hollow or key == "fraud" else 1),
                brush=pg.mkBrush(fill),
            )

    def _tip(self, x: float, y: float, data: Transaction) -> str:
        where = data.merchant_id or data.terminal_id or data.counterparty_id or ""
        words = (self._formats.time(data.occurred_at), self._formats.money(data.amount, data.currency), where)
        return tooltip(" · ".join(word for word in words if word))

    def _restyle(self) -> None:
        self._plot.setBackground(self._look.colour("surface"))
        font = self._look.font(12)
        for name in ("left", "bottom"):
            axis = self._plot.getAxis(name)
            axis.setPen(pg.mkPen(self._look.colour("border")))
            axis.setTextPen(pg.mkPen(self._look.colour("muted")))
            axis.setStyle(tickLength=-4, tickFont=font)
        self._plot.showGrid(x=False, y=True, alpha=0.15)
        for mark, colour in self._signs:
            palette = mark.palette()
            palette.setColor(mark.foregroundRole(), self._look.colour(colour))
            mark.setPalette(palette)
            mark.setStyleSheet(f"color: {self._look.theme.colour(colour)};")
            mark.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self._draw()


def _seconds(moment: datetime) -> float:
    """Times are local to the account and are drawn as they are, whatever this machine's zone."""
    return moment.replace(tzinfo=UTC).timestamp()
