"""A narrator's child process without a model: speaks the real protocol and does what the prompt's words ask for.

A prompt with 'die' ends the process, 'killed' has the system kill it, 'crash' aborts it, 'hang' says nothing, 'greedy'
takes 150 MB and says nothing, 'fail' reports running out of memory, 'slow' writes words until it is cancelled and then
tells how many; any other is answered with its own last evidence line.
"""

import os
import queue
import signal
import sys
import threading

from models.narrator.protocol import Message, receive, send


def main() -> None:
    out = sys.stdout.buffer
    inbox: queue.Queue[Message] = queue.Queue()

    def read() -> None:
        while (message := receive(sys.stdin.buffer)) is not None:
            inbox.put(message)
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    send(out, {"is": "ready"})
    while True:
        request = inbox.get()
        if request["do"] == "cancel":
            continue
        prompts = request["prompts"]
        for index in reversed(range(len(prompts))):  # a batch is not answered in order
            answer(out, inbox, request["id"], index, prompts[index])
        send(out, {"is": "end", "id": request["id"]})


def answer(out: object, inbox: "queue.Queue[Message]", id_: int, index: int, prompt: str) -> None:
    if "die" in prompt:
        os._exit(9)
    if "killed" in prompt:
        os.kill(os.getpid(), signal.SIGKILL)
    if "crash" in prompt:
        os.kill(os.getpid(), signal.SIGABRT)
    if "greedy" in prompt:
        held = bytearray(150 * 1024**2)
        held[::4096] = b"x" * len(held[::4096])
        inbox.get()
    if "hang" in prompt:
        inbox.get()
    text = prompt.split("<|im_end|>")[0].splitlines()[-1]
    if "slow" in prompt:
        text = ""
        while inbox.empty():
            text += "word "
            send(out, {"is": "text", "id": id_, "piece": "word "})
    elif "fail" in prompt:
        send(out, {"is": "failed", "id": id_, "reason": "it ran out of memory"})
    else:
        send(out, {"is": "text", "id": id_, "piece": text})
    done = {"index": index, "text": text, "tokens": len(text.split()), "first_ms": 1.0, "total_ms": 2.0}
    send(out, {"is": "done", "id": id_, **done})


if __name__ == "__main__":
    main()
