"""The audit chain: it holds when untouched, and names the first entry that anyone edited, moved or took away."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.errors import AuditBroken
from domain.store import Store
from domain.store.audit import GENESIS
from tests.stores import PASSPHRASE, new_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path) as opened:
        for number in range(6):
            opened.audit.append("ann", "decide", f"A-{number}", {"note": f"größer; '{number}'", "n": number, "x": None})
        yield opened


def test_untouched_chain_holds_and_survives_a_close(store: Store, tmp_path: Path) -> None:
    assert store.audit.verify() == 6
    head = store.audit.head()
    store.close()
    with Store.open(tmp_path / "cases.whyflag", PASSPHRASE) as again:
        assert (again.audit.verify(), again.audit.head()) == (6, head)
        assert again.audit.append("bob", "export", "report", {}).sequence == 7
        assert again.audit.verify() == 7


def test_empty_log_verifies(tmp_path: Path) -> None:
    with new_store(tmp_path, "empty") as store:
        assert (store.audit.verify(), store.audit.head(), store.audit.entries()) == (0, GENESIS, ())


def test_hash_can_be_computed_by_anyone_from_the_entry_alone(store: Store) -> None:
    """The recipe is the contract: sha256 of JSON with sorted keys and no spaces, all fields but the hash."""
    previous = "0" * 64
    for entry in store.audit.entries():
        fields = {name: getattr(entry, name) for name in ("sequence", "at", "actor", "action", "subject", "details")}
        text = json.dumps(fields | {"previous": previous}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert entry.hash == hashlib.sha256(text.encode("utf-8")).hexdigest()
        previous = entry.hash
    assert previous == store.audit.head()


def test_entries_are_read_in_parts(store: Store) -> None:
    assert [entry.sequence for entry in store.audit.entries(after=2, limit=2)] == [3, 4]
    assert json.loads(store.audit.entries(limit=1)[0].details) == {"note": "größer; '0'", "n": 0, "x": None}


@pytest.mark.parametrize(
    ("tampering", "first_bad"),
    [
        ("UPDATE audit SET actor = 'eve' WHERE sequence = 3", 3),
        ("UPDATE audit SET details = '{}' WHERE sequence = 1", 1),
        ("UPDATE audit SET \"at\" = '2020-01-01' WHERE sequence = 6", 6),
        ("UPDATE audit SET hash = repeat('a', 64) WHERE sequence = 2", 2),
        ("UPDATE audit SET previous = repeat('a', 64) WHERE sequence = 4", 4),
        ("DELETE FROM audit WHERE sequence = 3", 3),
        ("DELETE FROM audit WHERE sequence = 1", 1),
        ("DELETE FROM audit WHERE sequence = 6", 6),
        ("DELETE FROM audit WHERE sequence > 4", 5),
        ("DELETE FROM audit", 1),
        ("INSERT INTO audit SELECT * FROM audit WHERE sequence = 2", 3),
        ("UPDATE audit SET sequence = CASE sequence WHEN 2 THEN 3 ELSE 2 END WHERE sequence IN (2, 3)", 2),
        ("DELETE FROM audit WHERE sequence = 2; UPDATE audit SET sequence = sequence - 1 WHERE sequence > 2", 2),
        ("UPDATE meta SET value = '6:' || repeat('b', 64) WHERE name = 'audit_head'", 6),
    ],
)
def test_tampering_is_found_and_named(store: Store, tampering: str, first_bad: int) -> None:
    store.database.execute(tampering)
    with pytest.raises(AuditBroken, match=f"Audit entry {first_bad} "):
        store.audit.verify()


def test_forged_entry_at_the_end_is_found(store: Store) -> None:
    """Even one whose own hash is right: the head in the store does not name it."""
    last = store.audit.entries()[-1]
    forged = {
        "sequence": 7, "at": last.at, "actor": "eve", "action": "decide", "subject": "A-1", "details": "{}",
        "previous": last.hash,
    }  # fmt: skip
    text = json.dumps(forged, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    store.database.execute(
        "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [*forged.values(), hashlib.sha256(text.encode()).hexdigest()],
    )
    with pytest.raises(AuditBroken):
        store.audit.verify()


def test_entry_stands_only_with_the_change_it_records(store: Store) -> None:
    with pytest.raises(KeyError), store.transaction():
        store.narratives.put("k", "v")
        store.audit.append("ann", "explain", "A-1", {})
        raise KeyError
    assert (store.audit.verify(), store.narratives.get("k")) == (6, None)
