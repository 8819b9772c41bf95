"""About: what whyflag is, the versions of what it runs on, and all licences."""

import platform
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from desktop.support.look import Look
from desktop.support.translation import tr
from desktop.widgets.dialog import Dialog
from desktop.widgets.facts_panel import FactsPanel

PARTS = ("PySide6-Essentials", "duckdb", "torch", "transformers", "scikit-learn", "numpy", "pyqtgraph", "typst")


class AboutDialog(Dialog):
    """`notices` is the text of the third parties' licences."""

    def __init__(self, number: str, notices: str, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(
            f"whyflag {number}",
            tr(
                "Explains why a transaction was flagged, on this machine only. Licensed under Apache-2.0. Every"
                " sentence is checked against its evidence; the decision is the analyst's."
            ),
            look,
            parent,
        )
        self.resize(720, 620)
        self.facts = FactsPanel()
        self.facts.show_facts(versions())
        self.body.addWidget(self.facts)
        text = QPlainTextEdit(notices)
        text.setReadOnly(True)
        text.setTabChangesFocus(True)
        self.add_field(tr("Licences of what it is built with"), text)
        self.add_button(tr("Close"), primary=True).clicked.connect(self.accept)


def versions() -> tuple[tuple[str, str], ...]:
    """(part, version), told by the packages' own metadata; nothing is loaded for it."""
    return (("Python", platform.python_version()), ("Qt", qVersion()), *((name, _installed(name)) for name in PARTS))


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return tr("not installed")
