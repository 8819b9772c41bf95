"""When the window locks by itself, and what must not stay on the clipboard."""

from collections.abc import Mapping

from PySide6.QtCore import SLOT, QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtDBus import QDBusConnection
from PySide6.QtWidgets import QApplication

CLIPBOARD_MS = 20_000
REST_MS = 2_000
SIGNS_OF_LIFE = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.ShortcutOverride,  # all that comes of a key which is a shortcut
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    }
)
# What desktops tell when the screen is locked, by local IPC: service, path, interface, signal.
SESSION_SIGNALS = (
    ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged"),
    ("org.freedesktop.ScreenSaver", "/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged"),
    ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged"),
)
ACTIVE, LOCK = SLOT("active(bool)"), SLOT("lock()")
LOGIND = ("org.freedesktop.login1", "", "org.freedesktop.login1.Session", "Lock")


class IdleWatch(QObject):
    """Tells `idle` once nobody touched a key or a mouse in any of the application's windows for so long.

    `rest` comes after two seconds already, each time: what nobody is to wait for can be done then.
    """

    idle = Signal()
    rest = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self._app = app
        self._timer, self._pause = QTimer(self), QTimer(self)
        for timer, told in ((self._timer, self.idle), (self._pause, self.rest)):
            timer.setSingleShot(True)
            timer.timeout.connect(told)
        self._pause.setInterval(REST_MS)

    def begin(self, milliseconds: int) -> None:
        """Counts from now on; 0 never tells that it is idle."""
        self.end()
        self._pause.start()
        if milliseconds > 0:
            self._timer.setInterval(milliseconds)
            self._timer.start()
        self._app.installEventFilter(self)

    def rest_again(self) -> None:
        """Tells `rest` once more after another pause: it could not be used."""
        self._pause.start()

    def end(self) -> None:
        self._timer.stop()
        self._timer.setInterval(0)
        self._pause.stop()
        self._app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in SIGNS_OF_LIFE:
            self._pause.start()
            if self._timer.interval() > 0:
                self._timer.start()
        return False


class ClipboardGuard(QObject):
    """Clears what was copied in this application after a while; what others copied since stays."""

    def __init__(self, app: QApplication, milliseconds: int = CLIPBOARD_MS) -> None:
        super().__init__()
        self._app = app
        self._clipboard = app.clipboard()
        self._copied = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(milliseconds)
        self._timer.timeout.connect(self.clear)
        self._clipboard.dataChanged.connect(self._changed)

    def clear(self) -> None:
        self._timer.stop()
        if self._copied and self._clipboard.text() == self._copied:
            self._clipboard.clear()
        self._copied = ""

    def _changed(self) -> None:
        """Not every platform says who copied: what changes while one of our windows has the focus is ours."""
        ours = self._clipboard.ownsClipboard() or self._app.focusWindow() is not None
        self._copied = self._clipboard.text() if ours else ""
        if self._copied:
            self._timer.start()
        else:
            self._timer.stop()


class ScreenLockWatch(QObject):
    """Tells `locked` when the desktop locks the screen. Where no bus answers, idle time and the key remain."""

    locked = Signal()

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Connects to the buses that `environment` names, and to none that is not a socket in the file system."""
        super().__init__()
        if environment.get("DBUS_SESSION_BUS_ADDRESS", "").startswith("unix:"):  # without one Qt would start a bus
            bus = QDBusConnection.sessionBus()
            for service, path, interface, name in SESSION_SIGNALS:
                bus.connect(service, path, interface, name, self, ACTIVE)  # type: ignore[call-overload]  # its stub asks for bytes
        if environment.get("DBUS_SYSTEM_BUS_ADDRESS", "unix:").startswith("unix:"):
            service, path, interface, name = LOGIND
            QDBusConnection.systemBus().connect(service, path, interface, name, self, LOCK)  # type: ignore[call-overload]

    @Slot(bool)
    def active(self, active: bool) -> None:
        if active:
            self.locked.emit()

    @Slot()
    def lock(self) -> None:
        self.locked.emit()
