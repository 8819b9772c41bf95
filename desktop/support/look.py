"""How the window looks now: applies a theme to the application and follows the system's when asked to."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QStyleFactory

from desktop.support.theme import FOLDER, THEMES, Theme, load_theme, style_sheet

FONT_FAMILIES = ["Source Sans Pro", "DejaVu Sans"]
CHOICES = ("system", *THEMES)
PALETTE = {
    QPalette.ColorRole.Window: "background",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "raised",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.PlaceholderText: "muted",
    QPalette.ColorRole.Highlight: "selection",
    QPalette.ColorRole.HighlightedText: "text",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
}


class Look(QObject):
    """The current theme; `changed` tells painters to draw anew."""

    changed = Signal()

    def __init__(self, app: QApplication, choice: str = "system", text_percent: int = 100) -> None:
        super().__init__()
        self._app = app
        self._choice = choice
        self.text_percent = text_percent
        _load_fonts()
        app.setStyle(QStyleFactory.create("Fusion"))
        app.styleHints().colorSchemeChanged.connect(self._system_changed)
        app.styleHints().accessibility().contrastPreferenceChanged.connect(self._system_changed)
        self.theme: Theme = self._wanted()
        self._apply()

    @property
    def choice(self) -> str:
        return self._choice

    def choose(self, choice: str) -> None:
        """One of CHOICES."""
        self._choice = choice
        self._apply()

    def scale_text(self, percent: int) -> None:
        """100 to 200."""
        self.text_percent = percent
        self._apply()

    def scaled(self, pixels: int) -> int:
        """A width or height that holds text, at this person's text size."""
        return round(pixels * self.text_percent / 100)

    def colour(self, role: str) -> QColor:
        return QColor(self.theme.colour(role))

    def font(self, pixels: int) -> QFont:
        """For painters that the style sheet does not reach."""
        font = QFont(FONT_FAMILIES)
        font.setPixelSize(self.scaled(pixels))
        return font

    def icon(self, name: str, role: str = "text") -> QIcon:
        return QIcon(self.pixmap(name, role, 20))

    def pixmap(self, name: str, role: str, size: int) -> QPixmap:
        """`size` at 100 %: pictures grow with the text."""
        return _pixmap(name, self.theme.colour(role), self.scaled(size), self._app.devicePixelRatio())

    def _wanted(self) -> Theme:
        if self._choice != "system":
            return load_theme(self._choice)
        hints = self._app.styleHints()
        if hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
            return load_theme("contrast")
        dark = hints.colorScheme() == Qt.ColorScheme.Dark
        return load_theme("dark" if dark else "light")

    def _system_changed(self) -> None:
        if self._choice == "system" and self._wanted() is not self.theme:
            self._apply()

    def _apply(self) -> None:
        self.theme = self._wanted()
        self._app.setFont(self.font(14))
        palette = QPalette()
        for role, colour in PALETTE.items():
            palette.setColor(role, self.colour(colour))
        for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.colour("muted"))
        self._app.setPalette(palette)
        self._app.setStyleSheet(style_sheet(self.theme, self.text_percent))
        self.changed.emit()


def _load_fonts() -> None:
    """The same letters on every machine, so that no text is cut on one of them."""
    for font in sorted((FOLDER / "themes" / "fonts").glob("*.otf")):
        QFontDatabase.addApplicationFont(str(font))


@lru_cache(maxsize=256)
def _pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    drawing = (FOLDER / "icons" / f"{name}.svg").read_text(encoding="utf-8").replace("#000000", colour)
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap
