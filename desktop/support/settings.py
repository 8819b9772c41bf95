"""What the window remembers between starts: theme, its place, the last store. Never a passphrase, never a case."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from desktop.support.look import CHOICES


class Settings:
    """Kept in one INI file, so that a person can read and delete it."""

    def __init__(self, path: Path) -> None:
        self._kept = QSettings(str(path), QSettings.Format.IniFormat)

    @property
    def theme(self) -> str:
        choice = str(self._kept.value("theme", "system"))
        return choice if choice in CHOICES else "system"

    @theme.setter
    def theme(self, choice: str) -> None:
        self._kept.setValue("theme", choice)

    @property
    def last_store(self) -> str:
        return str(self._kept.value("last_store", ""))

    @last_store.setter
    def last_store(self, path: str) -> None:
        self._kept.setValue("last_store", path)

    @property
    def geometry(self) -> QByteArray:
        kept = self._kept.value("geometry")
        return kept if isinstance(kept, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._kept.setValue("geometry", geometry)
