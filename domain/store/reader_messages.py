"""What the reading process and the owner say to each other over a pipe: a kind, a length, and JSON or Arrow bytes.

Nothing that is executed when read (no pickle): the child handles untrusted files and may be subverted by one.
"""

import json
import os
import select
import struct
import time
from typing import IO, Any

HEAD = struct.Struct("<cQ")
COLUMNS, BATCH, END, FAILED = b"C", b"B", b"E", b"F"
LARGEST = 1 << 28  # bytes; the child sends far smaller ones, unless a file got the better of it
PIECE = 1 << 16  # bytes; what a pipe holds


def send(out: IO[bytes], kind: bytes, payload: bytes) -> None:
    out.write(HEAD.pack(kind, len(payload)))
    out.write(payload)
    out.flush()


def send_json(out: IO[bytes], kind: bytes, content: dict[str, Any]) -> None:
    send(out, kind, json.dumps(content).encode())


def receive(pipe: int, seconds: float) -> tuple[bytes, bytes] | None:
    """The next (kind, payload); None where the other side is gone, even in the middle of a message.

    Raises TimeoutError where it is not whole within `seconds`.
    """
    until = time.monotonic() + seconds
    head = _read(pipe, HEAD.size, until)
    if len(head) < HEAD.size:
        return None
    kind, length = HEAD.unpack(head)
    if length > LARGEST:
        return None
    payload = _read(pipe, length, until)
    return (kind, payload) if len(payload) == length else None


def _read(pipe: int, length: int, until: float) -> bytes:
    """Less than `length` bytes where the other side ended before."""
    read = bytearray()
    waiting = select.poll()
    waiting.register(pipe, select.POLLIN)
    while len(read) < length:
        if not waiting.poll(max(0.0, until - time.monotonic()) * 1000):
            raise TimeoutError
        piece = os.read(pipe, min(PIECE, length - len(read)))
        if not piece:
            break
        read += piece
    return bytes(read)
