"""Notes and attachments of the case over what happened to it; what is typed is kept while it is typed."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton, QWidget

from desktop.screens.case.file_view_model import FileViewModel, lines_of
from desktop.support.formats import Formats
from desktop.support.text import visible
from desktop.support.translation import tr
from desktop.tables.file_model import FileModel
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import GAP, column, row
from desktop.widgets.table import RowTable
from domain.casefile import NOTE_LIMIT, CaseFile

WIDTHS = (142, 62, 80)


class FilePanel(QWidget):
    """`view_model.look` is called by whoever shows the panel."""

    def __init__(self, view_model: FileViewModel, formats: Formats) -> None:
        super().__init__()
        self._view_model = view_model
        self._formats = formats
        self.note = QLineEdit()
        self.note.setAccessibleName(tr("New note"))
        self.note.setPlaceholderText(tr("New note; Enter adds it for good"))
        self.note.setMaxLength(NOTE_LIMIT)
        self.attach = QPushButton(tr("Attach…"))
        self.attach.setAccessibleName(tr("Attach a file"))
        self._model = FileModel()
        self.table = RowTable(tr("Notes, attachments and history"), self._model)
        self.table.stand_inside()
        for number, width in enumerate(WIDTHS):
            self.table.setColumnWidth(number, width)
        self.words = PlainLabel("", "small", wrap=True)
        line = row(gap=GAP)
        line.addWidget(self.note, 1)
        line.addWidget(self.attach)
        layout = column(self, GAP, (0, 8, 0, 0))
        layout.addLayout(line)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.words)
        self.note.textEdited.connect(view_model.type)
        self.note.editingFinished.connect(view_model.keep)
        self.note.returnPressed.connect(self._add)
        self.attach.clicked.connect(self._choose_file)
        self.table.stepped.connect(self._stepped)
        self.table.entered_row.connect(self._entered)
        view_model.shown.connect(self._show)
        view_model.drafted.connect(self.note.setText)
        view_model.added.connect(self._added)
        view_model.told.connect(self.words.setText)

    def _add(self) -> None:
        self._view_model.add_note(self.note.text())

    def _added(self, text: str) -> None:
        """What was typed since stays."""
        if self.note.text() == text:
            self.note.clear()

    def _choose_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, tr("Attach a file"))
        if chosen:
            self._view_model.attach(Path(chosen))

    def _show(self, file: CaseFile) -> None:
        if self._view_model.file is None:  # of another case
            self.note.clear()
            self.words.setText("")
        words, stood = self.words.text(), self._model.line(self.table.line) if self.table.line >= 0 else None
        lines = lines_of(file, self._formats)
        self._model.replace_rows(lines)
        if stood in lines:
            self.table.step_to(lines.index(stood))
        self.words.setText(words)

    def _stepped(self, line: int) -> None:
        if line >= 0:
            one = self._model.line(line)
            hint = tr("Enter saves it as a file.") if one.attachment else ""
            self.words.setText(" ".join(word for word in (visible(one.words, NOTE_LIMIT), hint) if word))

    def _entered(self, line: int) -> None:
        one = self._model.line(line).attachment
        if one is not None:
            chosen, _ = QFileDialog.getSaveFileName(self, tr("Save the attachment"), Path(one.name).name)
            if chosen:
                self._view_model.export(one, Path(chosen))
