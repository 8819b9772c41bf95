"""Asks before the window is closed over long work, which ends with it."""

from PySide6.QtWidgets import QWidget

from desktop.support.look import Look
from desktop.support.translation import tr
from desktop.widgets.dialog import Dialog


class QuitDialog(Dialog):
    """Accepted where the work, named by its title, may be lost."""

    def __init__(self, work: str, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("{work} is still under way.", work=work),
            tr("Quitting cancels it: nothing of the unfinished step is kept."),
            look,
            parent,
        )
        self.quit = self.add_button(tr("Quit"))
        self.stay = self.add_button(tr("Stay"), primary=True)
        self.quit.clicked.connect(self.accept)
        self.stay.clicked.connect(self.reject)
        self.stay.setFocus()
