"""The manual: pages at the left, a search over all of them, the text at the right. Nothing outside is ever opened."""

from importlib.resources.abc import Traversable
from typing import Any

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QImage, QResizeEvent, QTextCharFormat, QTextCursor, QTextDocument, QTextFormat
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QSplitter, QTextBrowser, QToolButton, QWidget

from desktop.screens.manual.pages import PICTURE, Hit, Page, picture_names, read_pages, search
from desktop.support.look import Look
from desktop.support.translation import language, tr, trn
from desktop.widgets.labels import PlainLabel, Remark
from desktop.widgets.layouts import PAGE, WIDE, column, row

WIDTH = 240
RESIZED_MS = 120  # after the last change of the width, pictures are fitted to it
WIDEST_PICTURE = 760
INDENT = 24  # of a list
AIR = {0: (0, 8), 1: (0, 8), 2: (16, 6), 3: (12, 4)}  # pixels above and below, by the level of a heading; 0 is text
SIZES = {1: 2, 2: 1, 3: 0}  # of headings, in Qt's steps above the text's
NO_HTML = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML


class ManualText(QTextBrowser):
    """Shows Markdown without HTML. Of other files only the manual's own pictures are read; no link leads anywhere.

    A picture shows the window as it looks here: `queue.webp` is read from `queue-dark-de.webp` in a dark German window.
    """

    def __init__(self, folder: Traversable, look: Look) -> None:
        super().__init__()
        self._folder = folder
        self._look = look
        self._page: Page | None = None
        self._resized = QTimer(self)
        self._resized.setSingleShot(True)
        self._resized.setInterval(RESIZED_MS)
        self._resized.timeout.connect(self.show_again)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # so that the width is known
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setAccessibleName(tr("Page of the manual"))

    def show_page(self, page: Page) -> None:
        self._page = page
        self.document().clear()  # pictures, too
        self.document().setMarkdown(page.text, NO_HTML)
        self.document().setDocumentMargin(WIDE)
        self.document().setIndentWidth(INDENT)
        air(self.document())
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def show_again(self) -> None:
        """In another theme, or another width: pictures are as wide as the page at most."""
        if self._page is not None:
            place = self.verticalScrollBar().value()
            self.show_page(self._page)
            self.verticalScrollBar().setValue(place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._resized.start()

    def loadResource(self, kind: int, name: QUrl) -> Any:
        picture = name.toString()
        if not picture.endswith(PICTURE) or "/" in picture or "\\" in picture:
            return None
        for variant in picture_names(picture, self._look.theme.name, language()):
            file = self._folder / variant
            if file.is_file():
                image = QImage.fromData(file.read_bytes())
                widest = min(WIDEST_PICTURE, self.viewport().width() - 2 * WIDE)
                if image.width() <= widest:
                    return image
                return image.scaledToWidth(widest, Qt.TransformationMode.SmoothTransformation)
        return None


class ManualScreen(QWidget):
    def __init__(self, folder: Traversable, look: Look) -> None:
        super().__init__()
        self.setObjectName("page")
        self._pages = read_pages(folder)
        page = column(self, WIDE, (PAGE, PAGE, PAGE, PAGE))
        header = row(gap=WIDE)
        header.addWidget(PlainLabel(tr("Manual"), "title"))
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search the manual"))
        self.search.setAccessibleName(tr("Search the manual"))
        self.search.setClearButtonEnabled(True)
        for clear in self.search.findChildren(QToolButton):
            clear.setAccessibleName(tr("Clear the search"))
        header.addWidget(self.search, 1)
        self.found = Remark("", "muted")
        header.addWidget(self.found)
        page.addLayout(header)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Pages"))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.text = ManualText(folder, look)
        look.changed.connect(self.text.show_again)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.list)
        split.addWidget(self.text)
        split.setStretchFactor(1, 1)
        split.setSizes([WIDTH, 3 * WIDTH])
        page.addWidget(split, 1)
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(self.list.setFocus)
        self.list.currentItemChanged.connect(lambda item, _: self._show(item))
        self._search("")

    def arrive(self) -> None:
        self.search.setFocus()

    def _search(self, query: str) -> None:
        self.list.clear()
        if not query.strip():
            self.found.setText("")
            for page in self._pages:
                self._add(page.title, page, "")
        else:
            hits = search(self._pages, query)
            self.found.setText(trn("{count} place", "{count} places", len(hits)))
            for hit in hits:
                self._add(self._words(hit), self._page(hit.section.page), hit.section.heading)
        self.list.setCurrentRow(0)

    def _add(self, words: str, page: Page, heading: str) -> None:
        item = QListWidgetItem(words)
        item.setData(Qt.ItemDataRole.UserRole, (page.name, heading))
        self.list.addItem(item)

    def _words(self, hit: Hit) -> str:
        title = self._page(hit.section.page).title
        place = title if hit.section.heading in ("", title) else f"{title} › {hit.section.heading}"
        return f"{place}\n{hit.snippet}" if hit.snippet else place

    def _page(self, name: str) -> Page:
        return next(page for page in self._pages if page.name == name)

    def _show(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        name, heading = item.data(Qt.ItemDataRole.UserRole)
        self.text.show_page(self._page(name))
        if heading:
            self._go_to(heading)

    def _go_to(self, heading: str) -> None:
        block = self.text.document().begin()
        while block.isValid():
            if block.blockFormat().headingLevel() and block.text() == heading:
                self.text.setTextCursor(QTextCursor(self.text.document().lastBlock()))
                self.text.setTextCursor(QTextCursor(block))
                return
            block = block.next()


def air(document: QTextDocument) -> None:
    """Room around headings and paragraphs, and headings no larger than the window's own: Markdown brings neither."""
    whole = QTextCursor(document)
    whole.beginEditBlock()  # laid out once, not after each block
    block = document.begin()
    while block.isValid():
        cursor, shape, level = QTextCursor(block), block.blockFormat(), block.blockFormat().headingLevel()
        above, below = AIR.get(level, AIR[0])
        shape.setTopMargin(above)
        shape.setBottomMargin(4 if block.textList() is not None else below)
        cursor.setBlockFormat(shape)
        if level:
            letters = QTextCharFormat()
            letters.setProperty(QTextFormat.Property.FontSizeAdjustment, SIZES.get(level, 0))
            cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
            cursor.mergeCharFormat(letters)
        block = block.next()
    whole.endEditBlock()
