"""The narrator's child process: the only one that loads torch. Reads requests on stdin, answers on stdout."""

from __future__ import annotations

import argparse
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, NoReturn

from domain.errors import ModelRefused
from models.narrator.artifacts import verified_hash
from models.narrator.decoding import USUAL
from models.narrator.last_words import without_data
from models.narrator.memory import give_back
from models.narrator.offline import go_offline
from models.narrator.protocol import Message, receive, send

if TYPE_CHECKING:
    from models.narrator.generation import Generator

KERNELS = "64"  # compiled products that oneDNN keeps, one a shape: of its usual 1024 most are never met again


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--adapter", type=Path)
    parser.add_argument("--sha256", nargs="*", default=(), help="of the base's and the adapter's weights")
    parser.add_argument("--ungrounded", action="store_true", help="only for measuring what grounded decoding brings")
    arguments = parser.parse_args()
    out = os.fdopen(os.dup(1), "wb")
    without_data()
    os.dup2(2, 1)  # whatever a library prints goes to stderr, never between the messages
    go_offline()
    os.environ["ONEDNN_PRIMITIVE_CACHE_CAPACITY"] = KERNELS
    for folder, expected in zip((arguments.base, arguments.adapter), arguments.sha256, strict=False):
        if verified_hash(folder) != expected:  # exchanged since the parent looked
            raise ModelRefused(f"The model in {folder} was exchanged while whyflag ran.", "Start whyflag again.")
    requests = Requests(sys.stdin.buffer)
    from models.narrator.generation import Generator  # torch, only now and only here
    from models.narrator.loading import load_engine
    from models.narrator.tokens import Tokens

    decoding = replace(USUAL, grounded=not arguments.ungrounded)
    engine = load_engine(arguments.base, arguments.adapter)
    generator = Generator(engine, Tokens(arguments.base), decoding)
    give_back()
    serve(generator, requests, out)


class Requests:
    """What the parent asks, read by a thread from the start on: where the parent is gone, the process ends at once."""

    def __init__(self, incoming: IO[bytes]) -> None:
        self._waiting: queue.Queue[Message] = queue.Queue()
        self._cancelled: set[int] = set()
        threading.Thread(target=self._read, args=(incoming,), daemon=True).start()

    def next(self) -> Message:
        """Waits for it."""
        return self._waiting.get()

    def cancelled(self, id_: int) -> bool:
        return id_ in self._cancelled

    def _read(self, incoming: IO[bytes]) -> None:
        while (message := receive(incoming)) is not None:
            if message["do"] == "cancel":
                self._cancelled.add(message["id"])
            else:
                self._waiting.put(message)
        os._exit(0)  # nothing is worth finishing


def serve(generator: Generator, requests: Requests, out: IO[bytes]) -> NoReturn:
    """Answers requests in order; a cancel takes effect before the next token."""
    send(out, {"is": "ready"})
    while True:
        request = requests.next()
        try:
            answer(generator, request, out, lambda id_=request["id"]: requests.cancelled(id_))
        except MemoryError:
            send(out, {"is": "failed", "id": request["id"], "reason": "it ran out of memory"})
        except RuntimeError as error:
            send(out, {"is": "failed", "id": request["id"], "reason": str(error).splitlines()[0][:200]})


def answer(generator: Generator, request: Message, out: IO[bytes], cancelled: Callable[[], bool]) -> None:
    """Streams one text, or a batch of them in the order they get done, then says `end`."""
    from models.narrator.writing import Asked

    asked = [Asked(prompt, seed) for prompt, seed in zip(request["prompts"], request["seeds"], strict=True)]
    id_, started, first = request["id"], time.monotonic(), 0.0

    def elapsed() -> float:
        return round(1000 * (time.monotonic() - started), 1)

    def on_text(piece: str) -> None:
        nonlocal first
        first = first or elapsed()
        send(out, {"is": "text", "id": id_, "piece": piece})

    if request["do"] == "stream":
        made = generator.stream(asked[0], request["most"], on_text, cancelled)
        done = {"index": 0, "text": made.text, "tokens": made.tokens, "first_ms": first, "total_ms": elapsed()}
        send(out, {"is": "done", "id": id_, **done})
    else:
        for index, made in generator.batch(
            asked,
            request["most"],
            on_step=lambda: send(out, {"is": "alive", "id": id_}),
            cancelled=cancelled,
        ):
            done = {"index": index, "text": made.text, "tokens": made.tokens, "first_ms": 0.0, "total_ms": elapsed()}
            send(out, {"is": "done", "id": id_, **done})
        give_back()
    send(out, {"is": "end", "id": id_})


if __name__ == "__main__":
    main()
