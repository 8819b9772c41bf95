"""Imports files in three steps: which files, how their columns are mapped, what was taken, what not, and why."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton, QStackedWidget, QWidget

from desktop.screens.imports.columns_page import ColumnsPage
from desktop.screens.imports.drop import dropped_files
from desktop.screens.imports.quality import imported_words, quality_text
from desktop.screens.imports.quality_panel import QualityPanel
from desktop.screens.imports.view_model import ImportViewModel
from desktop.services import Services
from desktop.support.failures import busy, describe
from desktop.support.formats import Formats
from desktop.support.look import Look
from desktop.support.translation import tr
from desktop.tasks import LongWork, Tasks
from desktop.widgets.dialog import WorkDialog
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import GAP, column, row
from desktop.widgets.work_bar import WorkBar
from domain.import_report import ImportReport

SIZE = (1040, 720)
FILES, COLUMNS, REPORT = range(3)


class ImportDialog(WorkDialog):
    imported = Signal()

    def __init__(
        self,
        services: Services,
        tasks: Tasks,
        long_work: LongWork,
        look: Look,
        formats: Formats,
        parent: QWidget | None = None,
        paths: Sequence[Path] = (),
    ) -> None:
        super().__init__(
            tr("Import transactions"),
            tr(
                "Takes CSV, Parquet or DuckDB files. Rows that do not fit are not taken and are explained; rows that"
                " are there already are not taken twice."
            ),
            look,
            parent,
        )
        self.resize(*SIZE)
        self.setAcceptDrops(True)
        self._services = services
        self._tasks = tasks
        self._long_work = long_work
        self._formats = formats
        self._report: ImportReport | None = None
        self._importing = False  # other long work under way is named as what has to be waited for
        self.model = ImportViewModel(services, tasks)
        self.pages = QStackedWidget()
        self.columns = ColumnsPage(self.model, formats)
        self.quality = QualityPanel(formats)
        for page in (self._files_page(), self.columns, self.quality):
            self.pages.addWidget(page)
        self.work_bar = WorkBar(long_work, formats)
        self.body.addWidget(self.pages, 1)
        self.waiting = PlainLabel("", wrap=True)
        self.body.addWidget(self.waiting)
        self.body.addWidget(self.work_bar)
        self._add_buttons()
        self.files.textChanged.connect(self._changed)
        self.columns.ready.connect(self._changed)
        self.model.working.connect(self._look)
        long_work.started.connect(self._changed)
        long_work.ended.connect(self._changed)
        self.model.inspected.connect(lambda: self._go(COLUMNS))
        self.model.failed.connect(self.fail)
        self.model.saved.connect(lambda path: self.tell(tr("The mapping was saved as {path}.", path=path)))
        self._changed()
        if paths:
            self.take(paths)

    @property
    def page(self) -> int:
        return self.pages.currentIndex()

    @property
    def paths(self) -> tuple[Path, ...]:
        return tuple(Path(part.strip()).expanduser() for part in self.files.text().split(";") if part.strip())

    def take(self, paths: Sequence[Path]) -> None:
        """Files that were dropped: looked into at once."""
        self.files.setText("; ".join(map(str, paths)))
        self._go(FILES)
        self._next()

    def done(self, result: int) -> None:
        self.model.leave()
        super().done(result)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_files(event) and not self._long_work.busy:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.take(dropped_files(event))
        event.acceptProposedAction()

    def _files_page(self) -> QWidget:
        page = QWidget()
        layout = column(page, 14)
        layout.addWidget(PlainLabel(tr("Drop files here, type their names, or browse for them."), wrap=True))
        self.files, self.table = QLineEdit(), QLineEdit()
        self.files.setPlaceholderText(tr("One or more files of the same columns, separated by ;"))
        self.table.setPlaceholderText(tr("Only for DuckDB files that hold more than one"))
        browse = QPushButton(tr("Browse…"))
        browse.setAccessibleName(tr("Browse for files"))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._choose)
        for words, field, beside in ((tr("Files"), self.files, browse), (tr("Table"), self.table, None)):
            label = PlainLabel(words, "strong")
            label.setBuddy(field)
            field.setAccessibleName(words)
            stack, line = column(gap=4), row(gap=GAP)
            stack.addWidget(label)
            line.addWidget(field, 1)
            if beside is not None:
                line.addWidget(beside)
            stack.addLayout(line)
            layout.addLayout(stack)
        self.looking = PlainLabel("", "muted")
        layout.addWidget(self.looking)
        layout.addStretch()
        return page

    def _add_buttons(self) -> None:
        self.copy = self.add_button(tr("Copy the report"))
        self.export = self.add_button(tr("Save the report…"))
        self.close_button = self.add_button(tr("Close"))
        self.back = self.add_button(tr("Back"))
        self.next = self.add_button(tr("Next"), primary=True)
        self.start = self.add_button(tr("Import"), primary=True)
        self.copy.clicked.connect(self._copy)
        self.export.clicked.connect(self._export)
        self.close_button.clicked.connect(self.reject)
        self.back.clicked.connect(lambda: self._go(FILES if self.page == COLUMNS else COLUMNS))
        self.next.clicked.connect(self._next)
        self.start.clicked.connect(self._start)

    def _go(self, page: int) -> None:
        self.pages.setCurrentIndex(page)
        self._changed()
        if page == FILES:
            self.files.setFocus()
        elif page == COLUMNS:
            self.columns.table.setFocus()
        else:
            self.close_button.setFocus()

    def _changed(self, _: object = None) -> None:
        page, working = self.page, self._long_work.busy
        self.copy.setVisible(page == REPORT)
        self.export.setVisible(page == REPORT)
        self.back.setVisible(page != FILES)
        self.next.setVisible(page == FILES)
        self.start.setVisible(page == COLUMNS)
        self.back.setEnabled(not working)
        self.next.setEnabled(bool(self.paths) and not working)
        self.start.setEnabled(self.model.ready and not working)
        self._importing = self._importing and working
        waits = working and not self._importing
        self.waiting.setText(describe(busy(self._long_work.title)).text if waits else "")
        self.waiting.setVisible(waits)
        (self.next if page == FILES else self.start).setDefault(True)

    def _look(self, under_way: bool) -> None:
        self.looking.setText(tr("Looking into the file…") if under_way else "")
        self._changed()

    def _next(self) -> None:
        self.banner.hide()
        self.model.inspect(self.paths, self.table.text().strip() or None)

    def _start(self) -> None:
        model = self.model
        paths, mapping, table = model.paths, model.mapping, model.table

        def done(report: ImportReport) -> None:
            self.show_report(report)
            if not self.isVisible():
                self.tell(imported_words(report, self._formats), tr("Look at it…"), self.open)
            self.imported.emit()

        def failed(error: Exception) -> None:
            self._changed()
            self.fail(error)

        self.banner.hide()
        work = tr("Import")
        self._importing = self._long_work.start(
            work, lambda: self._services.import_files(paths, mapping, table), done, failed
        )
        if self._importing:
            self._changed()
        else:
            self.banner.fail(busy(self._long_work.title))

    def show_report(self, report: ImportReport) -> None:
        self._report = report
        self.quality.show_report(report)
        self._go(REPORT)

    def _copy(self) -> None:
        if self._report is not None:
            QGuiApplication.clipboard().setText(quality_text(self._report, self._formats))

    def _export(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, tr("Save the report of the import"), "import.csv", tr("Table (*.csv);;Data (*.json)")
        )
        if chosen:
            self.save_report(Path(chosen))

    def save_report(self, path: Path) -> None:
        """As CSV or JSON, by its ending."""
        report = self._report
        if report is None:
            return
        self._tasks.background(
            lambda task: self._services.write_quality(report, path),
            lambda written: self.tell(tr("Written to {path}.", path=written)),
            self.fail,
        )

    def _choose(self) -> None:
        kinds = tr("Transactions (*.csv *.parquet *.duckdb *.db);;All files (*)")
        chosen, _ = QFileDialog.getOpenFileNames(self, tr("Files to import"), "", kinds)
        if chosen:
            self.files.setText("; ".join(chosen))
