"""An X server without a screen (Xvfb): started, watched until a window has come to rest, and drawn as PNG."""

import struct
import subprocess
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

LONGEST, AT_REST = 120.0, 2.0  # seconds
SAMPLED = 61  # one byte in so many is looked at; odd, so that all colours are


@contextmanager
def screen(display: str, folder: Path) -> Iterator[Callable[[], bytes]]:
    """Gives what is on it, in XWD, from a file in `folder`."""
    command = ["Xvfb", display, "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-fbdir", str(folder)]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        while not Path(f"/tmp/.X11-unix/X{display[1:]}").exists():
            if server.poll() is not None:
                raise RuntimeError(f"Xvfb does not start on {display}: another one may be there")
            time.sleep(0.05)
        yield (folder / "Xvfb_screen0").read_bytes
    finally:
        server.terminate()
        server.wait()


def settled(picture: Callable[[], bytes], window: "subprocess.Popen[bytes]", started: float) -> float | None:
    """Seconds from `started` until what fills the screen stays; None where nothing does.

    The dialog that asks for a passphrase, or derives its key, fills less than half of it. A blinking caret or a turning
    wheel is no change: more than a hundredth of the screen has to be another.
    """
    shown, since = picture()[::SAMPLED], None
    while window.poll() is None and (now := time.monotonic() - started) < LONGEST:
        seen = picture()[::SAMPLED]
        if differ(seen, shown):
            shown, since = seen, now
        elif since is not None and now > since + AT_REST and fills(seen):
            return since
        time.sleep(0.05)
    return None


def fills(sample: bytes) -> bool:
    """A screen without windows is black."""
    return sample.count(0) < len(sample) / 2


def differ(one: bytes, other: bytes) -> bool:
    return sum(a != b for a, b in zip(one, other, strict=True)) > len(one) / 100


def png(xwd: bytes) -> bytes:
    """An XWD dump of a 24 bit screen, little-endian, as PNG."""
    header = struct.unpack(">25I", xwd[:100])
    width, height, line = header[4], header[5], header[12]
    start = header[0] + 12 * header[19]  # the header, and its colours
    rows = []
    for y in range(height):
        row = xwd[start + y * line : start + y * line + 4 * width]
        pixels = bytearray(3 * width)
        pixels[0::3], pixels[1::3], pixels[2::3] = row[2::4], row[1::4], row[0::4]
        rows.append(b"\0" + bytes(pixels))
    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", size), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
