"""Is this installation whole, offline and able? Each check says what it found, in words a help desk can read."""

import os
import platform
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import psutil

from desktop.latency import Latency
from desktop.support.failures import describe
from desktop.support.translation import tr, trn
from domain.errors import WhyflagError
from domain.narrative import NarratorVersion

NEEDED_DISK = 2 << 30
NEEDED_MEMORY = 2 << 30
PACKAGES = ("PySide6-Essentials", "transformers", "peft", "bitsandbytes", "torch", "scikit-learn", "duckdb", "typst")
PRODUCT = "whyflag"
OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at, whether it is as it should be, what was found, and what to do where it is not.

    What is only measured is not `judged`: it passes, and nobody says that it is good.
    """

    name: str
    passed: bool
    found: str
    hint: str = ""
    seconds: float = 0.0
    judged: bool = True


def checks(
    data: Path, installed_narrator: Callable[[], NarratorVersion], check_cipher: Callable[[Path], None]
) -> Iterator[Check]:
    """Looks at one thing after another. `data` is the user's folder; `check_cipher` tries an encrypted store in it."""
    yield tried(PRODUCT, _version_words)
    yield tried(tr("packages"), lambda: ", ".join(f"{name} {version(name)}" for name in PACKAGES))
    yield tried(tr("language model"), lambda: _narrator_words(installed_narrator()))
    yield tried(tr("cipher"), lambda: _cipher_words(check_cipher, data))
    yield offline(tr("offline"))
    yield _judged(tr("data folder"), os.access(data, os.W_OK), str(data), tr("Allow this user to write there."))
    free = shutil.disk_usage(data).free
    yield _judged(
        tr("disk"), free >= NEEDED_DISK, _room_words(free, NEEDED_DISK),
        tr("Make room: an import or a report may stop half way."),
    )  # fmt: skip
    memory = psutil.virtual_memory().available
    yield _judged(
        tr("memory"), memory >= NEEDED_MEMORY, _room_words(memory, NEEDED_MEMORY),
        tr("Close other programs: the language model may be ended to spare the rest."),
    )  # fmt: skip


def timed(looked: Iterable[Check]) -> Iterator[Check]:
    """The same checks, each with the seconds that it took."""
    started = time.monotonic()
    for check in looked:
        yield replace(check, seconds=time.monotonic() - started)
        started = time.monotonic()


def waited(latency: Latency) -> Check:
    """How long a person waited in this window: told, not judged."""
    found = tr(
        "median {median} ms, 95 % within {p95} ms, of {count} in this window",
        median=round(latency.median),
        p95=round(latency.p95),
        count=latency.count,
    )
    return Check(tr(latency.what), True, found, judged=False)


def _judged(name: str, passed: bool, found: str, hint: str) -> Check:
    return Check(name, passed, found) if passed else Check(name, passed, f"{found}.", hint)


def _version_words() -> str:
    return tr("{version} on Python {python}", version=version("whyflag"), python=platform.python_version())


def _room_words(free: int, needed: int) -> str:
    return tr("{free} GiB free, {needed} needed", free=f"{free / 2**30:.1f}", needed=needed >> 30)


def offline(name: str) -> Check:
    """The libraries' own switches, and what this process and its children really have open."""
    told = all(os.environ.get(name) == "1" for name in OFFLINE)
    family = [this := psutil.Process(), *this.children(recursive=True)]
    connections = sum(_connections(process) for process in family)
    found = tr("model libraries stay offline; no network connection is open")
    if connections:
        found = trn("{count} network connection is open", "{count} network connections are open", connections)
    elif not told:
        found = tr("the model libraries are not told to stay offline")
    return _judged(
        name,
        told and not connections,
        found,
        tr("Close whyflag and tell whoever looks after it here."),
    )


def _connections(process: psutil.Process) -> int:
    try:
        return len(process.net_connections(kind="inet"))
    except psutil.Error:
        return 0  # ended meanwhile, or another user's


def tried(name: str, look: Callable[[], str]) -> Check:
    """What `look` found, or why it could not."""
    try:
        return Check(name, True, look())
    except WhyflagError as error:
        told = describe(error)
        return Check(name, False, told.message, told.hint)
    except Exception as error:  # a library that is missing or broken: the other checks are wanted all the more
        again = tr("Install whyflag again; if that does not help, send this to whoever looks after it here.")
        return Check(name, False, f"{type(error).__name__}: {error}.", again)


def _narrator_words(found: NarratorVersion) -> str:
    return tr(
        "base {base}, adapter {adapter}, prompt {prompt}: hashes and signature hold",
        base=found.base_model[:12],
        adapter=found.adapter[:12],
        prompt=found.prompt[:12],
    )


def _cipher_words(check: Callable[[Path], None], data: Path) -> str:
    check(data)
    return tr("AES-256-GCM: a store was written, closed and read back")
