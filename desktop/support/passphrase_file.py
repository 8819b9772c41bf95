"""A passphrase in the first line of a file."""

from pathlib import Path


def first_line(file: Path) -> str | None:
    """None where it cannot be read, or has no line."""
    try:
        return file.read_text(encoding="utf-8").splitlines()[0]
    except (OSError, IndexError, UnicodeDecodeError):
        return None
