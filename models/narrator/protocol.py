"""The messages between the window's process and the narrator's: one JSON object a line, over the child's pipes."""

import json
from typing import IO, Any

# to the child:   do=stream|batch id prompts seeds most (a stream has one prompt) | do=cancel id
# from the child: is=ready | is=text id piece | is=alive id | is=end id | is=failed id reason
#                 is=done id index text tokens first_ms total_ms
Message = dict[str, Any]


def send(stream: IO[bytes], message: Message) -> None:
    """Writes one message whole. Raises OSError where the other side is gone."""
    stream.write(json.dumps(message, ensure_ascii=True).encode() + b"\n")
    stream.flush()


def receive(stream: IO[bytes]) -> Message | None:
    """The next message, or None where the other side closed."""
    line = stream.readline()
    return json.loads(line) if line.endswith(b"\n") else None
