"""The narrator's child process as its parent holds it: started, asked, watched, ended; what befalls it told in words.

Watched for three things: that it lives, that it says something within `silence` seconds, and that it stays within
`memory` bytes. Where one fails, it is ended and NarratorUnavailable says which; a new one takes its place later.
"""

import os
import queue
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from domain.errors import Cancelled, NarratorUnavailable
from models.narrator.protocol import Message, receive, send

POLL_SECONDS = 0.05
LARGEST_LOG = 1_000_000  # bytes; one older log is kept beside it
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
WAY_OUT = "The template's text is shown instead; the model is started again with the next alert."


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a child may load and be silent, in seconds, and how many bytes of memory it may hold."""

    start: float = 120.0
    silence: float = 30.0
    memory: int = 2 * 1024**3


class Child:
    """A running process that speaks the protocol. One thread asks it at a time; `end` may come from any."""

    def __init__(self, command: Sequence[str], log: Path, limits: Limits) -> None:
        self._limits = limits
        self._log = log
        self._answers: queue.Queue[Message | None] = queue.Queue()
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            log.replace(log.with_name(f"{log.name}.1"))
        log.touch(mode=0o600)
        with log.open("ab") as stderr:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, process_group=0
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._incoming = self._process.stdin
        reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True, name="narrator-pipe")
        reader.start()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def wait_until_ready(self) -> None:
        """A start is not worth interrupting: it takes seconds, and the next request needs it. NarratorUnavailable."""
        self._next(self._limits.start, lambda: False)

    def send(self, message: Message) -> None:
        """Raises NarratorUnavailable where the process is gone."""
        try:
            send(self._incoming, message)
        except (OSError, ValueError) as error:
            raise self._given_up(self._how_it_ended()) from error

    def next(self, cancelled: Callable[[], bool]) -> Message:
        """The next message. Raises Cancelled, NarratorUnavailable."""
        return self._next(self._limits.silence, cancelled)

    def end(self) -> None:
        """With what it started itself. Safe to call again."""
        if self.alive:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._incoming.close()

    def _next(self, seconds: float, cancelled: Callable[[], bool]) -> Message:
        waited = 0.0
        while waited < seconds:
            if cancelled():
                raise Cancelled("The explanation was cancelled.")
            held = resident_bytes(self._process.pid)
            if held > self._limits.memory:
                gigabytes = self._limits.memory / 1024**3
                raise self._given_up(f"took more than {gigabytes:.2g} GB of memory and was ended")
            try:
                answer = self._answers.get(timeout=POLL_SECONDS)
            except queue.Empty:
                waited += POLL_SECONDS
                continue
            if answer is None:
                raise self._given_up(self._how_it_ended())
            return answer
        raise self._given_up(f"gave no word for {seconds:.0f} seconds and was ended")

    def _how_it_ended(self) -> str:
        code = self._process.wait()
        if code == -signal.SIGKILL:
            return f"was killed from outside (signal {-code}), which the system does where memory runs out"
        if code < 0:
            return f"crashed (signal {-code}; see {self._log})"
        return f"ended by itself (code {code}; see {self._log})"

    def _given_up(self, what: str) -> NarratorUnavailable:
        self.end()
        return NarratorUnavailable(f"The language model's process {what}.", WAY_OUT)

    def _read(self, stream) -> None:  # type: ignore[no-untyped-def]
        with stream:
            while (message := receive(stream)) is not None:
                self._answers.put(message)
        self._answers.put(None)


def resident_bytes(pid: int) -> int:
    """Memory that a process holds now; 0 where the system does not say (it then has no limit but its own)."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE_BYTES
    except (OSError, IndexError, ValueError):
        return 0
