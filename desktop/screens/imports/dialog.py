"""Imports files by a mapping, and shows what was taken, what was not, and why."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QPushButton, QWidget

from desktop.screens.imports.quality import quality_text
from desktop.screens.imports.quality_panel import QualityPanel
from desktop.screens.report.dialog import busy
from desktop.services import Services
from desktop.support.formats import Formats
from desktop.support.look import Look
from desktop.support.text import button_text
from desktop.tasks import LongWork, Tasks
from desktop.widgets.dialog import Dialog
from desktop.widgets.work_bar import WorkBar
from domain.import_report import ImportReport

WIDTH = 740
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
        self.setMinimumWidth(WIDTH)
        self._services = services
        self._long_work = long_work
        self._formats = formats
        self._report: ImportReport | None = None
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
        self.table = QLineEdit()
        self.table.setPlaceholderText("Only for DuckDB files that hold more than one")
        self.add_field("Table", self.table)
        self.work_bar = WorkBar(long_work, formats)
        self.body.addWidget(self.work_bar)
        self.quality = QualityPanel(formats)
        self.quality.hide()
        self.body.addWidget(self.quality)
        self.body.addStretch()
        self.copy = self.add_button("Copy the report")
        self.copy.hide()
        self.close_button = self.add_button("Close")
        self.start = self.add_button("Import", primary=True)
        self.close_button.clicked.connect(self.reject)
        self.copy.clicked.connect(self._copy)
        self.start.clicked.connect(self._start)
        self.mapping.activated.connect(self._mapping_chosen)
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
        table = self.table.text().strip() or None

        def done(report: ImportReport) -> None:
            self._changed()
            self.quality.show_report(report)
            self.quality.show()
            self.adjustSize()
            self.copy.setVisible(True)
            self._report = report
            self.imported.emit()

        def failed(error: Exception) -> None:
            self._changed()
            self.banner.fail(error)

        self.banner.hide()
        self.quality.hide()
        self.copy.hide()
        if self._long_work.start("Import", lambda: self._services.import_files(paths, mapping, table), done, failed):
            self.start.setEnabled(False)
        else:
            self.banner.fail(busy(self._long_work))

    def _show_mappings(self, mappings: tuple[str, ...]) -> None:
        for mapping in mappings:
            self.mapping.addItem(button_text(mapping), mapping)
        self.mapping.addItem("A mapping file…", None)
        self._changed()

    def _copy(self) -> None:
        if self._report is not None:
            QGuiApplication.clipboard().setText(quality_text(self._report, self._formats))

    def _mapping_chosen(self, index: int) -> None:
        """The last entry asks for a file, which then stands among the others."""
        if self.mapping.itemData(index) is not None:
            return
        chosen, _ = QFileDialog.getOpenFileName(self, "Mapping file", "", "Mappings (*.toml)")
        if chosen:
            self.mapping.insertItem(0, button_text(Path(chosen).name), chosen)
        self.mapping.setCurrentIndex(0)

    def _changed(self) -> None:
        self.start.setEnabled(bool(self.paths) and self.mapping.count() > 0 and not self._long_work.busy)

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getOpenFileNames(self, "Files to import", "", FILES)
        if chosen:
            self.files.setText("; ".join(chosen))
