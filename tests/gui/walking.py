"""Looks at every widget of a window as assistive technology does."""

from collections.abc import Iterator

from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QMenuBar,
    QProgressBar,
    QTabBar,
    QWidget,
)

CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QComboBox,
    QLineEdit,
    QMenuBar,
    QProgressBar,
    QTabBar,
)
# Parts that Qt makes inside a control, and that are reached through it.
INNER = ("qt_", "Qt", "ScrollLeftButton", "ScrollRightButton")


def controls(root: QWidget) -> Iterator[QWidget]:
    for widget in root.findChildren(QWidget):
        if isinstance(widget, QHeaderView) or not isinstance(widget, CONTROLS):
            continue
        if widget.objectName().startswith(INNER) or type(widget).__name__ == "QTableCornerButton":
            continue
        if type(widget).__name__ in ("QComboBoxPrivateContainer", "QComboBoxListView"):
            continue
        yield widget


def unnamed(root: QWidget) -> list[str]:
    return [
        f"{type(widget).__name__} {widget.objectName()}" for widget in controls(root) if not widget.accessibleName()
    ]
