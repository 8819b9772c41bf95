"""Opens a store for the window. Its key is derived, which takes longest, while what works on it is loaded."""

from __future__ import annotations

import threading
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.services import Services

BROWSING_MIB = 80  # for pages and cases, which more makes no faster


def load(*, observe: bool) -> threading.Thread:
    """Begins to load it, and with `observe` to write log and metrics. To be joined before the process ends."""
    loading = threading.Thread(target=_load, args=(observe,), name="loading")
    loading.start()
    return loading


def _load(observe: bool) -> None:
    import_module("domain.store")  # first: the key waits for it
    from desktop.bootstrap import start_observing

    if observe:
        start_observing("window")


def open_services(path: Path, passphrase: str, *, create: bool = False, user: str | None = None) -> Services:
    """The window's use cases over the store at `path`. Raises what Store.open and Store.create do."""
    from domain.store import Limits, Store

    browsing = Limits(memory_mib=BROWSING_MIB)
    if create:
        store = Store.create(path, passphrase, owner=user, limits=browsing)
    else:
        store = Store.open(path, passphrase, user=user, limits=browsing)
    from desktop.bootstrap import services_over

    return services_over(store)
