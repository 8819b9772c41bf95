"""What is left of a crash: where in the code it happened and with which versions, never with what data."""

import faulthandler
import platform
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO

from PySide6.QtCore import qVersion

from desktop.support.log import describe_exception

LONGEST = 200_000  # characters; an error that comes again and again does not fill the disk


class CrashFile:
    """One text file, readable by its owner only. Errors nobody caught are added to it, and so is a fatal signal."""

    def __init__(self, path: Path, version: str) -> None:
        self.path = path
        self._version = version
        self._fatal: IO[str] | None = None

    def left_behind(self) -> str:
        """What an earlier run left; empty where it ended well."""
        try:
            return self.path.read_text(encoding="utf-8", errors="replace")[:LONGEST]
        except OSError:
            return ""

    def delete(self) -> None:
        self.path.unlink(missing_ok=True)
        if self._fatal is not None:
            self._watch()

    def keep(self) -> None:
        """Under another name, with the time: what is kept is not offered again."""
        now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        self.path.rename(self.path.with_stem(f"{self.path.stem}-{now}"))
        if self._fatal is not None:
            self._watch()

    def watch(self) -> None:
        """From now on a fatal signal (a crash in native code) writes every thread's stack, too."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._watch()

    def record(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Adds an error nobody caught: its type and the places it passed. Its message may name customers: left out."""
        if self.path.exists() and self.path.stat().st_size > LONGEST:
            return
        with self._open() as stream:
            stream.write(f"{self._heading()}\n{describe_exception((kind, error, trace))}\n\n")

    def close(self) -> None:
        """Ends well: a file with nothing in it is taken away."""
        if self._fatal is not None:
            faulthandler.disable()
            self._fatal.close()
            self._fatal = None
        if self.path.exists() and self.path.stat().st_size == 0:
            self.path.unlink()

    def _watch(self) -> None:
        if self._fatal is not None:
            self._fatal.close()
        self._fatal = self._open()
        faulthandler.enable(file=self._fatal, all_threads=True)

    def _open(self) -> IO[str]:
        self.path.touch(mode=0o600)
        return self.path.open("a", encoding="utf-8")

    def _heading(self) -> str:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        python, system = platform.python_version(), platform.platform()
        return f"{now} whyflag {self._version}, Python {python}, Qt {qVersion()}, {system}"
