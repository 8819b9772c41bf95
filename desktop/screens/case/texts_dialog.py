"""The text for the customer's call and the SAR's narrative: drafted, editable, each edit kept beside the draft."""

from functools import partial

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QTabWidget, QWidget

from desktop.screens.case.texts_view_model import TextsViewModel
from desktop.support.formats import Formats
from desktop.support.look import Look
from desktop.support.translation import mark, tr, trn
from desktop.widgets.dialog import Dialog
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import GAP, column
from domain.casefile import TextKind, WorkingText

KINDS: dict[TextKind, str] = {"call": mark("Customer call"), "sar": mark("SAR narrative")}


class TextsDialog(Dialog):
    """Shows `first` of the two texts at once; what is changed is saved by Save, and when the dialog is closed."""

    def __init__(
        self, view_model: TextsViewModel, first: TextKind, look: Look, formats: Formats, parent: QWidget
    ) -> None:
        super().__init__(
            tr("Texts for {alert}", alert=view_model.alert_id),
            tr("Drafted by program from the evidence. A person completes, checks and sends them."),
            look,
            parent,
        )
        view_model.setParent(self)
        self._view_model = view_model
        self._formats = formats
        self._first = first
        self.fields: dict[TextKind, QPlainTextEdit] = {}
        self.told: dict[TextKind, PlainLabel] = {}
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        for named in (self.tabs, self.tabs.tabBar()):
            named.setAccessibleName(tr("Customer call, SAR narrative"))
        for kind, words in KINDS.items():
            page = QWidget()
            field, told = QPlainTextEdit(), PlainLabel("", "small", wrap=True)
            field.setAccessibleName(tr(words))
            field.setTabChangesFocus(True)
            field.setEnabled(False)  # until the draft is there, and what was typed last
            field.textChanged.connect(partial(self._type, kind))
            stack = column(page, GAP, (0, 8, 0, 0))
            stack.addWidget(field, 1)
            stack.addWidget(told)
            self.tabs.addTab(page, tr(words))
            self.fields[kind], self.told[kind] = field, told
        self.body.addWidget(self.tabs, 1)
        self.resize(720, 560)
        self.add_button(tr("Copy")).clicked.connect(self._copy)
        self.add_button(tr("Back to the draft")).clicked.connect(self._revert)
        self.add_button(tr("Close")).clicked.connect(self.reject)
        self.save_button = self.add_button(tr("Save"), primary=True)
        self.save_button.clicked.connect(self.save)
        self.finished.connect(lambda _: self.save())
        view_model.drafted.connect(self._fill)
        view_model.restored.connect(self._restore)
        view_model.saved.connect(self._tell)
        view_model.failed.connect(self.banner.fail)
        view_model.read()

    @property
    def kind(self) -> TextKind:
        return tuple(KINDS)[self.tabs.currentIndex()]

    def save(self) -> None:
        """Whatever was changed, in both texts."""
        for kind, field in self.fields.items():
            self._view_model.save(kind, field.toPlainText())

    def _type(self, kind: TextKind) -> None:
        self._view_model.type(kind, self.fields[kind].toPlainText())

    def _fill(self) -> None:
        for kind, working in self._view_model.texts.items():
            self._write(kind, working.text)
            self.fields[kind].setEnabled(True)
            self._tell(working)
        self.tabs.setCurrentIndex(tuple(KINDS).index(self._first))
        self.fields[self._first].setFocus()

    def _restore(self, kind: TextKind, text: str) -> None:
        self._write(kind, text)
        self.told[kind].setText(tr("What you typed last is here again. It is not saved yet."))

    def _write(self, kind: TextKind, text: str) -> None:
        with QSignalBlocker(self.fields[kind]):  # nobody types this
            self.fields[kind].setPlainText(text)

    def _tell(self, working: WorkingText) -> None:
        if not working.edits:
            self.told[working.kind].setText(tr("The draft, as it was written by program."))
            return
        last, count = working.edits[-1], len(working.edits)
        time = self._formats.time(last.edited_at.astimezone())
        words = trn(
            "{count} edit, the last by {actor} at {time}.",
            "{count} edits, the last by {actor} at {time}.",
            count,
            actor=last.actor,
            time=time,
        )
        self.told[working.kind].setText(f"{words} {tr('Each is kept beside the draft.')}")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.fields[self.kind].toPlainText())

    def _revert(self) -> None:
        if self.kind in self._view_model.texts:
            self.fields[self.kind].setPlainText(self._view_model.texts[self.kind].draft)
