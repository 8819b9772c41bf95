"""The narrator as the rest of the program sees it: prompts out, drafts back; the model lives in a child process.

A child that dies, hangs or takes too much memory is reported in words, ended, and started anew at the next request.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from domain.errors import Cancelled, NarratorUnavailable
from domain.narrative import Draft, NarrationRequest, NarratorVersion
from models.narrator.child import POLL_SECONDS, WAY_OUT, Child, Limits
from models.narrator.prompt import build_prompt
from models.narrator.protocol import Message

TOKENS_A_LINE = 80  # the longest sentence of the grammar has about 60
MOST_WAITING = 8


class LocalNarrator:
    """A Narrator that talks to `python -m models.narrator.worker`.

    One request at a time; up to MOST_WAITING others wait their turn, a further one is refused. A request that is
    cancelled leaves the queue at once, and the child within one token.
    """

    def __init__(
        self, command: Sequence[str], version: NarratorVersion, log: Path, limits: Limits | None = None
    ) -> None:
        self.version = version
        self._command = tuple(command)
        self._log = log
        self._limits = limits or Limits()
        self._turn = threading.Lock()
        self._places = threading.BoundedSemaphore(MOST_WAITING + 1)
        self._child: Child | None = None
        self._last_id = 0
        self._closed = False

    def narrate(
        self,
        request: NarrationRequest,
        on_text: Callable[[str], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Draft:
        with self._in_turn(cancelled):
            for answer in self._ask(_message("stream", [request]), cancelled):
                if answer["is"] == "text":
                    on_text(answer["piece"])
                if answer["is"] == "done":
                    draft = _draft(answer)
            return draft

    def narrate_many(self, requests: Sequence[NarrationRequest]) -> Iterator[Draft]:
        """Drafts in the order of the requests; the child writes them in batches of like length."""
        if not requests:
            return
        with self._in_turn():
            waiting: dict[int, Draft] = {}
            following = 0
            for answer in self._ask(_message("batch", requests), lambda: False):
                if answer["is"] == "done":
                    waiting[answer["index"]] = _draft(answer)
                while following in waiting:
                    yield waiting.pop(following)
                    following += 1

    def start(self) -> None:
        """Starts the child ahead of the first request, so that it need not wait for the model to load."""
        with self._in_turn():
            self._running()

    def close(self) -> None:
        """Ends the child, for good; safe to call again."""
        self._closed = True
        self._drop()

    def _drop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()

    @contextmanager
    def _in_turn(self, cancelled: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """Raises NarratorUnavailable where too many wait already, Cancelled while waiting."""
        if not self._places.acquire(blocking=False):
            raise NarratorUnavailable(
                f"The language model has {MOST_WAITING} requests waiting already.", "Ask again in a moment."
            )
        try:
            while not self._turn.acquire(timeout=POLL_SECONDS):
                if cancelled():
                    raise Cancelled("The explanation was cancelled.")
            try:
                yield
            finally:
                self._turn.release()
        finally:
            self._places.release()

    def _ask(self, message: Message, cancelled: Callable[[], bool]) -> Iterator[Message]:
        """Answers to one request until its end. Closed early or `cancelled()`, the child's work stops."""
        child = self._running()
        self._last_id += 1
        id_ = self._last_id
        finished = False
        try:
            child.send(message | {"id": id_})
            while not finished:
                answer = child.next(cancelled)
                if answer.get("id") != id_:
                    continue  # the rest of a cancelled request
                finished = answer["is"] in ("end", "failed")
                if answer["is"] == "failed":
                    self._drop()  # what it still holds in memory goes with it
                    raise NarratorUnavailable(f"The language model stopped: {answer['reason']}.", WAY_OUT)
                yield answer
        finally:
            if not finished and child.alive:
                child.send({"do": "cancel", "id": id_})

    def _running(self) -> Child:
        child = self._child
        if child is None or not child.alive:
            child = self._child = Child(self._command, self._log, self._limits)
            if self._closed:  # meanwhile, from another thread
                self._drop()
            child.wait_until_ready()
        return child


class AbsentNarrator:
    """Stands where no model can be loaded: evidence is still shown, and whoever asks for a draft is told why not."""

    version = NarratorVersion(name="lora")

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def narrate(
        self,
        request: NarrationRequest,
        on_text: Callable[[str], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Draft:
        raise NarratorUnavailable(
            f"There is no language model: {self._reason}", "The template's text is shown instead."
        )

    def narrate_many(self, requests: Sequence[NarrationRequest]) -> Iterator[Draft]:
        return (self.narrate(request) for request in requests)

    def start(self) -> None:
        return None

    def close(self) -> None:
        return None


def _draft(answer: Message) -> Draft:
    return Draft(answer["text"], answer["tokens"], answer["first_ms"], answer["total_ms"])


def _message(do: str, requests: Sequence[NarrationRequest]) -> Message:
    return {
        "do": do,
        "prompts": [build_prompt(request) for request in requests],
        "seeds": [request.seed for request in requests],
        "most": max(TOKENS_A_LINE * (len(request.evidence) + 1) for request in requests),
    }
