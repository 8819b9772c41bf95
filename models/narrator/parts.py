"""A model's plain tensors on their way through a pipe: its shape, then one safetensors block a part."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import IO

from safetensors.torch import load, save

from models.narrator.engine import Part, Shape

LENGTH_BYTES = 8


def write_parts(out: IO[bytes], shape: Shape, parts: Iterator[Part]) -> None:
    """Writes until the parts end. Raises OSError where the reader is gone."""
    _write(out, json.dumps(asdict(shape)).encode())
    for part in parts:
        _write(out, save({name: tensor.contiguous() for name, tensor in part.items()}))
    out.flush()


def read_shape(stream: IO[bytes]) -> Shape:
    """Raises EOFError where the writer ended before."""
    return Shape(**json.loads(_read(stream)))


def read_parts(stream: IO[bytes], shape: Shape) -> Iterator[Part]:
    """What is outside of the layers, then each layer. Raises EOFError where the writer ended before the last."""
    for _ in range(shape.layers + 1):
        yield load(_read(stream))


def _write(out: IO[bytes], block: bytes) -> None:
    out.write(len(block).to_bytes(LENGTH_BYTES, "little"))
    out.write(block)


def _read(stream: IO[bytes]) -> bytes:
    length = int.from_bytes(stream.read(LENGTH_BYTES), "little")
    block = stream.read(length)
    if not length or len(block) < length:
        raise EOFError("the weights ended before their last part")
    return block
