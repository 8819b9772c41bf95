"""What each threshold would have done, over the alerts a day that it raises, with the one in force and the proposed."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.support.formats import Formats
from desktop.support.look import Look
from desktop.support.translation import mark, tr
from desktop.widgets.count_axis import CountAxis
from desktop.widgets.layouts import column
from desktop.widgets.legend import Legend, Sign
from domain.thresholds import CurvePoint

Measure = Literal["cost", "quality"]
Line = tuple[str, str, Qt.PenStyle, Callable[[CurvePoint], float]]  # words, colour, pen, figure
SOLID, DASHED = Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine
LINES: dict[Measure, tuple[Line, ...]] = {
    "cost": ((mark("Cost a day"), "accent", SOLID, lambda point: point.cost),),
    "quality": (
        (mark("Precision"), "accent", SOLID, lambda point: 100 * point.precision),
        (mark("Recall"), "high", DASHED, lambda point: 100 * point.recall),
    ),
}
AXIS_WORDS: dict[Measure, str] = {"cost": mark("Cost a day"), "quality": mark("Percent")}
SIGNS = {SOLID: "━━", DASHED: "━ ━"}
BELOW, ABOVE = -0.04, 1.24  # of the largest figure; the marks' words stand above the curves
GAP_ACROSS = 0.01  # between a mark's line and its words, of the axis


@dataclass(frozen=True, slots=True)
class Mark:
    """How a threshold is marked: `sign` in the legend, `height` of its words as a share of the largest figure."""

    words: str
    sign: str
    colour: str
    style: Qt.PenStyle
    symbol: str
    size: int
    height: float


MARKS = (
    Mark(mark("Now"), "●", "muted", DASHED, "o", 11, 1.09),
    Mark(mark("Proposed"), "◆", "raises", SOLID, "d", 15, 1.18),
)


class DecadeAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Positions are log10 of a figure; ticks stand at 1, 2 and 5 of each decade, in words of the locale."""

    def __init__(self, formats: Formats) -> None:
        super().__init__("bottom")
        self._formats = formats
        self.enableAutoSIPrefix(False)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        decades = range(math.floor(minVal), math.ceil(maxVal) + 1)
        steps = (1, 2, 5) if size / max(len(decades), 1) > 130 else (1,)
        ticks = [decade + math.log10(step) for decade in decades for step in steps]
        return [(1.0, [tick for tick in ticks if minVal <= tick <= maxVal])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [self._words(10**value) for value in values]

    def _words(self, value: float) -> str:
        return self._formats.count(round(value)) if value >= 1 else self._formats.number(float(f"{value:.1g}"))


class ThresholdChart(QWidget):
    """Thresholds without any alert have no place on the axis and are told in the figures beside."""

    def __init__(self, look: Look, formats: Formats) -> None:
        super().__init__()
        self._look = look
        self._formats = formats
        self._measure: Measure = "quality"
        self._curve: tuple[CurvePoint, ...] = ()
        self._points: tuple[CurvePoint | None, ...] = (None, None)
        self._across, self._largest = (0.0, 1.0), 1.0
        self._plot = pg.PlotWidget(axisItems={"bottom": DecadeAxis(formats), "left": CountAxis(formats)})
        self._plot.setAccessibleName(tr("Chart of thresholds over alerts a day"))
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.setMinimumHeight(160)
        self._legend = Legend(look)
        layout = column(self, 4)
        layout.addWidget(self._plot, 1)
        layout.addWidget(self._legend)
        look.changed.connect(self._draw)

    def show_curve(self, curve: Sequence[CurvePoint], now: CurvePoint | None, then: CurvePoint | None) -> None:
        self._curve = tuple(point for point in curve if point.alerts_per_day > 0)
        self._points = (now, then)
        self._draw()

    def measure(self, measure: Measure) -> None:
        self._measure = measure
        self._draw()

    def _draw(self) -> None:
        self._restyle()
        self._plot.clear()
        lines = LINES[self._measure]
        across = [math.log10(point.alerts_per_day) for point in self._curve]
        figures = [figure(point) for *_, figure in lines for point in self._curve]
        self._across = (min(across, default=0.0), max(across, default=1.0))
        self._largest = 100.0 if self._measure == "quality" else max(figures, default=1.0) or 1.0
        for _words, colour, style, figure in lines:
            pen = pg.mkPen(self._look.colour(colour), width=2, style=style)
            self._plot.plot(across, [figure(point) for point in self._curve], pen=pen, antialias=True)
        for sign, point in zip(MARKS, self._points, strict=True):
            if point is not None and point.alerts_per_day > 0:
                self._mark(sign, point, lines)
        self._plot.setYRange(BELOW * self._largest, ABOVE * self._largest, padding=0)
        self._plot.setXRange(*self._across, padding=0.04)
        self._legend.show_signs(
            [
                *(Sign(SIGNS[style], tr(words), colour) for words, colour, style, _ in lines),
                *(Sign(mark.sign, tr(mark.words), mark.colour) for mark in MARKS),
            ]
        )
        self._plot.setAccessibleDescription(self._summary())

    def _mark(self, mark: Mark, point: CurvePoint, lines: Sequence[Line]) -> None:
        at, ink, ground = math.log10(point.alerts_per_day), self._look.colour(mark.colour), self._look.colour("surface")
        self._plot.addItem(pg.InfiniteLine(at, angle=90, pen=pg.mkPen(ink, width=1.2, style=mark.style)))
        figures = [figure(point) for *_, figure in lines]
        self._plot.addItem(
            pg.ScatterPlotItem(
                x=[at] * len(lines),
                y=figures,
                symbol=mark.symbol,
                size=mark.size,
                brush=pg.mkBrush(ink),
                pen=pg.mkPen(ground, width=1),
            )
        )
        # In the room above the curves, turned inwards; its ground keeps the other mark's line out of the words.
        left, right = self._across
        inwards = 0.0 if at < left + 0.6 * (right - left) else 1.0
        label = pg.TextItem(f" {tr(mark.words)} ", color=ink, anchor=(inwards, 0.5), fill=pg.mkBrush(ground))
        label.setFont(self._look.font(12))
        label.setZValue(10)
        label.setPos(at + (0.5 - inwards) * GAP_ACROSS * (right - left), mark.height * self._largest)
        self._plot.addItem(label)

    def _summary(self) -> str:
        told = [
            tr(
                "{which}: {alerts} alerts a day, precision {precision}, recall {recall}, cost {cost} a day",
                which=tr(sign.words),
                alerts=self._formats.decimal(point.alerts_per_day),
                precision=self._formats.share(point.precision),
                recall=self._formats.share(point.recall),
                cost=self._formats.money(point.cost, None),
            )
            for sign, point in zip(MARKS, self._points, strict=True)
            if point is not None
        ]
        return "; ".join(told)

    def _restyle(self) -> None:
        self._plot.setBackground(self._look.colour("surface"))
        font = self._look.font(12)
        words = {"left": tr(AXIS_WORDS[self._measure]), "bottom": tr("Alerts a day, of those with a known outcome")}
        for name, text in words.items():
            axis = self._plot.getAxis(name)
            axis.setPen(pg.mkPen(self._look.colour("border")))
            axis.setTextPen(pg.mkPen(self._look.colour("muted")))
            axis.setStyle(tickLength=-4, tickFont=font)
            axis.setLabel(text, color=self._look.theme.colour("muted"), **{"font-size": f"{self._look.scaled(12)}px"})
        self._plot.showGrid(x=False, y=True, alpha=0.15)
