"""One window for each store of a person: a second start rings at the first, which comes to the front."""

import hashlib
import os
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

PATIENCE_MS = 1000


class Doorbell(QObject):
    """Listens on a local socket of this user, named by the store. Nothing is sent over it but the ring itself."""

    rung = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._server: QLocalServer | None = None

    def listen(self, store: Path) -> None:
        """Answers for `store`, and no more for the one before. Where no socket can be made, nobody rings: no harm."""
        self.close()
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._answer)
        if not server.listen(name(store)) and not ring(store):
            QLocalServer.removeServer(name(store))  # left behind by a process that was killed
            server.listen(name(store))
        self._server = server

    def answers_for(self, store: Path) -> bool:
        return self._server is not None and self._server.serverName() == name(store)

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def _answer(self) -> None:
        while self._server is not None and (caller := self._server.nextPendingConnection()) is not None:
            caller.disconnectFromServer()
            caller.deleteLater()
            self.rung.emit()


def ring(store: Path) -> bool:
    """True where a window has `store` open and was told to come to the front. May be called from any thread."""
    socket = QLocalSocket()
    socket.connectToServer(name(store))
    answered = socket.waitForConnected(PATIENCE_MS)
    socket.abort()
    return answered


def name(store: Path) -> str:
    """In the folder that the desktop session gives its user for sockets; without one, Qt takes /tmp."""
    told = f"{os.getuid()} {store.expanduser().resolve()}"
    socket = f"whyflag-{hashlib.sha256(told.encode()).hexdigest()[:32]}"
    return str(Path(os.environ.get("XDG_RUNTIME_DIR", ""), socket))
