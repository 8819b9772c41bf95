"""The customer's payments over time: amount by moment, the flagged and the fraudulent marked, this one ringed."""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime

import pyqtgraph as pg
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QWidget

from desktop.support.formats import Formats
from desktop.support.look import Look
from desktop.support.text import tooltip, visible
from desktop.support.translation import mark, tr
from desktop.widgets.count_axis import CountAxis
from desktop.widgets.date_axis import DateAxis
from desktop.widgets.habit_strip import HabitStrip
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import column
from desktop.widgets.legend import Legend, Sign
from domain.transactions import Transaction

# (key, sign in the legend, words, colour, pyqtgraph symbol, size)
KINDS = (
    ("plain", "●", mark("Payment"), "muted", "o", 6),
    ("flagged", "▲", mark("Flagged"), "high", "t1", 10),
    ("fraud", "✕", mark("Known fraud"), "critical", "x", 10),
    ("behind", "○", mark("In evidence"), "accent", "o", 13),
    ("this", "◆", mark("This one"), "accent", "d", 15),
)

ROOM = 0.06
ZOOM = 0.6  # of the time in sight, at each key press


class KeyedPlot(pg.PlotWidget):
    """A plot that is walked and zoomed by keys as by the wheel."""

    stepped = Signal(int)
    zoomed = Signal(float)  # the share of the time in sight; 0 for all of it

    def __init__(self, formats: Formats) -> None:
        super().__init__(axisItems={"bottom": DateAxis(), "left": CountAxis(formats)})
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        zooms = {Qt.Key.Key_Plus: ZOOM, Qt.Key.Key_Equal: ZOOM, Qt.Key.Key_Minus: 1 / ZOOM, Qt.Key.Key_0: 0.0}
        if event.key() in steps:
            self.stepped.emit(steps[Qt.Key(event.key())])
        elif event.key() in zooms:
            self.zoomed.emit(zooms[Qt.Key(event.key())])
        else:
            event.ignore()


