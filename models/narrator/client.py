"""The narrator as the rest of the program sees it: prompts out, drafts back; the model lives in a child process.

A child that dies, hangs or runs out of memory is reported in words, ended, and started anew at the next request.
"""

import queue
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from domain.errors import Cancelled, NarratorUnavailable
from domain.narrative import Draft, NarrationRequest, NarratorVersion
from models.narrator.prompt import build_prompt
from models.narrator.protocol import Message, receive, send

TOKENS_A_LINE = 80  # the longest sentence of the grammar has about 60
START_SECONDS = 120.0
SILENCE_SECONDS = 30.0
POLL_SECONDS = 0.05
WAY_OUT = "The template's text is shown instead; the model is started again with the next alert."


class LocalNarrator:
    """A Narrator that talks to `python -m models.narrator.worker`. One request at a time; others wait their turn."""

    def __init__(
        self, command: Sequence[str], version: NarratorVersion, log: Path, silence_seconds: float = SILENCE_SECONDS
    ) -> None:
        self.version = version
        self._command = tuple(command)
        self._log = log
        self._silence = silence_seconds
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._answers: queue.Queue[Message | None] = queue.Queue()
        self._last_id = 0

    def narrate(
        self,
        request: NarrationRequest,
        on_text: Callable[[str], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Draft:
        with self._turn:
            message = {"do": "stream", "prompt": build_prompt(request), "most": _most(request)}
            for answer in self._ask(message, cancelled):
                if answer["is"] == "text":
                    on_text(answer["piece"])
                if answer["is"] == "done":
                    draft = _draft(answer)
            return draft

    def narrate_many(self, requests: Sequence[NarrationRequest]) -> Iterator[Draft]:
        """Drafts in the order of the requests; the child writes them in batches of like length."""
        if not requests:
            return
        with self._turn:
            waiting: dict[int, Draft] = {}
            following = 0
            prompts = [build_prompt(request) for request in requests]
            message = {"do": "batch", "prompts": prompts, "most": max(_most(request) for request in requests)}
            for answer in self._ask(message, lambda: False):
                if answer["is"] == "done":
                    waiting[answer["index"]] = _draft(answer)
                while following in waiting:
                    yield waiting.pop(following)
                    following += 1

    def start(self) -> None:
        """Starts the child ahead of the first request, so that it need not wait for the model to load."""
        with self._turn:
            self._running(lambda: False)

    def close(self) -> None:
        """Ends the child; safe to call again."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()

    def _ask(self, message: Message, cancelled: Callable[[], bool]) -> Iterator[Message]:
        """Answers to one request until its end. Closed early or `cancelled()`, the child's work stops."""
        child = self._running(cancelled)
        self._last_id += 1
        id_ = self._last_id
        finished = False
        try:
            self._send(child, message | {"id": id_})
            while True:
                answer = self._next_answer(self._silence, cancelled)
                if answer.get("id") != id_:
                    continue  # the rest of a cancelled request
                finished = answer["is"] in ("end", "failed")
                if answer["is"] == "failed":
                    raise NarratorUnavailable(f"The language model stopped: {answer['reason']}.", WAY_OUT)
                yield answer
                if finished:
                    return
        finally:
            if not finished and self._child is not None:
                self._send(child, {"do": "cancel", "id": id_})

    def _running(self, cancelled: Callable[[], bool]) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        answers: queue.Queue[Message | None] = queue.Queue()
        with self._log.open("ab") as log:
            child = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        assert child.stdout is not None
        threading.Thread(target=_read_all, args=(child.stdout, answers), daemon=True, name="narrator-pipe").start()
        self._child, self._answers = child, answers
        self._next_answer(START_SECONDS, lambda: False)  # "ready"; a start is not worth interrupting
        if cancelled():
            raise Cancelled("The explanation was cancelled.")
        return child

    def _next_answer(self, seconds: float, cancelled: Callable[[], bool]) -> Message:
        waited = 0.0
        while waited < seconds:
            if cancelled():
                raise Cancelled("The explanation was cancelled.")
            try:
                answer = self._answers.get(timeout=POLL_SECONDS)
            except queue.Empty:
                waited += POLL_SECONDS
                continue
            if answer is None:
                self.close()
                raise NarratorUnavailable(f"The language model's process ended (see {self._log}).", WAY_OUT)
            return answer
        self.close()
        raise NarratorUnavailable(f"The language model gave no word for {seconds:.0f} seconds and was ended.", WAY_OUT)

    def _send(self, child: subprocess.Popen[bytes], message: Message) -> None:
        assert child.stdin is not None
        try:
            send(child.stdin, message)
        except OSError as error:
            self.close()
            raise NarratorUnavailable("The language model's process ended.", WAY_OUT) from error


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


def _read_all(stream, answers: "queue.Queue[Message | None]") -> None:  # type: ignore[no-untyped-def]
    with stream:
        while (message := receive(stream)) is not None:
            answers.put(message)
    answers.put(None)


def _draft(answer: Message) -> Draft:
    return Draft(answer["text"], answer["tokens"], answer["first_ms"], answer["total_ms"])


def _most(request: NarrationRequest) -> int:
    return TOKENS_A_LINE * (len(request.evidence) + 1)
