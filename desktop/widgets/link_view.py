"""The link graph, drawn: the payment in the middle, names on plates, lines as thick as they are used, fraud marked."""

import math
from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsItem, QGraphicsScene, QGraphicsView

from desktop.support.look import Look
from desktop.support.text import tooltip, visible
from desktop.support.translation import tr, trn
from domain.links import LinkGraph, Node, Standing

ACROSS, DOWN = 148.0, 104.0  # pixels from ring to ring
PLATE = 124.0, 38.0
LONGEST = 15  # characters of a name on its plate; the tip and the list have all of it
SIGNS = {"account": "●", "device": "■", "merchant": "▲", "terminal": "◆"}
THICKEST = 5.0
CLOSER = 1.2
DIRECTIONS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip
BETWEEN = 6  # pixels, between the words and the sign of a plate
LINE, NODE = 0, 1  # what is drawn over what


class Plate(QGraphicsItem):
    def __init__(self, standing: Standing, own: bool, open_: bool, more: int, look: Look) -> None:
        super().__init__()
        self.node = standing.node
        self._standing, self._own, self._open, self._more = standing, own, open_, more
        self._look = look
        self.chosen = False
        self.setZValue(NODE)
        self.setToolTip(tooltip(standing.node.id))

    def boundingRect(self) -> QRectF:
        width, height = PLATE
        return QRectF(-width / 2 - 3, -height / 2 - 3, width + 6, height + 6)

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        fraud = self._standing.frauds > 0
        tone = "critical" if fraud else "accent" if self._own else "outline"
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = "selection" if self.chosen else "critical_soft" if fraud else "surface"
        painter.setBrush(self._look.colour(ground))
        painter.setPen(QPen(self._look.colour("text" if self.chosen else tone), 2.5 if self.chosen or self._own else 1))
        box = self.boundingRect().adjusted(3, 3, -3, -3)
        painter.drawRoundedRect(box, 7, 7)
        inner = box.adjusted(8, 3, -8, -3)
        top, bottom = QRectF(inner), QRectF(inner)
        top.setHeight(inner.height() / 2)
        bottom.setTop(top.bottom())
        font = self._look.font(13)
        painter.setFont(font)
        painter.setPen(self._look.colour("text"))
        name = f"{SIGNS[self.node.kind]} {visible(self.node.id, LONGEST)}"
        name = QFontMetricsF(font).elidedText(name, Qt.TextElideMode.ElideRight, top.width())
        painter.drawText(top, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.setFont(self._look.font(11))
        painter.setPen(self._look.colour("critical" if fraud else "muted"))
        sign = f"+{self._more}" if self._open and self._more else "−" if self._open else "+"
        room = bottom.width() - QFontMetricsF(self._look.font(11)).horizontalAdvance(sign) - BETWEEN
        words = QFontMetricsF(self._look.font(11)).elidedText(self._words(), Qt.TextElideMode.ElideRight, room)
        painter.drawText(bottom, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        painter.setPen(self._look.colour("muted"))
        painter.drawText(bottom, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, sign)

    def _words(self) -> str:
        if self._standing.frauds:
            return tr("✕ {count} known fraud", count=self._standing.frauds)
        return trn("{count} payment", "{count} payments", self._standing.payments)


class LinkView(QGraphicsView):
    """`chosen` and `toggled` tell a node; which one is chosen comes from outside (`choose`), as from the list."""

    chosen = Signal(object)  # Node
    toggled = Signal(object)  # Node

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._scene = QGraphicsScene(self)
        self.setScene(self._scene)
        self._look = look
        self._plates: dict[Node, Plate] = {}
        self._given: tuple[LinkGraph, Mapping[Node, tuple[float, float]], str] | None = None
        self._fitted = True
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setAccessibleName(tr("Link graph"))
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        for side in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            side(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        look.changed.connect(self._draw)

    @property
    def nodes(self) -> tuple[Node, ...]:
        return tuple(self._plates)

    @property
    def node(self) -> Node | None:
        return next((node for node, plate in self._plates.items() if plate.chosen), None)

    def show_graph(self, graph: LinkGraph, places: Mapping[Node, tuple[float, float]], payment: str) -> None:
        """`payment` stands in the middle, in words; `places` in rings."""
        self._given = graph, places, payment
        self._draw()

    def clear(self) -> None:
        self._given, self._plates, self._fitted = None, {}, True
        self._scene.clear()

    def choose(self, node: Node | None) -> None:
        for other, plate in self._plates.items():
            if plate.chosen is not (other == node):
                plate.chosen = other == node
                plate.update()
        if node in self._plates and not self._fitted:
            self.ensureVisible(self._plates[node])

    def zoom(self, factor: float) -> None:
        self._fitted = False
        self.scale(factor, factor)

    def fit(self) -> None:
        """All of it in sight; nothing is drawn larger than it is read well."""
        self._fitted = True
        bounds = self._scene.itemsBoundingRect().adjusted(-16, -16, 16, 16)
        self.setSceneRect(bounds)
        scale = min(
            self.viewport().width() / max(bounds.width(), 1), self.viewport().height() / max(bounds.height(), 1)
        )
        self.resetTransform()
        self.scale(min(scale, 1.25), min(scale, 1.25))
        self.centerOn(bounds.center())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in DIRECTIONS:
            self._step(*DIRECTIONS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if self.node is not None:
                self.toggled.emit(self.node)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(CLOSER)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / CLOSER)
        elif key == Qt.Key.Key_0:
            self.fit()
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom(CLOSER if event.angleDelta().y() > 0 else 1 / CLOSER)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        plate = self.itemAt(event.position().toPoint())
        if isinstance(plate, Plate):
            self.chosen.emit(plate.node)
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        plate = self.itemAt(event.position().toPoint())
        if isinstance(plate, Plate):
            self.toggled.emit(plate.node)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitted:
            self.fit()

    def _step(self, right: int, down: int) -> None:
        """To the nearest node in that direction."""
        here = self._plates[self.node].pos() if self.node is not None else QPointF(0, 0)

        def cost(plate: Plate) -> float:
            along = (plate.x() - here.x()) * right + (plate.y() - here.y()) * down
            aside = abs((plate.x() - here.x()) * down) + abs((plate.y() - here.y()) * right)
            return along + 2 * aside if along > 1 else math.inf

        nearest = min(self._plates.values(), key=cost, default=None)
        if nearest is not None and cost(nearest) < math.inf:
            self.chosen.emit(nearest.node)

    def _draw(self) -> None:
        if self._given is None:
            return
        graph, places, payment = self._given
        kept = self.node
        self._scene.clear()
        self.setBackgroundBrush(self._look.colour("surface"))
        at = {node: QPointF(x * ACROSS, y * DOWN) for node, (x, y) in places.items()}
        for root in graph.roots:
            self._line(QPointF(0, 0), at[root], 2.0, fraud=False, own=True)
        most = max((link.payments for link in graph.links), default=1)
        for link in graph.links:
            if link.source in at and link.target in at:
                width = 1 + (THICKEST - 1) * math.log1p(link.payments) / math.log1p(most)
                self._line(at[link.source], at[link.target], width, fraud=link.frauds > 0, own=False)
        left = dict(graph.left_out)
        self._plates = {}
        for standing in graph.standings:
            node = standing.node
            plate = Plate(standing, node in graph.roots, node in graph.expanded, left.get(node, 0), self._look)
            plate.setPos(at[node])
            self._scene.addItem(plate)
            self._plates[node] = plate
        self._middle(payment)
        self.choose(kept)
        if self._fitted:
            self.fit()

    def _line(self, start: QPointF, end: QPointF, width: float, *, fraud: bool, own: bool) -> None:
        tone = "critical" if fraud else "accent" if own else "outline"
        pen = QPen(self._look.colour(tone), width, Qt.PenStyle.DashLine if fraud else Qt.PenStyle.SolidLine)
        self._scene.addLine(start.x(), start.y(), end.x(), end.y(), pen).setZValue(LINE)

    def _middle(self, words: str) -> None:
        text = self._scene.addSimpleText(visible(words), self._look.font(13))
        text.setBrush(self._look.colour("on_accent"))
        box = text.boundingRect()
        text.setPos(-box.width() / 2, -box.height() / 2)
        text.setZValue(NODE + 1)
        pen = QPen(Qt.PenStyle.NoPen)
        ground = self._scene.addRect(
            box.translated(text.pos()).adjusted(-9, -6, 9, 6), pen, self._look.colour("accent")
        )
        ground.setZValue(NODE)
