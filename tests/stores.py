"""Stores for tests: a cheap key, and transactions put straight in."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from domain.store import KeyCost, Store
from domain.transactions import CONTRACT, Transaction

PASSPHRASE = "correct horse battery staple"
CHEAP = KeyCost(memory_kib=64, passes=1, lanes=1)
START = datetime(2026, 3, 1, 8, 0)


def new_store(folder: Path, name: str = "cases.whyflag") -> Store:
    return Store.create(folder / name, PASSPHRASE, cost=CHEAP)


def payments(count: int, customer: str = "C-1") -> tuple[Transaction, ...]:
    """T-0, T-1, ... an hour apart, of rising amounts."""
    return tuple(
        Transaction(f"T-{number}", START + timedelta(hours=number), customer, 10.0 + number, merchant_id=f"M-{number}")
        for number in range(count)
    )


def put(store: Store, transactions: Iterable[Transaction]) -> None:
    names = [column.name for column in CONTRACT]
    marks = ", ".join("?" * len(names))
    for transaction in transactions:
        store.database.execute(
            f"INSERT INTO transactions ({', '.join(names)}, import_id) VALUES ({marks}, 1)",
            [getattr(transaction, name) for name in names],
        )
