"""The rail at the left: where one is, where one can go, and that nothing leaves the machine."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QLabel, QSizePolicy, QToolButton

from desktop.support.look import Look
from desktop.widgets.labels import ElidedLabel, PlainLabel
from desktop.widgets.layouts import column, row

WIDTH = 176


class Rail(QFrame):
    """`places` are (words, icon, tool tip)."""

    chosen = Signal(int)

    def __init__(self, places: tuple[tuple[str, str, str], ...], store: str, look: Look) -> None:
        super().__init__()
        self._look = look
        self._places = places
        self.setObjectName("rail")
        self.setFixedWidth(WIDTH)
        layout = column(self, 4, (12, 18, 12, 16))
        brand = PlainLabel("whyflag", "brand")
        brand.setContentsMargins(10, 0, 0, 14)
        layout.addWidget(brand)
        self._group = QButtonGroup(self)
        for number, (words, _icon, tip) in enumerate(places):
            button = QToolButton()
            button.setText(f"  {words}")
            button.setAccessibleName(words)
            button.setToolTip(tip)
            button.setCheckable(True)
            button.setIconSize(QSize(18, 18))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self._group.addButton(button, number)
            layout.addWidget(button)
        layout.addStretch()
        self._shield = QLabel()
        self._shield.setTextFormat(Qt.TextFormat.PlainText)
        offline = row(gap=8, margins=(10, 0, 0, 0))
        offline.addWidget(self._shield)
        offline.addWidget(PlainLabel("Offline, encrypted"), 1)
        layout.addLayout(offline)
        name = ElidedLabel(store, "small")
        name.setContentsMargins(10, 0, 0, 0)
        layout.addWidget(name)
        self._group.idClicked.connect(self.chosen)
        look.changed.connect(self._draw)
        self._draw()

    def stand_at(self, number: int) -> None:
        self._group.button(number).setChecked(True)
        self._draw()

    def _draw(self) -> None:
        for number, (_words, icon, _tip) in enumerate(self._places):
            button = self._group.button(number)
            button.setIcon(self._look.icon(icon, "rail_selected_text" if button.isChecked() else "rail_text"))
        self._shield.setPixmap(self._look.pixmap("offline", "rail_text", 18))
