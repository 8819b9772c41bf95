"""The models of this machine: the classifier's versions, figures, charts, features and limits; the language model."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QPushButton, QScrollArea, QTabWidget, QVBoxLayout, QWidget

from desktop.screens.model.charts import OutcomeCharts
from desktop.screens.model.view_model import ModelViewModel, limits, narrator_facts, version_facts, version_words
from desktop.support.formats import Formats
from desktop.support.look import Look
from desktop.support.text import visible
from desktop.support.translation import tr
from desktop.widgets.facts_panel import FactsPanel
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import GAP, PAGE, WIDE, card, column, row, titled
from domain.model_page import ModelPage

LONGEST_LINE = 2000
CARD = (16, 12, 16, 12)


class ModelScreen(QWidget):
    threshold_asked = Signal()

    def __init__(self, view_model: ModelViewModel, look: Look, formats: Formats) -> None:
        super().__init__()
        self.setObjectName("page")
        self._formats = formats
        self._page: ModelPage | None = None
        page = column(self, WIDE, (PAGE, PAGE, PAGE, PAGE))
        header = row()
        self.state = PlainLabel(role="muted")
        header.addLayout(titled(PlainLabel(tr("Models"), "title"), self.state))
        header.addStretch()
        threshold = QPushButton(tr("To the threshold"))
        threshold.setAccessibleName(threshold.text())
        threshold.clicked.connect(self.threshold_asked)
        header.addWidget(threshold)
        page.addLayout(header)
        self.versions = QComboBox()
        self.versions.setAccessibleName(tr("Versions of the classifier"))
        self.versions.view().setAccessibleName(tr("Versions"))
        self.facts, self.narrator = FactsPanel(), FactsPanel(columns=1)
        self.charts = OutcomeCharts(look, formats)
        self.features = _text(tr("Features used"))
        self.card = _text(tr("Model card"))
        tabs = QTabWidget()
        tabs.setAccessibleName(tr("Models"))
        tabs.addTab(self._classifier(), tr("Classifier"))
        tabs.addTab(self.features, tr("Features"))
        tabs.addTab(self._language_model(), tr("Language model"))
        self.tabs = tabs
        page.addWidget(tabs, 1)
        self.versions.activated.connect(lambda _: self._show_version())
        view_model.loading.connect(lambda: self.state.setText(tr("Reading…")))
        view_model.failed.connect(lambda _: self.state.setText(""))
        view_model.loaded.connect(self._show)

    def _classifier(self) -> QWidget:
        inside = QWidget()
        across = row(inside, WIDE, (0, 12, 4, 0))
        left: QVBoxLayout = column(gap=WIDE)
        left.addWidget(self.versions)
        frame = card()
        column(frame, 0, CARD).addWidget(self.facts)
        left.addWidget(frame)
        bounds = card()
        stack = column(bounds, GAP, CARD)
        stack.addWidget(PlainLabel(tr("Limits"), "section"))
        for words in limits():
            line = row(gap=GAP)
            line.addWidget(PlainLabel("•"), 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(PlainLabel(words, wrap=True), 1)
            stack.addLayout(line)
        left.addWidget(bounds)
        left.addStretch()
        across.addLayout(left, 1)
        across.addWidget(self.charts, 1)
        return _scrolled(inside, tr("Classifier"))

    def _language_model(self) -> QWidget:
        inside = QWidget()
        down = column(inside, WIDE, (0, 12, 0, 0))
        frame = card()
        column(frame, 0, CARD).addWidget(self.narrator)
        down.addWidget(frame)
        down.addWidget(PlainLabel(tr("Model card"), "section"))
        down.addWidget(self.card, 1)
        return inside

    def _show(self, page: ModelPage) -> None:
        self._page = page
        self.state.setText("" if page.versions else tr("No classifier yet: train one from the menu Store."))
        self.versions.clear()
        for version in page.versions:
            self.versions.addItem(version_words(version, self._formats))
        self.versions.setEnabled(bool(page.versions))
        self.charts.show_curves(page.curves)
        self.narrator.show_facts(narrator_facts(page.narrator))
        self.card.setPlainText(_lines(page.narrator.card))
        self._show_version()

    def _show_version(self) -> None:
        page, number = self._page, self.versions.currentIndex()
        if page is None or not 0 <= number < len(page.versions):
            self.facts.show_facts(())
            self.features.setPlainText("")
            return
        version = page.versions[number]
        self.facts.show_facts(version_facts(version, self._formats))
        typical = dict(version.typical)
        self.features.setPlainText(
            "\n".join(
                f"{name}   ({tr('usual: {value}', value=self._formats.number(typical[name]))})"
                if name in typical
                else name
                for name in version.features
            )
        )


def _text(name: str) -> QPlainTextEdit:
    field = QPlainTextEdit()
    field.setReadOnly(True)
    field.setTabChangesFocus(True)
    field.setAccessibleName(name)
    return field


def _lines(text: str) -> str:
    """Line by line, with what would hide or reorder text made visible."""
    return "\n".join(visible(line, LONGEST_LINE) for line in text.splitlines())


def _scrolled(inside: QWidget, name: str) -> QScrollArea:
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setAccessibleName(name)
    scroll.setWidget(inside)
    return scroll
