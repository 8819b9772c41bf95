"""The audit chain: it holds when untouched, and names the first entry that anyone edited, moved or took away."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from domain.audit import GENESIS, check_export, export_lines, sign_head
from domain.auditing import check_exported, check_report_heads, check_store, export_audit
from domain.errors import AuditBroken, ReportFailed
from domain.signing import Signer
from domain.store import Store
from domain.store.audit import head_path
from domain.store.key import key_path
from tests.stores import CHEAP, PASSPHRASE, new_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path) as opened:
        for number in range(6):
            opened.audit.append("ann", "decide", f"A-{number}", {"note": f"größer; '{number}'", "n": number, "x": None})
        yield opened


def test_an_older_store_in_the_place_of_a_newer_one_is_told_even_after_it_was_opened_and_closed(
    store: Store, tmp_path: Path
) -> None:
    """Closing notes no head that would hide the one which the older store does not reach."""
    store.close()
    older = store.path.read_bytes()
    with Store.open(store.path, PASSPHRASE) as newer:
        newer.audit.append("ann", "decide", "A-9", {})
    store.path.write_bytes(older)
    for _ in range(2):
        with Store.open(store.path, PASSPHRASE) as again, pytest.raises(AuditBroken, match="7 is"):
            check_store(again)
        with Store.open(store.path, PASSPHRASE) as again:
            again.audit.append("ann", "decide", "A-0", {})


def test_a_new_store_where_another_one_stood_starts_an_own_log(tmp_path: Path) -> None:
    """What the other one left beside it is kept, and holds nobody up."""
    path = tmp_path / "cases.whyflag"
    new_store(tmp_path).close()
    left = head_path(path).read_text()
    path.unlink()
    key_path(path).unlink()
    Store.create(path, PASSPHRASE, cost=CHEAP).close()
    with Store.open(path, PASSPHRASE) as store:
        assert check_store(store).noted == 0
    [kept] = tmp_path.glob("*.replaced-*.head")
    assert kept.read_text() == left


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


def lines_of(store: Store) -> list[str]:
    return list(export_lines(store.audit.all(), store.audit.signed_head()))


def test_exported_log_is_checked_without_its_store(store: Store) -> None:
    checked = check_export(lines_of(store), noted=store.audit.signed_head())
    assert (checked.entries, checked.head, checked.noted) == (6, store.audit.head(), 6)
    assert check_export(lines_of(store), key=checked.fingerprint).fingerprint == checked.fingerprint
    with pytest.raises(AuditBroken, match="signed by"):
        check_export(lines_of(store), key="0" * 64)


@pytest.mark.parametrize(
    ("tampering", "told"),
    [
        (lambda lines: [*lines[:3], lines[3].replace("ann", "eve"), *lines[4:]], "entry 3 was changed"),
        (lambda lines: [*lines[:3], *lines[4:]], "entry 3 is missing"),
        (lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]], "entry 3 is missing"),
        (lambda lines: [*lines[:4], lines[3], *lines[4:]], "entry 4 is missing or stands twice"),
        (lambda lines: lines[:-1], "without its signed head"),
        (lambda lines: [*lines[:-2], lines[-1]], "entry 6 is missing"),
        (lambda lines: [lines[0], lines[-1]], "entry 1 is missing"),
        (lambda lines: [*lines, lines[-1]], "after the log's signed head"),
        (lambda lines: [*lines[:-1], lines[-1].replace('"entries":6', '"entries":5')], "signature"),
        (lambda lines: lines[1:], "Line 1"),
        (lambda lines: [], "Line 1"),
        (lambda lines: [lines[0], "{}\n", *lines[1:]], "Line 2"),
        (lambda lines: [lines[0], "[" * 5000, *lines[1:]], "Line 2"),
        (lambda lines: [lines[0].replace('public_key":"', 'public_key":"0'), *lines[1:]], "another key"),
    ],
)
def test_tampering_with_an_exported_log_is_found(
    store: Store, tampering: Callable[[list[str]], list[str]], told: str
) -> None:
    with pytest.raises(AuditBroken, match=told):
        check_export(tampering(lines_of(store)))


def test_an_older_export_is_sound_but_does_not_reach_a_head_that_was_noted_later(store: Store) -> None:
    older = lines_of(store)
    store.audit.append("ann", "decide", "A-9", {})
    assert check_export(older).entries == 6
    with pytest.raises(AuditBroken, match="entry 7 is missing: the noted head names 7"):
        check_export(older, noted=store.audit.signed_head())


def test_a_log_rewritten_and_signed_by_another_key_is_told_by_the_noted_head(store: Store) -> None:
    """Whoever holds a passphrase can sign: a head kept where they cannot reach it tells."""
    signer = Signer(b"x" * 32)
    entries = store.audit.entries(limit=3)
    forged = list(export_lines(entries, sign_head(3, entries[-1].hash, signer)))
    assert check_export(forged).entries == 3, "sound in itself"
    with pytest.raises(AuditBroken, match="another store's key"):
        check_export(forged, noted=store.audit.signed_head())


def test_entries_cut_off_with_the_stores_own_head_show_by_the_head_beside_the_store(store: Store) -> None:
    """The cut is made as well as whyflag itself could make it: the head in the store is made anew and signed."""
    store.close()
    with Store.open(store.path, PASSPHRASE) as again:
        again.database.execute("DELETE FROM audit WHERE sequence > 4")
        again.audit._keep_head(4, again.audit.entries()[-1].hash)
        assert again.audit.verify() == 4, "the store alone cannot tell"
        with pytest.raises(AuditBroken, match=r"entry 5 is missing: the head beside the store .* names 6"):
            check_store(again)


def test_head_beside_the_store_is_kept_up_and_its_edit_shows(store: Store) -> None:
    store.close()
    beside = head_path(store.path)
    assert beside.stat().st_mode & 0o777 == 0o600
    with Store.open(store.path, PASSPHRASE) as again:
        assert check_store(again).noted == 6
        beside.write_text(beside.read_text().replace('"entries": 6', '"entries": 2'))
        with pytest.raises(AuditBroken, match="signature of the head beside the store"):
            check_store(again)
        beside.write_text("{")
        with pytest.raises(AuditBroken, match="no signed head"):
            check_store(again)
        beside.unlink()
        assert check_store(again).noted is None


def test_export_is_written_whole_for_its_owner_alone_and_recorded(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "out" / "log.jsonl"
    exported = export_audit(store, out)
    assert exported.entries == check_exported(out).entries == 7
    assert store.audit.entries()[-1].action == "audit_export"
    assert out.stat().st_mode & 0o777 == 0o600
    with pytest.raises(ReportFailed):
        export_audit(store, out / "below a file")
    assert store.audit.verify() == 7, "an export that failed left no entry"


def test_a_reports_head_is_held_against_the_store(store: Store) -> None:
    fourth = store.audit.entries()[3]
    heads = [("same", 4, fourth.hash), ("other", 4, "0" * 64), ("later", 9, fourth.hash), ("first", 0, GENESIS)]
    assert check_report_heads(store, heads) == (
        ("other", "audit entry 4 of the store is not the one it cites"),
        ("later", "it cites 9 audit entries, the store has 6"),
    )
