"""What a screen shows when there is nothing to show: why, and what to do next."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import GAP, column, row

TEXT_WIDTH = 460


class EmptyState(QWidget):
    """`actions` are (words, what the button does); the first is the one suggested."""

    def __init__(self, title: str, words: str, actions: tuple[tuple[str, Callable[[], None]], ...] = ()) -> None:
        super().__init__()
        outer = column(self, GAP)
        outer.addStretch(2)
        heading = PlainLabel(title, "title")
        heading.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        text = PlainLabel(words, "muted", wrap=True)
        text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        text.setFixedWidth(TEXT_WIDTH)
        outer.addWidget(heading)
        middle = row()
        middle.addStretch()
        middle.addWidget(text)
        middle.addStretch()
        outer.addLayout(middle)
        buttons = row(gap=GAP)
        buttons.addStretch()
        for number, (label, act) in enumerate(actions):
            button = QPushButton(label)
            button.setAccessibleName(label)
            if number == 0:
                button.setProperty("role", "primary")
            button.clicked.connect(lambda _checked=False, act=act: act())
            buttons.addWidget(button)
        buttons.addStretch()
        outer.addSpacing(GAP)
        outer.addLayout(buttons)
        outer.addStretch(3)
