"""The rail at the left: where one is, where one can go, and that nothing leaves the machine."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QLabel, QSizePolicy, QToolButton

from desktop.support.look import Look
from desktop.support.text import tooltip
from desktop.support.translation import tr
from desktop.widgets.labels import ElidedLabel, PlainLabel
from desktop.widgets.layouts import column, row

WIDTH = 164
WIDEST_WORDS = 125  # % of text size up to which the words stand beside the pictures


class Rail(QFrame):
    """`places` are (words, icon)."""

    chosen = Signal(int)

    def __init__(self, places: tuple[tuple[str, str], ...], store: str, look: Look) -> None:
        super().__init__()
        self._look = look
        self._places = places
        self.setObjectName("rail")
        layout = column(self, 4, (12, 18, 12, 16))
        self._brand = PlainLabel("whyflag", "brand")
        self._brand.setContentsMargins(10, 0, 0, 14)
        layout.addWidget(self._brand)
        self._group = QButtonGroup(self)
        for number, (words, _icon) in enumerate(places):
            button = QToolButton()
            button.setText(f"  {words}")
            button.setAccessibleName(words)
            button.setCheckable(True)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self._group.addButton(button, number)
            layout.addWidget(button)
        layout.addStretch()
        self._shield = QLabel()
        self._shield.setTextFormat(Qt.TextFormat.PlainText)
        offline = row(gap=8, margins=(10, 0, 0, 0))
        offline.addWidget(self._shield)
        self._offline = PlainLabel(tr("Offline, encrypted"))
        self._shield.setToolTip(tooltip(f"{self._offline.text()}: {store}"))
        offline.addWidget(self._offline, 1)
        layout.addLayout(offline)
        self._store = ElidedLabel(store, "small")
        self._store.setContentsMargins(10, 0, 0, 0)
        layout.addWidget(self._store)
        self._group.idClicked.connect(self.chosen)
        look.changed.connect(self._draw)
        self._draw()

    def stand_at(self, number: int) -> None:
        self._group.button(number).setChecked(True)
        self._draw()

    def show_tips(self, tips: tuple[str, ...]) -> None:
        for number, tip in enumerate(tips):
            self._group.button(number).setToolTip(tip)

    def _draw(self) -> None:
        """At large sizes of text only the pictures stay, so that the screens keep their room."""
        words = self._look.text_percent <= WIDEST_WORDS
        self.setFixedWidth(self._look.scaled(WIDTH) if words else self._look.scaled(44) + 24)
        for part in (self._brand, self._offline, self._store):
            part.setVisible(words)
        shown = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if words else Qt.ToolButtonStyle.ToolButtonIconOnly
        for button in self._group.buttons():
            button.setToolButtonStyle(shown)
        for number, (_words, icon) in enumerate(self._places):
            button = self._group.button(number)
            button.setIcon(self._look.icon(icon, "rail_selected_text" if button.isChecked() else "rail_text"))
        self._shield.setPixmap(self._look.pixmap("offline", "rail_text", 18))
