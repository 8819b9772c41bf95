"""Looks at every widget of a window as assistive technology does."""

from collections.abc import Iterator

from PySide6.QtGui import QAccessible
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


ROLE = QAccessible.Role
MEANT_TO_BE_USED = frozenset(
    (ROLE.Button, ROLE.CheckBox, ROLE.RadioButton, ROLE.EditableText, ROLE.ComboBox, ROLE.Table, ROLE.List, ROLE.Tree,
     ROLE.PageTabList, ROLE.PageTab, ROLE.ProgressBar, ROLE.ButtonMenu, ROLE.Slider, ROLE.SpinBox)
)  # fmt: skip
CHILDREN_LOOKED_AT = 40  # of one parent: a table of two million alerts has as many


def accessible(root: QWidget) -> Iterator[tuple[str, QAccessible.Role, str]]:
    """(kind, role, name) of each part in sight, as the platform's screen reader is told them; cells are left out."""
    waiting = [QAccessible.queryAccessibleInterface(root)]
    while waiting:
        part = waiting.pop()
        if part is None or not part.isValid() or part.state().invisible:
            continue
        widget = part.object()
        yield type(widget).__name__, part.role(), part.text(QAccessible.Text.Name)
        if part.role() not in (ROLE.Table, ROLE.List, ROLE.Tree, ROLE.ComboBox):
            waiting += [part.child(number) for number in range(min(part.childCount(), CHILDREN_LOOKED_AT))]
