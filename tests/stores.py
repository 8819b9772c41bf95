"""Stores for tests: a cheap key, and transactions put straight in."""

import atexit
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from shutil import copyfile, rmtree
from tempfile import mkdtemp

import pyarrow as pa

from domain.store import KeyCost, Store
from domain.transactions import CONTRACT, Transaction

PASSPHRASE = "correct horse battery staple"
CHEAP = KeyCost(memory_kib=64, passes=1, lanes=1)
START = datetime(2026, 3, 1, 8, 0)


def new_store(folder: Path, name: str = "cases.whyflag") -> Store:
    """A new, open store: a copy of an empty one that is made once, for tests make hundreds."""
    for file in _template():
        copyfile(file, folder / file.name.replace("template", name))
    return Store.open(folder / name, PASSPHRASE)


@cache
def _template() -> tuple[Path, ...]:
    folder = Path(mkdtemp(prefix="whyflag-tests-"))
    atexit.register(rmtree, folder)
    Store.create(folder / "template", PASSPHRASE, cost=CHEAP).close()
    return tuple(folder.iterdir())


def payments(count: int, customer: str = "C-1") -> tuple[Transaction, ...]:
    """T-0, T-1, ... an hour apart, of rising amounts."""
    return tuple(
        Transaction(f"T-{number}", START + timedelta(hours=number), customer, 10.0 + number, merchant_id=f"M-{number}")
        for number in range(count)
    )


def put_table(store: Store, rows: pa.Table) -> None:
    """Rows in the contract's columns, as one import, without the checks of an intake."""
    names = ", ".join(rows.column_names)
    with store.transaction(), store.database.visible("given", rows):
        store.database.execute(f"INSERT INTO transactions ({names}, import_id) SELECT {names}, 1 FROM given")


def put(store: Store, transactions: Iterable[Transaction]) -> None:
    names = [column.name for column in CONTRACT]
    marks = ", ".join("?" * len(names))
    for transaction in transactions:
        store.database.execute(
            f"INSERT INTO transactions ({', '.join(names)}, import_id) VALUES ({marks}, 1)",
            [getattr(transaction, name) for name in names],
        )
