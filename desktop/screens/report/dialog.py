"""Exports the report of the highest alerts."""

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QIntValidator
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLineEdit, QPushButton, QWidget

from desktop.services import Services
from desktop.support.formats import Formats
from desktop.support.look import Look
from desktop.tasks import LongWork
from desktop.widgets.dialog import Dialog
from desktop.widgets.layouts import WIDE, row
from desktop.widgets.work_bar import WorkBar
from domain.errors import WhyflagError
from domain.reporting import Format

FORMATS: tuple[tuple[Format, str], ...] = (
    ("pdf", "PDF"),
    ("json", "JSON"),
    ("html", "HTML"),
    ("xlsx", "Excel"),
    ("csv", "CSV"),
)
CHOSEN = ("pdf", "json")
USUAL_ALERTS = 100
MOST_ALERTS = 100_000_000


class ReportDialog(Dialog):
    def __init__(
        self,
        services: Services,
        long_work: LongWork,
        look: Look,
        formats: Formats,
        folder: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            "Export the report",
            "Each case with its facts, evidence, verified explanation and decision, highest score first.",
            look,
            parent,
        )
        self._services = services
        self._long_work = long_work
        self.folder = QLineEdit(str(folder))
        browse = QPushButton("Browse…")
        browse.setAccessibleName("Browse for a folder")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._choose)
        self.add_field("Folder", self.folder, browse)
        self.formats: dict[Format, QCheckBox] = {}
        boxes = row(gap=WIDE)
        for name, words in FORMATS:
            box = QCheckBox(words)
            box.setAccessibleName(f"Format {words}")
            box.setChecked(name in CHOSEN)
            self.formats[name] = box
            boxes.addWidget(box)
        boxes.addStretch()
        self.body.addLayout(boxes)
        self.limit = QLineEdit(str(USUAL_ALERTS))
        self.limit.setValidator(QIntValidator(1, MOST_ALERTS, self.limit))
        self.limit.setPlaceholderText("All alerts")
        self.add_field("How many alerts (empty: all)", self.limit)
        self.work_bar = WorkBar(long_work, formats)
        self.body.addWidget(self.work_bar)
        self.body.addStretch()
        self.close_button = self.add_button("Close")
        self.export = self.add_button("Export", primary=True)
        self.close_button.clicked.connect(self.reject)
        self.export.clicked.connect(self._start)

    def _start(self) -> None:
        folder = Path(self.folder.text().strip()).expanduser()
        formats = tuple(name for name, box in self.formats.items() if box.isChecked())
        limit = int(self.limit.text()) if self.limit.text() else None
        if not self.folder.text().strip() or not formats:
            self.banner.fail(WhyflagError("The report needs a folder and at least one format.", "Choose both."))
            return

        def done(files: tuple[Path, ...]) -> None:
            self.export.setEnabled(True)
            names = ", ".join(file.name for file in files)
            self.banner.tell(f"Written to {folder}: {names}", "Open folder", lambda: _show(folder))

        def failed(error: Exception) -> None:
            self.export.setEnabled(True)
            self.banner.fail(error)

        self.banner.hide()
        if self._long_work.start("Report", lambda: self._services.report(folder, formats, limit), done, failed):
            self.export.setEnabled(False)
        else:
            self.banner.fail(busy(self._long_work))

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Folder for the report", self.folder.text())
        if chosen:
            self.folder.setText(chosen)


def busy(long_work: LongWork) -> WhyflagError:
    return WhyflagError(f"{long_work.title} is still under way.", "Wait for it, or cancel it at the bottom.")


def _show(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
