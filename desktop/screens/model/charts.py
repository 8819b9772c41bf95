"""Two charts of known outcomes: how well scores are calibrated, and precision over recall."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from desktop.support.formats import Formats
from desktop.support.look import Look
from desktop.support.translation import tr
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import column
from domain.curves import OutcomeCurves

HEIGHT = 196
ROOM = 0.06  # around 0 and 100, so that what lies there is whole


class CurveChart(QFrame):
    """Points in percent of both axes, joined; `diagonal` draws where they would be at best."""

    def __init__(self, title: str, across: str, upward: str, look: Look, diagonal: bool) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._look = look
        self._across, self._upward, self._diagonal = across, upward, diagonal
        self._points: tuple[tuple[float, float], ...] = ()
        self._plot = pg.PlotWidget()
        self._plot.setAccessibleName(title)
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.setFixedHeight(HEIGHT)
        self.summary = PlainLabel(role="small", wrap=True)
        layout = column(self, 4, (16, 12, 16, 12))
        layout.addWidget(PlainLabel(title, "section"))
        layout.addWidget(self._plot, 1)
        layout.addWidget(self.summary)
        look.changed.connect(self._draw)
        self._draw()

    def show_points(self, points: Sequence[tuple[float, float]], summary: str) -> None:
        """Shares from 0 to 1; `summary` says the same in words."""
        self._points = tuple(points)
        self.summary.setText(summary)
        self._plot.setAccessibleDescription(summary)
        self._draw()

    def _draw(self) -> None:
        plot, look = self._plot, self._look
        plot.clear()
        plot.setBackground(look.colour("surface"))
        for side, words in (("bottom", self._across), ("left", self._upward)):
            axis = plot.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setPen(pg.mkPen(look.colour("border")))
            axis.setTextPen(pg.mkPen(look.colour("muted")))
            axis.setStyle(tickFont=look.font(12))
            axis.setTicks([[(at, str(at)) for at in range(0, 101, 20)]])
            axis.setLabel(words, color=look.theme.colour("muted"), **{"font-size": f"{look.scaled(12)}px"})
        plot.showGrid(x=True, y=True, alpha=0.15)
        plot.setXRange(0, 100, padding=ROOM)
        plot.setYRange(0, 100, padding=ROOM)
        if self._diagonal:
            plot.plot([0, 100], [0, 100], pen=pg.mkPen(look.colour("muted"), style=Qt.PenStyle.DashLine))
        if self._points:
            ink = look.colour("accent")
            few = len(self._points) < 40
            plot.plot(
                [100 * x for x, _ in self._points],
                [100 * y for _, y in self._points],
                pen=pg.mkPen(ink, width=2),
                symbol="o" if few else None,
                symbolBrush=pg.mkBrush(ink),
                symbolSize=7,
            )


class OutcomeCharts(QWidget):
    def __init__(self, look: Look, formats: Formats) -> None:
        super().__init__()
        self._formats = formats
        self.reliability = CurveChart(
            tr("Calibration"), tr("Mean score, percent"), tr("Share of fraud, percent"), look, diagonal=True
        )
        self.precision_recall = CurveChart(
            tr("Precision and recall"), tr("Recall, percent"), tr("Precision, percent"), look, diagonal=False
        )
        layout = column(self, 12)
        layout.addWidget(self.reliability)
        layout.addWidget(self.precision_recall)
        layout.addStretch()

    def show_curves(self, curves: OutcomeCurves | None) -> None:
        if curves is None or not curves.frauds:
            nothing = tr("No known outcome that the classifier did not learn from yet.")
            self.reliability.show_points((), nothing)
            self.precision_recall.show_points((), nothing)
            return
        rows, frauds = self._formats.count(curves.rows), self._formats.count(curves.frauds)
        based = tr("{rows} outcomes that it did not learn from, {frauds} of them fraud.", rows=rows, frauds=frauds)
        points = curves.reliability
        off = sum(point.count * abs(point.predicted - point.observed) for point in points) / curves.rows
        told = tr("On average the score is off by {share}.", share=self._formats.share(off))
        self.reliability.show_points([(point.predicted, point.observed) for point in points], f"{based} {told}")
        half = max((precision for recall, precision in curves.precision_recall if recall >= 0.5), default=0.0)
        told = tr("Where half of the fraud is found, precision is {share}.", share=self._formats.share(half))
        self.precision_recall.show_points(curves.precision_recall, f"{based} {told}")
