"""Settings: how the window looks and speaks, which keys it listens to, and how long alerts may wait."""

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QFrame, QVBoxLayout, QWidget

from desktop.screens.settings.deadlines_panel import DeadlinesPanel
from desktop.screens.settings.deadlines_view_model import DeadlinesViewModel
from desktop.screens.settings.keys_panel import KeysPanel
from desktop.screens.settings.view_model import SettingsViewModel
from desktop.settings import TEXT_PERCENTS, Settings
from desktop.support.formats import Formats
from desktop.support.look import Look
from desktop.support.translation import LANGUAGES, SYSTEM, mark, tr
from desktop.widgets.labels import PlainLabel
from desktop.widgets.layouts import PAGE, WIDE, card, column, row, titled

THEMES = (
    ("system", mark("As the system")),
    ("light", mark("Light")),
    ("dark", mark("Dark")),
    ("contrast", mark("High contrast")),
)


class SettingsScreen(QWidget):
    def __init__(
        self, view_model: SettingsViewModel, deadlines: DeadlinesViewModel, look: Look, formats: Formats, file: str
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self._view_model = view_model
        self._deadlines = deadlines
        self.theme, self.text, self.language = QComboBox(), QComboBox(), QComboBox()
        self._says: dict[QComboBox, PlainLabel] = {}
        self.keys = KeysPanel(view_model)
        self.deadlines = DeadlinesPanel(deadlines, look)
        for choice, words in THEMES:
            self.theme.addItem(tr(words), choice)
        for percent in TEXT_PERCENTS:
            self.text.addItem(f"{formats.count(percent)} %", percent)
        self.language.addItem(tr("As the system"), SYSTEM)
        for language, name in LANGUAGES.items():
            self.language.addItem(name, language)
        page = column(self, WIDE, (PAGE, PAGE, PAGE, PAGE))
        heading = row()
        heading.addLayout(
            titled(PlainLabel(tr("Settings"), "title"), PlainLabel(tr("Kept in {file}", file=file), "muted"))
        )
        heading.addStretch()
        page.addLayout(heading)
        across = row(gap=WIDE)
        left = column(gap=WIDE)
        left.addWidget(self._look_card())
        left.addWidget(self.deadlines)
        left.addStretch()
        across.addLayout(left, 2)
        across.addWidget(self.keys, 3)
        page.addLayout(across, 1)
        self.theme.activated.connect(lambda _: view_model.choose_theme(self.theme.currentData()))
        self.text.activated.connect(lambda _: view_model.scale_text(self.text.currentData()))
        self.language.activated.connect(lambda _: view_model.choose_language(self.language.currentData()))
        view_model.changed.connect(self.show_settings)
        self.show_settings()

    def show_keys(self, key_of: Callable[[str], str]) -> None:
        keys = key_of("view.larger"), key_of("view.smaller")
        says = tr("{larger} makes it larger, {smaller} smaller.", larger=keys[0], smaller=keys[1]) if all(keys) else ""
        self._says[self.text].setText(says)
        self.text.setAccessibleDescription(says)

    def arrive(self) -> None:
        self._deadlines.read()
        self.theme.setFocus()

    def show_settings(self) -> None:
        current: Settings = self._view_model.current
        for box, value in (
            (self.theme, current.theme),
            (self.text, current.text_percent),
            (self.language, current.language),
        ):
            box.setCurrentIndex(box.findData(value))

    def _look_card(self) -> QFrame:
        frame = card()
        layout: QVBoxLayout = column(frame, WIDE, (16, 12, 16, 16))
        layout.addWidget(PlainLabel(tr("Look and language"), "section"))
        for words, box, says in (
            (tr("Theme"), self.theme, tr("Follows the system's light, dark or high contrast unless one is chosen.")),
            (tr("Size of text"), self.text, ""),
            (tr("Language"), self.language, tr("Used from the next start on. Statements and reports stay English.")),
        ):
            field = column(gap=4)
            label = PlainLabel(words, "strong")
            label.setBuddy(box)
            box.setAccessibleName(words)
            box.setAccessibleDescription(says)
            box.view().setAccessibleName(words)
            field.addWidget(label)
            field.addWidget(box)
            self._says[box] = PlainLabel(says, "small", wrap=True)
            field.addWidget(self._says[box])
            layout.addLayout(field)
        return frame
