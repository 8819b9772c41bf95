"""The wizard's second page: the first rows, the mapping column by column, and the editor of the current column."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QTabWidget, QVBoxLayout, QWidget

from desktop.screens.imports.view_model import ColumnLine, ImportViewModel
from desktop.screens.imports.words import (
    READING_WORDS,
    confidence_words,
    meaning_words,
    problem_words,
    sample_words,
    source_words,
    trial_words,
)
from desktop.support.formats import Formats
from desktop.support.text import button_text, visible
from desktop.support.translation import tr
from desktop.tables.mapping_model import MappingLine, MappingModel, PreviewModel
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import WIDE, column, row
from desktop.widgets.table import RowTable
from domain.mapping import Rule, constant_of, constant_rule
from domain.readings import readings_of

NOTHING, CONSTANT, EXPRESSION, ROW_ID, COLUMN = range(5)
WIDTHS = (170, 200, 150, 160)
PREVIEWED = 50
WIDEST = 260
LONGEST_NAME = 60


class ColumnsPage(QWidget):
    ready = Signal(bool)

    def __init__(self, model: ImportViewModel, formats: Formats) -> None:
        super().__init__()
        self._model = model
        self._formats = formats
        self._lines: tuple[ColumnLine, ...] = ()
        self._fresh = False  # until a person steps: the first column that needs a look is gone to
        self.summary = PlainLabel("", "muted", wrap=True)
        self.known = QComboBox()
        self.mapping = MappingModel()
        self.raw, self.result = PreviewModel(), PreviewModel()
        self.table = RowTable(tr("Mapping, a line a column"), self.mapping)
        for number, width in enumerate(WIDTHS):
            self.table.setColumnWidth(number, width)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(tr("Columns and first rows"))
        self.tabs.addTab(self.table, tr("Columns"))
        self._first_rows = RowTable(tr("First rows of the file"), self.raw)
        self._stored_rows = RowTable(tr("First rows as they will be stored"), self.result)
        self.tabs.addTab(self._first_rows, tr("The file"))
        self.tabs.addTab(self._stored_rows, tr("As it will be stored"))
        for preview in (self._first_rows, self._stored_rows):
            preview.horizontalHeader().setMaximumSectionSize(WIDEST)
        self.meaning = PlainLabel("", "strong", wrap=True)
        self.problem = PlainLabel("", wrap=True)
        self.source, self.reading, self.text = QComboBox(), QComboBox(), QLineEdit()
        self.trial = PlainLabel("", "muted", wrap=True)
        self.name = QLineEdit()
        self.save = QPushButton(tr("Save the mapping"))
        self.save.setAutoDefault(False)
        self.save.setAccessibleName(self.save.text())
        self._lay_out()
        self.known.activated.connect(self._use_known)
        self.table.stepped.connect(self._stepped)
        self.table.entered_row.connect(lambda _: self.source.setFocus())
        self.source.activated.connect(lambda _: self._source_chosen())
        self.reading.activated.connect(lambda _: self._apply())
        self.text.editingFinished.connect(self._text_typed)
        self.name.textChanged.connect(self._named)
        self.save.clicked.connect(model.save)
        model.inspected.connect(self._show_sample)
        model.changed.connect(self._show)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return applies what was typed and goes no further: the dialog's default button would begin the import."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        layout = column(self, 10)
        top = row(gap=WIDE)
        top.addWidget(self.summary, 1)
        top.addLayout(_named(tr("Mapping"), self.known))
        layout.addLayout(top)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.meaning)
        layout.addWidget(self.problem)
        editor = row(gap=WIDE)
        editor.addLayout(_named(tr("Made of"), self.source), 2)
        editor.addLayout(_named(tr("Read as"), self.reading), 1)
        editor.addLayout(_named(tr("Text or expression"), self.text), 2)
        layout.addLayout(editor)
        layout.addWidget(self.trial)
        keep = row(gap=WIDE)
        keep.addLayout(_named(tr("Name of the mapping"), self.name), 1)
        keep.addWidget(self.save, 0, Qt.AlignmentFlag.AlignBottom)
        layout.addLayout(keep)
        for box in (self.known, self.source, self.reading):
            box.view().setAccessibleName(tr("Choices"))

    def _show_sample(self) -> None:
        sample = self._model.sample
        assert sample is not None
        rows = zip(*(one.values[:PREVIEWED] for one in sample.columns), strict=True)
        self.raw.show_rows(sample.names, tuple(rows))
        self.known.clear()
        self.known.addItem(tr("Guessed, or edited here"), "")
        for mapping in self._model.known:
            if not mapping.unfilled(sample.names):
                self.known.addItem(button_text(mapping.name), mapping.name)
        self.source.clear()
        self.source.addItem(tr("Nothing: it is not in the file"), (NOTHING, ""))
        for name in sample.names:
            self.source.addItem(visible(name), (COLUMN, name))
        self.source.addItem(tr("The same text for all rows"), (CONSTANT, ""))
        self.source.addItem(tr("An id made of the row's content"), (ROW_ID, ""))
        self.source.addItem(tr("An expression (DuckDB SQL)"), (EXPRESSION, ""))
        self.name.setText(self._model.name[:LONGEST_NAME])
        self._first_rows.resizeColumnsToContents()
        self.table.setCurrentIndex(QModelIndex())

    def _show(self) -> None:
        model = self._model
        self._lines = model.lines
        self.mapping.show_lines(tuple(self._words(line) for line in self._lines))
        if model.sample is not None:
            told = [sample_words(model.sample, model.known_as, self._formats), *model.problems]
            self.summary.setText(" ".join(told))
            self.known.setCurrentIndex(max(self.known.findData(model.known_as), 0))
        trial = model.trial
        if trial is not None:
            self.result.show_rows(trial.columns, trial.values[:PREVIEWED])
            self._stored_rows.resizeColumnsToContents()
        self.trial.setText(trial_words(trial, model.ready, self._formats))
        if self.table.line < 0:
            self.table.step_to(0)
            self._fresh = True
        if self._fresh and trial is not None:
            self._fresh = False
            self.table.step_to(next((n for n, line in enumerate(self._lines) if line.missing or line.fault), 0))
        self._show_editor()
        self.ready.emit(model.ready)

    def _stepped(self, _line: int) -> None:
        """A person who steps is not taken elsewhere when the trial comes."""
        self._fresh = False
        self._show_editor()

    def _words(self, line: ColumnLine) -> MappingLine:
        required = f"{line.column.name} *" if line.column.required else line.column.name
        return MappingLine(
            required,
            source_words(line.guess.rule, line.guess.reading),
            confidence_words(line, self._formats),
            line.example,
            problem_words(line, self._formats),
        )

    @property
    def _line(self) -> ColumnLine | None:
        return self._lines[self.table.line] if 0 <= self.table.line < len(self._lines) else None

    def _show_editor(self) -> None:
        line = self._line
        if line is None:
            return
        rule = line.guess.rule
        self.meaning.setText(meaning_words(line))
        self.problem.setText(problem_words(line, self._formats))
        self.problem.setVisible(bool(self.problem.text()))
        kind = _kind(rule, line.guess.reading)
        wanted = (kind, rule.needs[0] if kind == COLUMN and rule is not None else "")
        self.source.setCurrentIndex(
            next(n for n in range(self.source.count()) if tuple(self.source.itemData(n)) == wanted)
        )
        self.reading.clear()
        for reading in readings_of(line.column.type):
            self.reading.addItem(tr(READING_WORDS[reading.name]), reading.name)
        self.reading.setCurrentIndex(max(self.reading.findData(line.guess.reading), 0))
        self._enable(kind)
        if not self.text.hasFocus():
            self.text.setText(_text_of(rule, kind))
            self.text.setCursorPosition(0)

    def _enable(self, kind: int) -> None:
        self.reading.setEnabled(kind == COLUMN and self.reading.count() > 1)
        self.text.setEnabled(kind in (CONSTANT, EXPRESSION))

    def _use_known(self) -> None:
        name = self.known.currentData()
        if name:
            self._model.use_known(name)
            self.name.setText(name)

    def _source_chosen(self) -> None:
        """A text or an expression is typed first; all else holds at once."""
        kind, _ = self.source.currentData()
        self._enable(kind)
        if kind in (CONSTANT, EXPRESSION):
            self.text.clear()
            self.text.setFocus()
            return
        self.reading.setCurrentIndex(0)
        self._apply()

    def _text_typed(self) -> None:
        line = self._line
        if line is None or not self.text.isEnabled():
            return
        kind, _ = self.source.currentData()
        if self.text.text() and self.text.text() != _text_of(line.guess.rule, kind):
            self._apply()

    def _apply(self) -> None:
        line = self._line
        if line is None:
            return
        (kind, name), column_name, typed = self.source.currentData(), line.column.name, self.text.text()
        if kind == NOTHING:
            self._model.set_rule(column_name, None)
        elif kind == ROW_ID:
            self._model.set_row_id(column_name)
        elif kind == CONSTANT:
            self._model.set_rule(column_name, constant_rule(typed))
        elif kind == EXPRESSION:
            self._model.set_expression(column_name, typed)
        else:
            reading = next(
                one for one in readings_of(line.column.type) if one.name == (self.reading.currentData() or one.name)
            )
            self._model.set_rule(column_name, reading.rule(name), reading.name if reading.sql else "")

    def _named(self, text: str) -> None:
        self._model.name = text.strip()
        self.save.setEnabled(bool(text.strip()))


def _kind(rule: Rule | None, reading: str) -> int:
    if rule is None:
        return NOTHING
    if constant_of(rule) is not None:
        return CONSTANT
    return COLUMN if len(rule.needs) == 1 and (rule.sql is None or reading) else EXPRESSION


def _text_of(rule: Rule | None, kind: int) -> str:
    if rule is None or kind not in (CONSTANT, EXPRESSION):
        return ""
    return (constant_of(rule) if kind == CONSTANT else rule.sql) or ""


def _named(words: str, field: QWidget) -> QVBoxLayout:
    """A field under its name, which is its accessible one, too."""
    label = PlainLabel(words, "strong")
    label.setBuddy(field)
    field.setAccessibleName(words)
    stack = column(gap=4)
    stack.addWidget(label)
    stack.addWidget(field)
    return stack
