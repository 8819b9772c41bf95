"""The narrator against llama.cpp on the same weights file: `python -m tests.benchmarks.narrator --gguf FILE`.

Both read the same prompts in the same run, by turns, with the same number of threads. Printed are medians: tokens a
second of one stream, time to the first token, tokens a second of batches of 8 and 16 (ours; against llama.cpp's one
stream), and resident memory. llama-cpp-python is no part of whyflag: `pip install llama-cpp-python` beside it, or name
its folder with --llama. Prompts are drawn from the grammar's held-out evidence.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import psutil

from desktop.bootstrap import places, worker_command
from models.narrator.corpus import held_out_requests
from models.narrator.decoding import USUAL
from models.narrator.prompt import build_prompt
from models.narrator.protocol import receive, send

K = 5
MOST = 400


class Worker:
    """The narrator's own child process, asked as the window asks it."""

    def __init__(self) -> None:
        log = subprocess.DEVNULL
        command = worker_command(places().narrator, "lora")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        receive(self.process.stdout)
        self._last = 0

    def ask(self, do: str, prompts: list[str]) -> tuple[float, float, int]:
        """Seconds to the first text, seconds in all, tokens."""
        self._last += 1
        started, first, tokens = time.perf_counter(), 0.0, 0
        seeds = [0] * len(prompts)
        send(self.process.stdin, {"do": do, "id": self._last, "prompts": prompts, "seeds": seeds, "most": MOST})
        while (answer := receive(self.process.stdout))["is"] != "end":
            first = first or time.perf_counter() - started
            tokens += answer["tokens"] if answer["is"] == "done" else 0
        return first, time.perf_counter() - started, tokens

    @property
    def memory(self) -> float:
        return psutil.Process(self.process.pid).memory_info().rss / 1e6


def llama(gguf: Path, threads: int, folder: Path | None) -> Callable[[str], tuple[float, float, int]]:
    """Asks llama.cpp for one text, greedily; its prompt cache is emptied before each."""
    if folder:
        sys.path.insert(0, str(folder))
    from llama_cpp import Llama

    model = Llama(str(gguf), n_ctx=2048, n_threads=threads, n_threads_batch=threads, verbose=False)

    def ask(prompt: str) -> tuple[float, float, int]:
        model.reset()
        started, first, tokens = time.perf_counter(), 0.0, 0
        for _ in model.create_completion(prompt, max_tokens=150, temperature=0, stream=True):
            first = first or time.perf_counter() - started
            tokens += 1
        return first, time.perf_counter() - started, tokens

    return ask


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gguf", type=Path, required=True, help="SmolLM2-135M-Instruct.Q4_1.gguf, out of its wheel")
    parser.add_argument("--llama", type=Path, help="folder that llama_cpp was installed into")
    parser.add_argument("--runs", type=int, default=7)
    given = parser.parse_args()
    threads = os.cpu_count() or 1
    prompts = [build_prompt(request) for request in islice(held_out_requests(seed=1, k=K), 16)]
    ours, theirs = Worker(), llama(given.gguf, threads, given.llama)
    ours.ask("stream", prompts[:1])
    theirs(prompts[0])
    streams, others = [], []
    for run in range(given.runs):
        streams.append(ours.ask("stream", [prompts[run % len(prompts)]]))
        others.append(theirs(prompts[run % len(prompts)]))
    alone = ours.memory
    batches = {size: [ours.ask("batch", prompts[:size]) for _ in range(3)] for size in (8, 16)}
    own_speed, their_speed = (
        statistics.median((tokens - 1) / (total - first) for first, total, tokens in taken)
        for taken in (streams, others)
    )
    own_first, their_first = (statistics.median(first for first, _, _ in taken) for taken in (streams, others))
    print(
        f"{threads} threads, {given.runs} runs, prompts of {K} pieces of evidence, {USUAL.guesses} tokens looked ahead"
    )
    print(
        f"one stream   {own_speed:7.1f} tok/s   llama.cpp {their_speed:6.1f} tok/s  ratio {own_speed / their_speed:.2f}"
    )
    print(
        f"first token  {own_first:7.3f} s       llama.cpp {their_first:6.3f} s      ratio {own_first / their_first:.2f}"
    )
    for size, taken in batches.items():
        speed = statistics.median(tokens / total for _, total, tokens in taken)
        print(
            f"batch of {size:<3} {speed:7.1f} tok/s   against llama.cpp's one stream   ratio {speed / their_speed:.2f}"
        )
    print(f"resident     {alone:7.0f} MB after the streams, {ours.memory:.0f} MB after the batches")
    ours.process.kill()
    return 0


if __name__ == "__main__":
    sys.exit(main())
