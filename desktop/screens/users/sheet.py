"""The recovery sheet, this once: on the screen and on paper. It cannot be copied."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase, QTextDocument
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QWidget

from desktop.support.look import Look
from desktop.support.text import visible
from desktop.support.translation import tr
from desktop.widgets.dialog import Dialog

SIZE = (720, 420)
Printing = Callable[[str, QWidget], bool]


def print_text(text: str, parent: QWidget) -> bool:
    """Asks for a printer; False where nothing was printed."""
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter  # loads the system's printers: only who prints waits

    printer = QPrinter()
    if QPrintDialog(printer, parent).exec() != QDialog.DialogCode.Accepted:
        return False
    document = QTextDocument()
    document.setDefaultFont(fixed())
    document.setPlainText(text)
    document.print_(printer)
    return True


def fixed() -> QFont:
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)


class SheetDialog(Dialog):
    def __init__(self, text: str, printing: Printing, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(tr("Recovery sheet"), tr("Print it or copy it by hand: it is not shown again."), look, parent)
        self._text = text
        self._print = printing
        self.text = QPlainTextEdit("\n".join(visible(line) for line in text.splitlines()))
        self.text.setReadOnly(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.text.setFont(fixed())
        self.text.setAccessibleName(tr("Recovery key"))
        self.body.addWidget(self.text, 1)
        self.resize(*SIZE)
        self.print_button = self.add_button(tr("Print…"))
        self.close_button = self.add_button(tr("I have it on paper"), primary=True)
        self.print_button.clicked.connect(lambda: self._print(self._text, self))
        self.close_button.clicked.connect(self.accept)
