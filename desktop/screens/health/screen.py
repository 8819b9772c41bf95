"""Whether all is well: versions, hashes, cipher, offline state, disk, memory, and how long a person waited."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QPushButton, QScrollArea, QWidget

from desktop.health import PRODUCT, Check
from desktop.screens.health.view_model import HealthViewModel
from desktop.support.look import Look
from desktop.support.text import visible
from desktop.support.translation import tr, trn
from desktop.widgets.badge import Badge
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import PAGE, WIDE, card, clear, column, row, titled


class HealthScreen(QWidget):
    def __init__(self, view_model: HealthViewModel, look: Look) -> None:
        super().__init__()
        self.setObjectName("page")
        self._view_model = view_model
        self._look = look
        page = column(self, WIDE, (PAGE, PAGE, PAGE, PAGE))
        header = row(gap=12)
        self.state = PlainLabel(role="muted")
        header.addLayout(titled(PlainLabel(tr("Health"), "title"), self.state))
        header.addStretch()
        self.refresh = QPushButton(tr("Check again"))
        self.refresh.setAccessibleName(tr("Check again"))
        self.refresh.clicked.connect(view_model.refresh)
        header.addWidget(self.refresh)
        page.addLayout(header)
        frame = card()
        self._grid = QGridLayout(frame)
        self._grid.setContentsMargins(20, 16, 20, 16)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(12)
        self._grid.setColumnStretch(2, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName(tr("What was found"))
        scroll.setWidget(frame)
        page.addWidget(scroll, 1)
        view_model.checking.connect(lambda: self.state.setText(tr("Checking…")))
        view_model.failed.connect(lambda _: self.state.setText(tr("The check failed. Check again.")))
        view_model.found.connect(self._show)

    def _show(self) -> None:
        wrong = self._view_model.wrong
        self.state.setText(
            trn("{count} thing needs attention", "{count} things need attention", wrong) if wrong else tr("All is well")
        )
        clear(self._grid)
        top = Qt.AlignmentFlag.AlignTop
        for line, check in enumerate(self._view_model.checks):
            badge = Badge(self._look)
            words, icon, tone = _judgement(check)
            badge.show_state(words, icon, tone)
            value = PlainLabel(f"{check.found} {check.hint}".strip(), wrap=True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setAccessibleName(visible(f"{check.name}: {words}. {check.found}"))
            self._grid.addWidget(badge, line, 0, top)
            self._grid.addWidget(PlainLabel(_heading(check.name), "strong"), line, 1, top)
            self._grid.addWidget(value, line, 2, top)
        self._grid.setRowStretch(len(self._view_model.checks), 1)


def _judgement(check: Check) -> tuple[str, str, str]:
    """(words, icon, tone)"""
    if not check.judged:
        return tr("Measured"), "health", "neutral"
    return (tr("Good"), "good", "good") if check.passed else (tr("Look at this"), "error", "critical")


def _heading(name: str) -> str:
    return name if name == PRODUCT else name[:1].upper() + name[1:]
