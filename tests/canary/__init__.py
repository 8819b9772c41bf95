"""Canary strings in every text column, and whether any of them reaches the disk in the clear.

`tests.canary.life` is a day with the product in a process of its own: import, train, score, explain, the window with a
decision and its narratives, an error nobody caught, a backup, and kill -9. `found_in` looks at what it left.
"""

import base64
from pathlib import Path

WORD = "CANARY7F3A9C"


def found_in(folder: Path, word: str = WORD) -> list[str]:
    """Files whose name or content holds the word, as text in 8 or 16 bits, in base64, or in hex."""
    forms = _forms(word)
    hits = []
    for file in sorted(folder.rglob("*")):
        content = file.read_bytes() if file.is_file() and not file.is_symlink() else b""
        if word in file.name or any(form in content for form in forms):
            hits.append(str(file.relative_to(folder)))
    return hits


def too_open(folder: Path) -> list[str]:
    """Files that are not 0600 and folders that are not 0700, the given one included."""
    wrong = []
    for path in (folder, *folder.rglob("*")):
        mode = path.lstat().st_mode & 0o777
        if not path.is_symlink() and mode != (0o700 if path.is_dir() else 0o600):
            wrong.append(f"{path.relative_to(folder)} {mode:o}")
    return wrong


def _forms(word: str) -> list[bytes]:
    plain = word.encode()
    # Base64 of the word at each of three offsets, without the letters that its neighbours have a part in.
    in_base64 = [base64.b64encode(b"\0" * shift + plain)[2 * shift : -4] for shift in range(3)]
    return [plain, plain.lower(), word.encode("utf-16-le"), word.encode("utf-16-be"), plain.hex().encode(), *in_base64]