class HistoryChart(QWidget):
    def __init__(self, look: Look, formats: Formats) -> None:
        super().__init__()
        self._look = look
        self._formats = formats
        self._history: tuple[Transaction, ...] = ()
        self._this = ""
        self._behind: frozenset[str] = frozenset()
        self._alerted: frozenset[str] = frozenset()
        self._drawing = QTimer(self)  # in the next turn of the event loop: the texts of a case come first
        self._drawing.setSingleShot(True)
        self._drawing.timeout.connect(self._draw)
        self._at = 0  # of the history, newest first: the payment a person stands on
        self._plot = KeyedPlot(formats)
        self._plot.stepped.connect(self.step)
        self._plot.zoomed.connect(self.zoom)
        self._plot.setAccessibleName(tr("Chart of the customer's payments over time"))
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
        self._cursor = pg.ScatterPlotItem(pxMode=True)
        self._plot.addItem(self._cursor)
        self.chosen = PlainLabel("", "small", wrap=True)
        self.habit = HabitStrip(look, formats)
        self.habit_words = PlainLabel("", "small", wrap=True)
        legend = Legend(look, (Sign(sign, tr(words), colour) for _key, sign, words, colour, _symbol, _size in KINDS))
        layout = column(self, 4)
        layout.addWidget(self._plot, 1)
        layout.addWidget(legend)
        layout.addWidget(self.chosen)
        layout.addSpacing(4)
        layout.addWidget(self.habit)
        layout.addWidget(self.habit_words)
        self.setFocusProxy(self._plot)
        look.changed.connect(self._restyle)
        self._restyle()

    def show_history(self, history: Sequence[Transaction], this: Transaction, alerted: Collection[str] = ()) -> None:
        """`history` newest first; `alerted` are the transactions of it that raised an alert, by id."""
        known = any(item.transaction_id == this.transaction_id for item in history)
        self._history = tuple(history) if known else (this, *history)
        self._this = this.transaction_id
        self._behind = frozenset()
        self._alerted = frozenset(alerted)
        self._at = next(at for at, item in enumerate(self._history) if item.transaction_id == self._this)
        self._plot.setAccessibleDescription(self._summary(this))
        self._cursor.setData([])
        self.chosen.setText(tr("← → walk through the payments, + − zoom, 0 shows all."))
        self.habit.show_habit(
            (item.occurred_at for item in self._history if item.transaction_id != self._this), this.occurred_at
        )
        self.habit_words.setText(self.habit.words)
        self._plot.getPlotItem().enableAutoRange(axis="x")
        self._plot.setUpdatesEnabled(False)  # the payments of another customer are not painted once more
        self._drawing.start()

    def mark_behind(self, ids: Collection[str]) -> None:
        """Rings the payments that the selected evidence was computed from."""
        self._behind = frozenset(ids)
        self._drawing.start()

    def step(self, by: int) -> None:
        """Stands on the payment before or after, in time, and tells it in words."""
        self._at = min(max(self._at - by, 0), len(self._history) - 1)
        item = self._history[self._at]
        self._cursor.setData(
            x=[_seconds(item.occurred_at)], y=[item.amount], symbol="s", size=18,
            pen=pg.mkPen(self._look.colour("text"), width=2), brush=pg.mkBrush(None),
        )  # fmt: skip
        known = tr("Known fraud") if item.label else tr("Flagged") if self._flagged(item) else ""
        words = " · ".join(word for word in (self._words(item), known) if word)
        self.chosen.setText(words)
        self._plot.setAccessibleDescription(visible(words))
        (start, end), at = self._plot.getPlotItem().getViewBox().viewRange()[0], _seconds(item.occurred_at)
        if not start <= at <= end:
            self._plot.setXRange(at - (end - start) / 2, at + (end - start) / 2, padding=0)

    def zoom(self, share: float) -> None:
        """Around the payment a person stands on; 0 shows all."""
        plot = self._plot.getPlotItem()
        if share == 0:
            plot.enableAutoRange(axis="x")
            return
        start, end = plot.getViewBox().viewRange()[0]
        at = _seconds(self._history[self._at].occurred_at)
        plot.setXRange(at - (at - start) * share, at + (end - at) * share, padding=0)

    def _flagged(self, item: Transaction) -> bool:
        return bool(item.flagged) or item.transaction_id in self._alerted

    def _summary(self, this: Transaction) -> str:
        largest = max(item.amount for item in self._history)
        first = min(item.occurred_at for item in self._history)
        count, since = self._formats.count(len(self._history)), self._formats.date(first)
        amount, most = (self._formats.money(value, this.currency) for value in (this.amount, largest))
        return tr(
            "{count} payments since {since}; this one is {amount}, the largest {most}",
            count=count,
            since=since,
            amount=amount,
            most=most,
        )

    def _draw(self) -> None:
        self._plot.setUpdatesEnabled(True)
        if self._history:
            largest = max(item.amount for item in self._history) or 1.0
            # Room below zero and above the largest: the signs there are whole.
            self._plot.getPlotItem().setYRange(-ROOM * largest, (1 + ROOM) * largest, padding=0)
        belongs: dict[str, Callable[[Transaction], bool]] = {
            "plain": lambda t: not (t.label or self._flagged(t) or t.transaction_id == self._this),
            "flagged": lambda t: self._flagged(t) and not t.label and t.transaction_id != self._this,
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
        return tooltip(self._words(data))

    def _words(self, data: Transaction) -> str:
        where = data.merchant_id or data.terminal_id or data.counterparty_id or ""
        words = (self._formats.time(data.occurred_at), self._formats.money(data.amount, data.currency), where)
        return " · ".join(word for word in words if word)

    def _restyle(self) -> None:
        self._plot.setBackground(self._look.colour("surface"))
        font = self._look.font(12)
        for name in ("left", "bottom"):
            axis = self._plot.getAxis(name)
            axis.setPen(pg.mkPen(self._look.colour("border")))
            axis.setTextPen(pg.mkPen(self._look.colour("muted")))
            axis.setStyle(tickLength=-4, tickFont=font)
        self._plot.showGrid(x=False, y=True, alpha=0.15)
        self._drawing.start()


def _seconds(moment: datetime) -> float:
    """Times are local to the account and are drawn as they are, whatever this machine's zone."""
    return moment.replace(tzinfo=UTC).timestamp()
