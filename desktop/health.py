"""Is this installation whole, offline and able? Each check says what it found, in words a help desk can read."""

import os
import platform
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psutil

from domain.errors import WhyflagError
from domain.narrative import NarratorVersion

NEEDED_DISK = 2 << 30
NEEDED_MEMORY = 2 << 30
PACKAGES = ("PySide6-Essentials", "transformers", "peft", "bitsandbytes", "torch", "scikit-learn", "duckdb", "typst")
OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at, whether it is as it should be, and what was found."""

    name: str
    passed: bool
    found: str


def checks(
    data: Path, installed_narrator: Callable[[], NarratorVersion], check_cipher: Callable[[Path], None]
) -> tuple[Check, ...]:
    """Looks at everything now. `data` is the user's folder; `check_cipher` tries an encrypted store in it."""
    free = shutil.disk_usage(data).free
    memory = psutil.virtual_memory().available
    return (
        Check("whyflag", True, f"{version('whyflag')} on Python {platform.python_version()}"),
        Check("packages", True, ", ".join(f"{name} {version(name)}" for name in PACKAGES)),
        _tried("language model", lambda: _narrator_words(installed_narrator())),
        _tried("cipher", lambda: _cipher_words(check_cipher, data)),
        Check("offline", all(os.environ.get(name) == "1" for name in OFFLINE), "model libraries stay offline"),
        Check("data folder", os.access(data, os.W_OK), str(data)),
        Check("disk", free >= NEEDED_DISK, f"{free / 2**30:.1f} GiB free, {NEEDED_DISK >> 30} needed"),
        Check("memory", memory >= NEEDED_MEMORY, f"{memory / 2**30:.1f} GiB free, {NEEDED_MEMORY >> 30} needed"),
    )


def _tried(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except WhyflagError as error:
        return Check(name, False, str(error))


def _narrator_words(found: NarratorVersion) -> str:
    return f"base {found.base_model[:12]}, adapter {found.adapter[:12]}, prompt {found.prompt[:12]}: hashes hold"


def _cipher_words(check: Callable[[Path], None], data: Path) -> str:
    check(data)
    return "AES-256-GCM: a store was written, closed and read back"
