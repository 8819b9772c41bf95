"""What the reading process and the owner say to each other over a pipe: a kind, a length, and JSON or Arrow bytes.

Nothing that is executed when read (no pickle): the child handles untrusted files and may be subverted by one.
"""

import json
import struct
from typing import IO, Any

HEAD = struct.Struct("<cQ")
COLUMNS, BATCH, END, FAILED = b"C", b"B", b"E", b"F"
LARGEST = 1 << 31  # bytes; a batch is far below


def send(out: IO[bytes], kind: bytes, payload: bytes) -> None:
    out.write(HEAD.pack(kind, len(payload)))
    out.write(payload)
    out.flush()


def send_json(out: IO[bytes], kind: bytes, content: dict[str, Any]) -> None:
    send(out, kind, json.dumps(content).encode())


def receive(incoming: IO[bytes]) -> tuple[bytes, bytes] | None:
    """The next (kind, payload); None where the other side is gone, even in the middle of a message."""
    head = incoming.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    kind, length = HEAD.unpack(head)
    if length > LARGEST:
        return None
    payload = incoming.read(length)
    return (kind, payload) if len(payload) == length else None
