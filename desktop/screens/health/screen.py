"""Whether all is well: versions, hashes, cipher, offline state, disk and memory."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QPushButton, QScrollArea, QWidget

from desktop.screens.health.view_model import HealthViewModel
from desktop.widgets.labels import ElidedLabel, PlainLabel
from desktop.widgets.layouts import PAGE, WIDE, card, clear, column, row

Finding = tuple[str, str]


class HealthScreen(QWidget):
    def __init__(self, view_model: HealthViewModel) -> None:
        super().__init__()
        self.setObjectName("page")
        self._view_model = view_model
        page = column(self, WIDE, (PAGE, PAGE, PAGE, PAGE))
        header = row()
        header.addWidget(PlainLabel("Health", "title"))
        self.state = PlainLabel(role="muted")
        header.addWidget(self.state, 0, Qt.AlignmentFlag.AlignBottom)
        header.addStretch()
        refresh = QPushButton("Check again")
        refresh.setAccessibleName("Check again")
        refresh.clicked.connect(view_model.refresh)
        header.addWidget(refresh)
        page.addLayout(header)
        frame = card()
        self._grid = QGridLayout(frame)
        self._grid.setContentsMargins(20, 16, 20, 16)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnStretch(1, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName("What was found")
        scroll.setWidget(frame)
        page.addWidget(scroll, 1)
        view_model.checking.connect(lambda: self.state.setText("Checking…"))
        view_model.failed.connect(lambda _: self.state.setText(""))
        view_model.found.connect(self._show)

    def _show(self, findings: tuple[Finding, ...]) -> None:
        self.state.setText("")
        clear(self._grid)
        for line, (name, text) in enumerate(findings):
            value = ElidedLabel(text)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(PlainLabel(name, "muted"), line, 0)
            self._grid.addWidget(value, line, 1)
        self._grid.setRowStretch(len(findings), 1)
