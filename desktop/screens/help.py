"""The sheet of keys."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from desktop.support.actions import Keymap
from desktop.support.look import Look
from desktop.support.translation import tr
from desktop.widgets.dialog import Dialog
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import WIDE, column, row

KEY_WIDTH = 130


class KeysSheet(Dialog):
    """Every action that has a key, under the place where it works."""

    def __init__(self, keymap: Keymap, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(tr("Keys"), tr("They can be changed in the settings."), look, parent)
        self.resize(look.scaled(880), look.scaled(680))
        inside = QWidget()
        across = row(inside, 2 * WIDE, (0, 0, 8, 0))
        scopes = list(dict.fromkeys(action.scope for action in keymap.actions))
        for side in (scopes[:2], scopes[2:]):
            down = column(gap=WIDE)
            for scope in side:
                down.addLayout(_keys_of(scope, keymap))
            down.addStretch()
            across.addLayout(down, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName(tr("Keys"))
        scroll.setWidget(inside)
        self.body.addWidget(scroll)
        self.add_button(tr("Close"), primary=True).clicked.connect(self.accept)


def _keys_of(scope: str, keymap: Keymap) -> QGridLayout:
    grid, top = QGridLayout(), Qt.AlignmentFlag.AlignTop
    grid.setHorizontalSpacing(WIDE)
    grid.setVerticalSpacing(5)
    grid.setColumnStretch(1, 1)
    grid.setColumnMinimumWidth(0, KEY_WIDTH)
    grid.addWidget(PlainLabel(tr(scope), "section"), 0, 0, 1, 2)
    actions = [action for action in keymap.actions if action.scope == scope and keymap.keys(action.id)]
    for line, action in enumerate(actions, start=1):
        grid.addWidget(PlainLabel(keymap.shown(action.id), "strong"), line, 0, top)
        grid.addWidget(PlainLabel(action.words, wrap=True), line, 1, top)
    return grid
