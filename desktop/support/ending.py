"""A signal to end closes the window as a person would: what was typed is kept, children end, no socket is left.

Python acts on a signal once Python runs, which it does not while a window waits. So the signal also writes a byte to a
socket, which wakes Qt.
"""

import signal
import socket
from collections.abc import Callable

from PySide6.QtCore import QObject, QSocketNotifier

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Ending(QObject):
    """From now on each of SIGNALS calls `end`, from Qt's loop. To be made and closed on the main thread."""

    def __init__(self, end: Callable[[], None]) -> None:
        super().__init__()
        self._end = end
        self._woken, self._waking = socket.socketpair()
        self._woken.setblocking(False)
        self._waking.setblocking(False)
        self._notifier = QSocketNotifier(self._woken.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._wake)
        self._before = {number: signal.signal(number, lambda *_: None) for number in SIGNALS}
        signal.set_wakeup_fd(self._waking.fileno())

    def close(self) -> None:
        """Signals do what they did before."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(-1)
        for number, former in self._before.items():
            signal.signal(number, former)
        self._woken.close()
        self._waking.close()

    def _wake(self) -> None:
        self._woken.recv(64)
        self._end()
