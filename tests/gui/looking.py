"""Measures what a screen really shows: the contrast of its words, and whether the focus can be seen."""

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QTabBar,
    QTableView,
    QWidget,
)

SHARPNESS = 2  # pixels for one, so that a letter's stem is all ink
ROWS_LOOKED_AT = 4


def picture(root: QWidget) -> np.ndarray:
    """RGB as (height, width, 3), SHARPNESS pixels for each of the window's."""
    image = QImage(root.size() * SHARPNESS, QImage.Format.Format_RGB888)
    image.setDevicePixelRatio(SHARPNESS)
    painter = QPainter(image)
    root.render(painter, QPoint())
    painter.end()
    lines = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    return lines[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def words(root: QWidget) -> Iterator[tuple[str, QRect]]:
    """Each piece of text in sight, and where it stands in `root`."""
    for widget in root.findChildren(QWidget):
        seen = widget.visibleRegion().boundingRect()
        if seen.width() < 8 or seen.height() < 8:
            continue
        for name, place in _texts(widget):
            shown = place.intersected(seen)
            if name.strip() and shown.height() == place.height() and 2 * shown.width() > place.width():
                yield name, QRect(widget.mapTo(root, shown.topLeft()), shown.size())


def contrast_shown(image: np.ndarray, place: QRect) -> float:
    """Between the commonest colour of `place` and the one that stands out most from it."""
    top, left = SHARPNESS * place.top(), SHARPNESS * place.left()
    area = image[top : top + SHARPNESS * place.height(), left : left + SHARPNESS * place.width()].astype(np.uint32)
    packed = area[:, :, 0] << 16 | area[:, :, 1] << 8 | area[:, :, 2]
    colours, counts = np.unique(packed, return_counts=True)
    light = _luminance(np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=-1))
    ground = light[counts.argmax()]
    common = light[counts >= 6]  # a stray pixel is no letter
    return float((np.maximum(common, ground) + 0.05).max() / (np.minimum(common, ground) + 0.05).min())


def change(before: np.ndarray, after: np.ndarray) -> float:
    """The largest contrast between what a place showed and what it shows, over more than a few pixels."""
    was, now = _luminance(before.reshape(-1, 3)), _luminance(after.reshape(-1, 3))
    ratios = np.sort((np.maximum(was, now) + 0.05) / (np.minimum(was, now) + 0.05))
    return float(ratios[-4 * SHARPNESS * SHARPNESS])


def _texts(widget: QWidget) -> Iterator[tuple[str, QRect]]:
    if isinstance(widget, QLabel):
        if widget.text():
            yield widget.text(), widget.contentsRect()
    elif isinstance(widget, QAbstractButton):
        if widget.text():
            yield widget.text(), widget.rect().adjusted(4, 4, -4, -4)
    elif isinstance(widget, QLineEdit):
        if widget.text() or widget.placeholderText():
            yield widget.text() or widget.placeholderText(), widget.rect().adjusted(4, 4, -4, -4)
    elif isinstance(widget, QComboBox):
        yield widget.currentText(), widget.rect().adjusted(4, 4, -28, -4)
    elif isinstance(widget, QTabBar):
        for tab in range(widget.count()):
            yield widget.tabText(tab), widget.tabRect(tab).adjusted(0, 2, 0, -4)
    elif isinstance(widget, QHeaderView):
        for section in range(widget.count()):
            place = QRect(widget.sectionViewportPosition(section), 2, widget.sectionSize(section), widget.height() - 4)
            yield str(widget.model().headerData(section, widget.orientation())), place
    elif isinstance(widget, QPlainTextEdit):
        yield widget.accessibleName(), widget.rect().adjusted(6, 6, -20, -6)
    elif widget.objectName() == "qt_scrollarea_viewport" and isinstance(widget.parent(), QTableView | QListView):
        yield from _cells(widget.parent())


def _cells(table: QTableView | QListView) -> Iterator[tuple[str, QRect]]:
    model = table.model()
    for line in range(min(model.rowCount(), ROWS_LOOKED_AT)):
        for section in range(model.columnCount() if isinstance(table, QTableView) else 1):
            index = model.index(line, section)
            if index.data():
                yield str(index.data()), table.visualRect(index).adjusted(1, 1, -1, -1)


def _luminance(colours: np.ndarray) -> np.ndarray:
    parts = colours.astype(float) / 255
    linear = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])
