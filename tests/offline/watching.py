"""Writes down every socket call of Python processes, children of children too, by an audit hook set before all else."""

import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

# Python imports a module of this name by itself at start. The file's name stands in the text, for not every child
# inherits the environment; the folder is found by PYTHONPATH, which every child does inherit.
HOOK = """
import os, sys
WATCHED = ("socket.__new__", "socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo",
           "socket.gethostbyname", "socket.sendmsg", "urllib.Request", "http.client.connect", "ftplib.connect",
           "smtplib.connect", "webbrowser.open")
FILE = {file!r}
def heard(event, arguments):
    if event == "sys.flags" or event in WATCHED:
        handle = os.open(FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        told = repr(arguments[1:]).replace("\\n", " ")
        os.write(handle, f"{{os.getpid()}}\\t{{event}}\\t{{told}}\\n".encode())
        os.close(handle)
sys.addaudithook(heard)
sys.audit("sys.flags", None, " ".join(sys.orig_argv))
"""
LOCAL_FAMILY = f"({int(socket.AF_UNIX)},"


@dataclass(frozen=True)
class Heard:
    """One event: `what` is the audit event's name, or `start` with the command line."""

    process: int
    what: str
    arguments: str

    @property
    def leaves_the_machine(self) -> bool:
        if self.what == "start":
            return False
        if self.what == "socket.__new__":
            return not self.arguments.startswith(LOCAL_FAMILY) and "AF_UNIX" not in self.arguments
        if self.what in ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"):
            return not self.arguments.startswith(("('/", "(b'", "('\\x00"))
        return True


class Watch:
    """Processes started with `environment` are watched; `heard` tells what they did."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "heard.txt"
        self._folder = folder / "hook"
        self._folder.mkdir()
        (self._folder / "sitecustomize.py").write_text(HOOK.format(file=str(self._file)), encoding="utf-8")

    def environment(self) -> dict[str, str]:
        root = str(Path(__file__).parents[2])
        return {**os.environ, "PYTHONPATH": os.pathsep.join([str(self._folder), root])}

    def heard(self) -> tuple[Heard, ...]:
        if not self._file.exists():
            return ()
        lines = [line.split("\t", 2) for line in self._file.read_text(encoding="utf-8").splitlines()]
        return tuple(Heard(int(pid), what.replace("sys.flags", "start"), told) for pid, what, told in lines)


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]
