"""Exports a report: which alerts, for whom, in which formats; what it would hold; progress, pause and cancel."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from desktop.screens.report.view_model import (
    BANDS,
    CHOSEN,
    FORMATS,
    MASKS,
    STATES,
    Fields,
    preview_words,
    request_of,
    selection_of,
)
from desktop.services import Services
from desktop.support.failures import busy
from desktop.support.formats import Formats
from desktop.support.look import Look
from desktop.support.translation import tr
from desktop.tasks import LongWork, Task, Tasks
from desktop.widgets.dialog import WorkDialog
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import GAP, WIDE, FormRoom, column, row
from desktop.widgets.work_bar import WorkBar
from domain.errors import WhyflagError
from domain.reporting import Format, Preview

USUAL_ALERTS = 100
WIDTH = 760
TYPING_MS = 250  # after the last key, the preview is asked for


class ReportDialog(WorkDialog):
    def __init__(
        self,
        services: Services,
        tasks: Tasks,
        long_work: LongWork,
        look: Look,
        formats: Formats,
        folder: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            tr("Export the report"),
            tr(
                "Each case with its facts, evidence, verified explanation and decision, highest score first. A signed"
                " manifest goes with it: whoever gets it can check it without this store."
            ),
            look,
            parent,
            WIDTH,
        )
        self._services = services
        self._tasks = tasks
        self._long_work = long_work
        self._words = formats
        self._asked: Task | None = None
        self.folder = QLineEdit(str(folder))
        form, below = FormRoom(tr("Export the report")), self.body
        below.addWidget(form, 1)
        self.body = form.fields
        self.add_field(tr("Folder"), self.folder, _browse(tr("Browse for a folder"), self._choose_folder))
        self._add_filters()
        self._add_formats()
        self._add_looks()
        self.preview = PlainLabel("", "muted", wrap=True)
        below.addWidget(self.preview)
        self.work_bar = WorkBar(long_work, formats)
        below.addWidget(self.work_bar)
        self.pause = self.add_button(tr("Pause"))
        self.pause.hide()
        self.close_button = self.add_button(tr("Close"))
        self.export = self.add_button(tr("Export"), primary=True)
        self.close_button.clicked.connect(self.reject)
        self.export.clicked.connect(self._start)
        self.pause.clicked.connect(self._pause_or_go_on)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self._ask_preview)
        self._ask_preview()

    def done(self, result: int) -> None:
        """Closing goes on with the work, which the window's own bar shows from then on."""
        if self._asked is not None:
            self._asked.discard()
        if self._is_paused:
            self._long_work.go_on()
        super().done(result)

    @property
    def fields(self) -> Fields:
        return Fields(
            folder=self.folder.text(),
            formats=tuple(name for name, box in self.formats.items() if box.isChecked()),
            first_day=self.first_day.text(),
            last_day=self.last_day.text(),
            band=self.band.currentData(),
            state=self.state.currentData(),
            query=self.query.text(),
            limit=self.limit.text(),
            mask=self.mask.currentData(),
            template=self.template.text(),
        )

    def _add_filters(self) -> None:
        self.first_day, self.last_day, self.query, self.limit = QLineEdit(), QLineEdit(), QLineEdit(), QLineEdit()
        self.limit.setText(str(USUAL_ALERTS))
        for field, words in (
            (self.first_day, "2026-02-01"),
            (self.last_day, "2026-02-28"),
            (self.query, tr("An id, or words of the memo")),
            (self.limit, tr("All alerts")),
        ):
            field.setPlaceholderText(words)
            field.textChanged.connect(lambda _: self._typing.start())
        self.band, self.state = _choice(BANDS), _choice(STATES)
        for choice in (self.band, self.state):
            choice.currentIndexChanged.connect(lambda _: self._ask_preview())
        self._add_line(
            (tr("First day"), self.first_day),
            (tr("Last day"), self.last_day),
            (tr("Band"), self.band),
            (tr("State"), self.state),
        )
        self._add_line((tr("Search"), self.query), (tr("How many alerts (empty: all)"), self.limit))

    def _add_formats(self) -> None:
        self.formats: dict[Format, QCheckBox] = {}
        boxes = row(gap=WIDE)
        for name, words in FORMATS:
            words = tr(words)
            box = QCheckBox(words)
            box.setAccessibleName(tr("Format {name}", name=words))
            box.setChecked(name in CHOSEN)
            self.formats[name] = box
            boxes.addWidget(box)
        boxes.addStretch()
        self.body.addLayout(boxes)

    def _add_looks(self) -> None:
        self.mask = _choice(MASKS)
        self.template = QLineEdit()
        self.template.setPlaceholderText(tr("standard, or a folder of your own"))
        browse = _browse(tr("Browse for a template"), self._choose_template)
        self._add_line((tr("Masking"), self.mask), (tr("Template"), self.template), beside=browse)

    def _add_line(self, *named: tuple[str, QWidget], beside: QWidget | None = None) -> None:
        """Fields beside each other, each under its name."""
        line: QHBoxLayout = row(gap=WIDE)
        for words, field in named:
            label = PlainLabel(words, "strong")
            label.setBuddy(field)
            field.setAccessibleName(words)
            stack = column(gap=4)
            stack.addWidget(label)
            inner = row(gap=GAP)
            inner.addWidget(field, 1)
            if beside is not None and field is named[-1][1]:
                inner.addWidget(beside)
            stack.addLayout(inner)
            line.addLayout(stack, 1)
        self.body.addLayout(line)

    def _ask_preview(self) -> None:
        if self._asked is not None:
            self._asked.discard()
        try:
            selection = selection_of(self.fields, self._words)
        except WhyflagError as unreadable:
            self.preview.setText(str(unreadable))
            return
        self._asked = self._tasks.read(
            lambda: self._services.preview_report(selection), self._show_preview, self.banner.fail
        )

    def _show_preview(self, preview: Preview) -> None:
        self.preview.setText(preview_words(preview, self._words))

    def _start(self) -> None:
        try:
            request = request_of(self.fields, self._words)
        except WhyflagError as incomplete:
            self.banner.fail(incomplete)
            return

        def done(files: tuple[Path, ...]) -> None:
            self._ended()
            names = ", ".join(file.name for file in files)
            self.tell(
                tr("Written to {folder}: {names}", folder=request.folder, names=names),
                tr("Open folder"),
                lambda: _show(request.folder),
            )

        def failed(error: Exception) -> None:
            self._ended()
            self.fail(error)

        self.banner.hide()
        if self._long_work.start(tr("Report"), lambda: self._services.report(request), done, failed):
            self.export.setEnabled(False)
            self.pause.setText(tr("Pause"))
            self.pause.show()
        else:
            self.banner.fail(busy(self._long_work.title))

    def _ended(self) -> None:
        self.export.setEnabled(True)
        self.pause.hide()

    @property
    def _is_paused(self) -> bool:
        return self.pause.isVisible() and self.pause.text() != tr("Pause")

    def _pause_or_go_on(self) -> None:
        if self._is_paused:
            self._long_work.go_on()
            self.pause.setText(tr("Pause"))
        else:
            self._long_work.pause()
            self.pause.setText(tr("Go on"))
        self.pause.setAccessibleName(self.pause.text())

    def _choose_folder(self) -> None:
        self._choose(tr("Folder for the report"), self.folder)

    def _choose_template(self) -> None:
        self._choose(tr("Folder of the template"), self.template)

    def _choose(self, words: str, field: QLineEdit) -> None:
        chosen = QFileDialog.getExistingDirectory(self, words, field.text())
        if chosen:
            field.setText(chosen)


def _choice(entries: Sequence[tuple[object, str]]) -> QComboBox:
    box = QComboBox()
    for value, words in entries:
        box.addItem(tr(words), value)
    box.view().setAccessibleName(tr("Choices"))
    return box


def _browse(words: str, clicked: Callable[[], None]) -> QPushButton:
    button = QPushButton(tr("Browse…"))
    button.setAccessibleName(words)
    button.setAutoDefault(False)
    button.clicked.connect(clicked)
    return button


def _show(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
