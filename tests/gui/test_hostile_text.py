"""Text from data shows as plain text wherever it appears."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from desktop.services import Case
from desktop.support.text import visible
from desktop.tables.queue_model import COLUMNS
from domain.errors import StoreDamaged
from domain.narrative import Explanation
from tests.fakes import FakeServices

HOSTILE = (
    "<b>bold</b><img src='file:///etc/passwd'>",
    "<a href='file:///etc/passwd'>link</a>",
    "EUR \u202e00.5\u202c",
    "x" * 10_000,
    "a\x00b\x1b[31m\nsecond line",
)


class HostileServices(FakeServices):
    """Every text field of the data holds `text`."""

    text = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.rows = [
            replace(row, customer_id=self.text, merchant=self.text, currency=self.text, origin=self.text)
            for row in self.rows
        ]

    def case(self, alert_id: str) -> Case:
        known = super().case(alert_id)
        fields = ("customer_id", "currency", "merchant_id", "merchant_category", "channel", "country", "memo")
        transaction = replace(known.transaction, **dict.fromkeys(fields, self.text))
        evidence = tuple(replace(item, statement=self.text, value=self.text) for item in known.evidence)
        typology = replace(known.typology, name=self.text, rule=self.text)
        alert = replace(known.alert, flag_reason=self.text)
        return replace(known, alert=alert, transaction=transaction, evidence=evidence, typology=typology)

    def transactions(self, ids):
        return tuple(replace(row, merchant_id=self.text, customer_id=self.text) for row in super().transactions(ids))

    def narrate(self, alert_id, on_sentence, on_draft, cancelled) -> Explanation:
        on_draft(self.text)
        explained = super().narrate(alert_id, lambda sentence: None, on_draft, cancelled)
        sentences = tuple(replace(one, text=self.text) for one in explained.narrative.sentences)
        return replace(explained, narrative=replace(explained.narrative, sentences=sentences))


def shown_texts(window) -> list[str]:
    """What labels, tables and tool tips hold."""
    texts = [label.text() for label in window.findChildren(QLabel)]
    screen = window.case_screen
    for model in (window.queue.table, screen.evidence_model, screen.rows_model):
        for column in range(model.columnCount()):
            texts.append(str(model.data(model.index(0, column), Qt.ItemDataRole.DisplayRole)))
    return texts


def tool_tips(window) -> list[str]:
    tips = [widget.toolTip() for widget in window.findChildren(QLabel) if widget.toolTip()]
    for column in range(len(COLUMNS)):
        tips.append(window.queue.table.data(window.queue.table.index(0, column), Qt.ItemDataRole.ToolTipRole))
    return tips


@pytest.mark.parametrize("text", HOSTILE, ids=["image", "link", "override", "long", "controls"])
def test_hostile_text_is_plain(make_window, qtbot, text: str) -> None:
    services = HostileServices.__new__(HostileServices)
    services.text = text
    services.__init__()
    window = make_window(services)
    qtbot.waitUntil(lambda: window.queue_screen.table.line == 0 and window.queue.table.row(0) is not None)
    window.walk.open_line(0)
    qtbot.waitUntil(lambda: window.case.narrative.finished and window.case_screen.rows_model.rowCount() > 0)
    texts = shown_texts(window)
    start = visible(text)[:3]
    assert sum(start in shown for shown in texts) > 10, "the hostile text is there, as it was written"
    for shown in texts:
        assert "\u202e" not in shown and "\x00" not in shown and "\x1b" not in shown
        assert len(shown) <= 4000
    for tip in tool_tips(window):
        assert "<img" not in tip and "<a " not in tip and "<b>" not in tip
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in window.findChildren(QLabel))


@pytest.mark.parametrize("text", HOSTILE, ids=["image", "link", "override", "long", "controls"])
def test_hostile_text_in_an_error_is_plain(window, text: str) -> None:
    window.banner.fail(StoreDamaged(text, text))
    assert window.banner.message.textFormat() is Qt.TextFormat.PlainText
    assert window.banner.hint.textFormat() is Qt.TextFormat.PlainText
    assert "\u202e" not in window.banner.message.text()
    assert len(window.banner.message.text()) <= 1000
    assert window.width() <= 1280
