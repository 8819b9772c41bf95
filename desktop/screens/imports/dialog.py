"""Imports files by a mapping, and shows what was taken, what was not, and why."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from desktop.screens.imports.quality import quality_text
from desktop.screens.report.dialog import busy
from desktop.services import Services
from desktop.support.formats import Formats
from desktop.support.look import Look
from desktop.support.text import button_text
from desktop.tasks import LongWork, Tasks
from desktop.widgets.dialog import Dialog
from desktop.widgets.work_bar import WorkBar

FILES = "Transactions (*.csv *.parquet *.duckdb *.db);;All files (*)"


class ImportDialog(Dialog):
    imported = Signal()

    def __init__(
        self,
        services: Services,
        tasks: Tasks,
        long_work: LongWork,
        look: Look,
        formats: Formats,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            "Import transactions",
            "Takes CSV, Parquet or DuckDB files. Rows that do not fit are not taken and are explained; rows that are"
            " there already are not taken twice.",
            look,
            parent,
        )
        self._services = services
        self._long_work = long_work
        self._formats = formats
        self.files = QLineEdit()
        self.files.setPlaceholderText("One or more files, separated by ;")
        browse = QPushButton("Browse…")
        browse.setAccessibleName("Browse for files")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._choose)
        self.add_field("Files", self.files, browse)
        self.mapping = QComboBox()
        self.add_field("Mapping of their columns", self.mapping)
        self.mapping.view().setAccessibleName("Mappings")
        self.work_bar = WorkBar(long_work, formats)
        self.body.addWidget(self.work_bar)
        self.quality = QPlainTextEdit()
        self.quality.setReadOnly(True)
        self.quality.setMinimumHeight(220)
        self._quality_label = self.add_field("Import quality", self.quality)
        self._show_quality("")
        self.body.addStretch()
        self.close_button = self.add_button("Close")
        self.start = self.add_button("Import", primary=True)
        self.close_button.clicked.connect(self.reject)
        self.start.clicked.connect(self._start)
        self.files.textChanged.connect(self._changed)
        self._asked = tasks.background(lambda task: services.mappings(), self._show_mappings, self.banner.fail)
        self._changed()

    def done(self, result: int) -> None:
        self._asked.discard()
        super().done(result)

    @property
    def paths(self) -> tuple[Path, ...]:
        return tuple(Path(part.strip()).expanduser() for part in self.files.text().split(";") if part.strip())

    def _start(self) -> None:
        paths, mapping = self.paths, self.mapping.currentData()

        def done(report: object) -> None:
            self._changed()
            self._show_quality(quality_text(report, self._formats))
            self.imported.emit()

        def failed(error: Exception) -> None:
            self._changed()
            self.banner.fail(error)

        self.banner.hide()
        self._show_quality("")
        if self._long_work.start("Import", lambda: self._services.import_files(paths, mapping), done, failed):
            self.start.setEnabled(False)
        else:
            self.banner.fail(busy(self._long_work))

    def _show_mappings(self, mappings: tuple[str, ...]) -> None:
        for mapping in mappings:
            self.mapping.addItem(button_text(mapping), mapping)
        self._changed()

    def _show_quality(self, text: str) -> None:
        self.quality.setPlainText(text)
        self.quality.setVisible(bool(text))
        self._quality_label.setVisible(bool(text))

    def _changed(self) -> None:
        self.start.setEnabled(bool(self.paths) and self.mapping.count() > 0 and not self._long_work.busy)

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getOpenFileNames(self, "Files to import", "", FILES)
        if chosen:
            self.files.setText("; ".join(chosen))
