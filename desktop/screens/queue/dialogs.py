"""What the queue asks before it acts: one line of text, or a disposition for many alerts."""

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from desktop.support.formats import DISPOSITION_WORDS
from desktop.support.look import Look
from desktop.support.translation import tr, trn
from desktop.widgets.dialog import Dialog
from desktop.widgets.work_bar import WorkBar
from domain.review import DISPOSITIONS, Disposition

LONGEST_NOTE = 4000


class LineDialog(Dialog):
    """Asks for one line; `given` gets it once it is not empty."""

    def __init__(
        self, title: str, words: str, label: str, given: Callable[[str], None], look: Look, parent: QWidget
    ) -> None:
        super().__init__(title, words, look, parent)
        self._given = given
        self.field = QLineEdit()
        self.field.setMaxLength(200)
        self.add_field(label, self.field)
        self.add_button(tr("Cancel")).clicked.connect(self.reject)
        self.go = self.add_button(tr("OK"), primary=True)
        self.go.setEnabled(False)
        self.go.clicked.connect(self.accept)
        self.field.textChanged.connect(lambda text: self.go.setEnabled(bool(text.strip())))
        self.field.setFocus()

    def accept(self) -> None:
        super().accept()
        self._given(self.field.text())


class BulkDialog(Dialog):
    """Says how many alerts get the disposition, and waits for a yes.

    Stays until all are decided: what was chosen and written is not lost where it is refused, as a policy may do.
    """

    def __init__(
        self,
        count: int,
        shown: str,
        reasons: Mapping[Disposition, Mapping[str, str]],
        decide: Callable[[Disposition, str, tuple[str, ...]], None],
        bar: WorkBar,
        look: Look,
        parent: QWidget,
    ) -> None:
        super().__init__(
            trn("Decide {count} alert", "Decide {count} alerts", count, count=shown),
            tr("Each gets this disposition and its own audit entry. Alerts that are decided already, or claimed by"
               " someone else, are passed over. Undo takes all of it back in one go."),
            look, parent,
        )  # fmt: skip
        self._decide = decide
        self._reasons = reasons
        self.disposition = QComboBox()
        for value in DISPOSITIONS:
            self.disposition.addItem(tr(DISPOSITION_WORDS[value]), value)
        self.disposition.setPlaceholderText(tr("Choose a disposition"))
        self.disposition.setCurrentIndex(-1)
        self.reason = QComboBox()
        self.reason.setEnabled(False)  # until a disposition says which there are
        self.note = QLineEdit()
        self.note.setMaxLength(LONGEST_NOTE)
        self.add_field(tr("Disposition"), self.disposition)
        self.add_field(tr("Reason"), self.reason)
        self.add_field(tr("Note"), self.note)
        self.body.addWidget(bar)
        self.cancel = self.add_button(tr("Cancel"))
        self.cancel.clicked.connect(self.reject)
        self.go = self.add_button(trn("Decide {count} alert", "Decide {count} alerts", count, count=shown), True)
        self.go.setEnabled(False)
        self.disposition.currentIndexChanged.connect(self._list_reasons)
        self.go.clicked.connect(self._go)
        self.disposition.setFocus()

    def settle(self, error: Exception | None = None) -> None:
        """None: it is done, and the dialog goes."""
        self._let(True)
        if error is None:
            self.accept()
            return
        self.banner.fail(error)
        self.note.setFocus()

    def reject(self) -> None:
        """Not while they are being decided: the bar cancels that."""
        if self.cancel.isEnabled():
            super().reject()

    def _go(self) -> None:
        self.banner.hide()
        self._let(False)
        reason = self.reason.currentData()
        self._decide(self.disposition.currentData(), self.note.text().strip(), (reason,) if reason else ())

    def _let(self, possible: bool) -> None:
        for part in (self.disposition, self.reason, self.note, self.cancel, self.go):
            part.setEnabled(possible)

    def _list_reasons(self, index: int) -> None:
        self.go.setEnabled(index >= 0)
        self.reason.setEnabled(index >= 0)
        self.reason.clear()
        self.reason.addItem(tr("None"), "")
        for code, words in self._reasons[self.disposition.currentData()].items():
            self.reason.addItem(tr(words), code)
