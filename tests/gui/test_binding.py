"""The Qt binding keeps its references.

PySide6 6.12.0 dropped one of None at each overridden void method and one of True at each emitted signal: on Python 3.11
the window died of it within minutes. Hence the pin on 6.11.3.
"""

import sys

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

OFTEN = 2000
SLACK = OFTEN // 2  # other code gains and loses a few meanwhile


class Painted(QWidget):
    def paintEvent(self, event: QPaintEvent) -> None:
        return None


class Sender(QObject):
    sent = Signal(bool)


def test_an_overridden_method_keeps_none(qapp) -> None:
    widget = Painted()
    widget.show()
    before = sys.getrefcount(None)
    for _ in range(OFTEN):
        widget.repaint()
    assert sys.getrefcount(None) > before - SLACK


def test_a_signal_keeps_true(qapp) -> None:
    sender = Sender()
    sender.sent.connect(lambda value: None)
    before = sys.getrefcount(True)
    for _ in range(OFTEN):
        sender.sent.emit(True)
    assert sys.getrefcount(True) > before - SLACK
