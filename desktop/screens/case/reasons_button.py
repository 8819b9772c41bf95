"""The reason codes of a decision, chosen from a menu that the keyboard walks."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton

from desktop.support.formats import DISPOSITION_WORDS
from desktop.support.translation import tr
from domain.decision_policy import reason_codes
from domain.review import DISPOSITIONS, Disposition


class ReasonsButton(QPushButton):
    """Codes stand under their disposition; only those of the disposition that is then given count."""

    def __init__(self) -> None:
        super().__init__()
        self._actions: dict[str, QAction] = {}
        menu = QMenu(self)
        menu.setAccessibleName(tr("Reasons"))
        for disposition in DISPOSITIONS:
            menu.addSection(tr(DISPOSITION_WORDS[disposition]))
            for code, words in reason_codes()[disposition].items():
                action = menu.addAction(f"{code}  {tr(words)}")
                action.setCheckable(True)
                action.toggled.connect(self._show)
                self._actions[code] = action
        self.setMenu(menu)
        self._key: str | None = None
        self._show()

    def show_key(self, key: str | None) -> None:
        self._key = key
        self._show()

    def chosen(self, disposition: Disposition) -> tuple[str, ...]:
        return tuple(code for code in reason_codes()[disposition] if self._actions[code].isChecked())

    def choose(self, code: str) -> None:
        self._actions[code].setChecked(True)

    def clear(self) -> None:
        for action in self._actions.values():
            action.setChecked(False)

    def _show(self) -> None:
        codes = [code for code, action in self._actions.items() if action.isChecked()]
        self.setText(tr("Reasons ({count})", count=len(codes)) if codes else tr("Reasons"))
        told = tr("Reasons: {codes}", codes=", ".join(codes)) if codes else tr("Reasons")
        self.setAccessibleName(tr("{words}, key {key}", words=told, key=self._key) if self._key else told)
        self.setToolTip(told)
