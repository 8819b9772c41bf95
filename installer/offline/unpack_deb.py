"""Takes the files under one folder out of a Debian package, where no dpkg is: unpack_deb.py PACKAGE FROM TO.

A .deb is an ar archive that holds data.tar. Regular files are written and nothing else: no link, no owner, no mode.
"""

import io
import sys
import tarfile
from pathlib import Path, PurePosixPath

MAGIC = b"!<arch>\n"
HEADER = 60  # name 16, ..., size 10 at 48, in ASCII; the content is padded to even bytes


def data_of(package: bytes) -> bytes:
    """Raises ValueError where there is none."""
    at = len(MAGIC)
    while package.startswith(MAGIC) and len(header := package[at : at + HEADER]) == HEADER:
        size = int(header[48:58])
        at += HEADER
        if header[:16].decode("ascii").strip().rstrip("/").startswith("data.tar"):
            return package[at : at + size]
        at += size + size % 2
    raise ValueError("this is no Debian package")


def unpack(package: Path, start: str, out: Path) -> int:
    """How many files were written. Raises ValueError, OSError, tarfile.TarError."""
    written = 0
    with tarfile.open(fileobj=io.BytesIO(data_of(package.read_bytes()))) as archive:
        for member in archive:
            path = PurePosixPath(member.name)
            if not member.isfile() or ".." in path.parts or not path.is_relative_to(start):
                continue
            content = archive.extractfile(member)
            assert content is not None
            target = out / path.relative_to(start)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.read())
            written += 1
    return written


if __name__ == "__main__":
    try:
        count = unpack(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
    except (ValueError, OSError, tarfile.TarError) as failed:
        sys.exit(f"{sys.argv[1]}: {failed}.")
    if not count:
        sys.exit(f"{sys.argv[1]} holds nothing under {sys.argv[2]}.")
