"""The store's file: encrypted, its owner's alone, opened by one process, and clear about what keeps it shut."""

import json
import os
import shutil
import stat
import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from domain.errors import (
    Cancelled,
    CipherMissing,
    StoreDamaged,
    StoreExists,
    StoreInUse,
    StoreMissing,
    StoreWriteFailed,
    WhyflagError,
    WrongPassphrase,
)
from domain.store import KeyCost, Limits, Store, opening
from domain.transactions import Transaction
from tests.reports import an_alert
from tests.stores import CHEAP, PASSPHRASE, START, new_store, payments, put

ROOT = Path(__file__).parents[2]
CANARY = "CANARY-7f3a9c-IBAN-DE89370400440532013000"


def created(folder: Path) -> Store:
    return Store.create(folder / "cases.whyflag", PASSPHRASE, cost=CHEAP)


def everything_on_disk(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_what_is_put_in_is_there_after_a_close(tmp_path: Path) -> None:
    with created(tmp_path) as store:
        put(store, payments(3))
    with Store.open(tmp_path / "cases.whyflag", PASSPHRASE) as store:
        assert store.transactions.get(["T-2", "T-0"]) == (payments(3)[2], payments(3)[0])
    beside = ["cases.whyflag", "cases.whyflag.head", "cases.whyflag.key", "cases.whyflag.lock"]
    assert sorted(file.name for file in tmp_path.iterdir()) == beside


def test_no_text_reaches_the_disk_in_the_clear(tmp_path: Path) -> None:
    """Neither in the log before a checkpoint, nor in spill, nor in the file after."""
    path = tmp_path / "cases.whyflag"
    new_store(tmp_path).close()
    with Store.open(path, PASSPHRASE, limits=Limits(memory_mib=64, threads=1)) as store:
        put(store, [Transaction(CANARY, START, CANARY, 1.0, memo=CANARY)])
        assert path.with_name(path.name + ".wal").stat().st_size > 0
        assert CANARY.encode() not in everything_on_disk(tmp_path)
        store.database.execute(
            "CREATE TEMP TABLE large AS SELECT range AS n, ? || md5(range::VARCHAR) AS text FROM range(1500000)",
            [CANARY],
        )
        spilled = list((tmp_path / "cases.whyflag.spill").iterdir())
        assert sum(file.stat().st_size for file in spilled) > 1_000_000, "the test must have made it spill"
        assert CANARY.encode() not in everything_on_disk(tmp_path)
    assert CANARY.encode() not in everything_on_disk(tmp_path)
    assert not (tmp_path / "cases.whyflag.spill").exists()


def test_files_are_the_owners_alone(tmp_path: Path) -> None:
    os.umask(0o022)
    with created(tmp_path) as store:
        put(store, payments(1))
        store.database.execute("CHECKPOINT store")
        put(store, payments(1))
        assert (tmp_path / "cases.whyflag.wal").exists(), "the log that was made anew"
        for file in tmp_path.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == (0o700 if file.is_dir() else 0o600), file


def test_a_process_that_opened_a_store_leaves_no_core_file(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    code = (
        "import resource, sys; from pathlib import Path; from domain.store import Store\n"
        "Store.open(Path(sys.argv[1]), sys.argv[2]).close(); print(resource.getrlimit(resource.RLIMIT_CORE))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "cases.whyflag"), PASSPHRASE]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout == "(0, 0)\n"


def test_spill_that_a_kill_left_is_purged(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    spill = tmp_path / "cases.whyflag.spill"
    spill.mkdir()
    (spill / "duckdb_temp_storage_DEFAULT-0.tmp").write_bytes(b"left behind")
    with Store.open(tmp_path / "cases.whyflag", PASSPHRASE):
        assert list(spill.iterdir()) == []


def test_wrong_passphrase_is_told_from_damage(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    with pytest.raises(WrongPassphrase, match=r"cases\.whyflag"):
        Store.open(tmp_path / "cases.whyflag", PASSPHRASE + " ")
    Store.open(tmp_path / "cases.whyflag", PASSPHRASE).close()


def test_composed_and_decomposed_letters_are_one_passphrase(tmp_path: Path) -> None:
    Store.create(tmp_path / "s", "Schlüssel", cost=CHEAP).close()
    Store.open(tmp_path / "s", "Schlu\u0308ssel").close()


def test_empty_passphrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongPassphrase):
        Store.create(tmp_path / "s", "", cost=CHEAP)
    assert list(tmp_path.iterdir()) == []


def filled_store(folder: Path) -> Path:
    with new_store(folder) as store:
        store.database.execute(
            """INSERT INTO transactions (transaction_id, occurred_at, customer_id, amount, import_id)
               SELECT 'T-' || range, TIMESTAMP '2026-01-01' + to_seconds(range), md5(range::VARCHAR), range, 1
               FROM range(100000)"""
        )
    return folder / "cases.whyflag"


def damaged_or_whole(path: Path) -> None:
    """Refused at opening or at reading, or all that `filled_store` wrote is there."""
    try:
        with Store.open(path, PASSPHRASE) as store:
            [row] = store.database.query("SELECT count(*), count(DISTINCT customer_id), sum(amount) FROM transactions")
    except StoreDamaged as damaged:
        assert "cases.whyflag" in damaged.message and damaged.hint
    else:
        assert row == (100_000, 100_000, 4_999_950_000.0)


@pytest.mark.parametrize("kept", [0, 100, 4096, 0.5])
def test_cut_off_file_is_damaged(tmp_path: Path, kept: float) -> None:
    path = filled_store(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept) if isinstance(kept, float) else kept])
    with pytest.raises(StoreDamaged, match=r"cases\.whyflag"), Store.open(path, PASSPHRASE) as store:
        store.database.query("SELECT max(customer_id), sum(amount) FROM transactions")


def test_a_store_of_larger_blocks_opens_as_it_was_made(tmp_path: Path, monkeypatch) -> None:
    """As DuckDB makes them by itself, and whyflag did at first."""

    def block_size(store: Store) -> int:
        return store.database.number("SELECT block_size FROM pragma_database_size() WHERE database_name = 'store'")

    (tmp_path / "new").mkdir()
    with created(tmp_path / "new") as newer:
        assert block_size(newer) == opening.BLOCK_SIZE
    monkeypatch.delitem(opening.START, "default_block_size")
    created(tmp_path).close()
    monkeypatch.undo()
    with Store.open(tmp_path / "cases.whyflag", PASSPHRASE) as older:
        assert block_size(older) == 2 * opening.BLOCK_SIZE
        put(older, payments(2))
    with Store.open(tmp_path / "cases.whyflag", PASSPHRASE) as older:
        assert older.transactions.get(["T-1"]) == (payments(2)[1],)


@pytest.mark.parametrize("blocks", [1, 2, 4])
def test_a_file_without_its_end_is_damaged_or_whole(tmp_path: Path, blocks: int) -> None:
    """The last blocks of a file may be in no use."""
    path = filled_store(tmp_path)
    path.write_bytes(path.read_bytes()[: -blocks * opening.BLOCK_SIZE])
    damaged_or_whole(path)


@pytest.mark.parametrize("place", [0.0, 0.3, 0.5, 0.9])
def test_changed_bytes_are_damage_and_never_other_data(tmp_path: Path, place: float) -> None:
    """Wherever a page was changed: refused at opening or at reading, or a page not in use and all data as it was."""
    path = filled_store(tmp_path)
    content = bytearray(path.read_bytes())
    start = int(len(content) * place) + 20
    content[start : start + 4096] = bytes(byte ^ 0x55 for byte in content[start : start + 4096])
    path.write_bytes(content)
    damaged_or_whole(path)


@pytest.mark.parametrize("content", [b"", b"hello" * 5000, b"SQLite format 3\0" * 600])
def test_another_file_is_no_store(tmp_path: Path, content: bytes) -> None:
    new_store(tmp_path).close()
    (tmp_path / "cases.whyflag").write_bytes(content)
    with pytest.raises(StoreDamaged):
        Store.open(tmp_path / "cases.whyflag", PASSPHRASE)
    assert (tmp_path / "cases.whyflag").read_bytes() == content, "left as it is"


@pytest.mark.parametrize(
    "change",
    [
        {"salt": "00"},
        {"memory_kib": 1 << 40},
        {"passes": 0},
        {"box": "zz"},
        {"name": "two\nlines"},
        {"roles": ["king"]},
        {"attempts": {}},
    ],
)
def test_forged_key_file_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    new_store(tmp_path).close()
    key_file = tmp_path / "cases.whyflag.key"
    content = json.loads(key_file.read_text())
    content["users"][0] |= change
    key_file.write_text(json.dumps(content))
    with pytest.raises(StoreDamaged, match="key"):
        Store.open(tmp_path / "cases.whyflag", PASSPHRASE)


def test_missing_key_file_is_named(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    (tmp_path / "cases.whyflag.key").unlink()
    with pytest.raises(StoreDamaged, match=r"cases\.whyflag\.key is missing"):
        Store.open(tmp_path / "cases.whyflag", PASSPHRASE)


def test_salt_makes_equal_passphrases_unequal_keys(tmp_path: Path) -> None:
    for name in ("a", "b"):
        Store.create(tmp_path / name, PASSPHRASE, cost=CHEAP).close()
    (tmp_path / "a").write_bytes((tmp_path / "b").read_bytes())
    with pytest.raises(StoreDamaged):
        Store.open(tmp_path / "a", PASSPHRASE)


def test_default_cost_of_a_guess_is_no_less_than_recommended() -> None:
    assert KeyCost() == KeyCost(memory_kib=262_144, passes=3, lanes=4)


def test_missing_store_and_taken_path(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing):
        Store.open(tmp_path / "none", PASSPHRASE)
    created(tmp_path).close()
    with pytest.raises(StoreExists):
        created(tmp_path)
    (tmp_path / "cases.whyflag").unlink()
    with pytest.raises(StoreExists, match="key"):
        created(tmp_path)  # its salt may still open the store where it was moved to


def test_half_made_store_of_a_killed_create_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "cases.whyflag.creating").write_bytes(b"half")
    (tmp_path / "cases.whyflag.creating.wal").write_bytes(b"half")
    created(tmp_path).close()
    beside = ["cases.whyflag", "cases.whyflag.head", "cases.whyflag.key", "cases.whyflag.lock"]
    assert sorted(file.name for file in tmp_path.iterdir()) == beside


def test_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreWriteFailed):
        created(tmp_path / "file")


def test_full_disk_is_told_and_leaves_the_store_whole(tmp_path: Path) -> None:
    """A limit on the size of files stands in for the disk; in a process of its own, for it holds for all files."""
    new_store(tmp_path).close()
    code = """
import resource, sys
from pathlib import Path
from domain.errors import StoreWriteFailed
from domain.store import Store
path = Path(sys.argv[1])
with Store.open(path, sys.argv[2]) as store:
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 300_000, resource.RLIM_INFINITY))
    try:
        store.database.execute('''INSERT INTO transactions (transaction_id, occurred_at, customer_id, amount, import_id)
            SELECT md5(range::VARCHAR), TIMESTAMP '2026-01-01', md5((-range)::VARCHAR), 1, 1 FROM range(300000)''')
    except StoreWriteFailed as full:
        print(full.retryable, 'cases.whyflag' in full.message)
    store.narratives.put('key', 'small enough')
"""
    command = [sys.executable, "-c", code, str(tmp_path / "cases.whyflag"), PASSPHRASE]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told == "True True\n"
    with Store.open(tmp_path / "cases.whyflag", PASSPHRASE) as store:
        assert (store.transactions.count(), store.narratives.get("key")) == (0, "small enough")


def test_what_a_killed_process_left_in_the_log_can_be_changed_after_the_next_opening(tmp_path: Path) -> None:
    """DuckDB 1.5.5 lost indexes in between: rows could be read, and never be replaced again (duckdb/duckdb#23788)."""
    with new_store(tmp_path) as store:
        put(store, payments(3))
        store.alerts.replace_alerts([an_alert("T-1"), an_alert("T-2")])
        store.narratives.put_many({"one": "first", "two": "first"})
        as_killed = tmp_path / "as_killed"
        as_killed.mkdir()
        for file in tmp_path.glob("cases.whyflag*"):
            if file.is_file():
                shutil.copyfile(file, as_killed / file.name)
    Store.open(as_killed / "cases.whyflag", PASSPHRASE).close()
    with Store.open(as_killed / "cases.whyflag", PASSPHRASE) as store:
        assert store.alerts.get("A-T-1") == an_alert("T-1")
        store.alerts.replace_alerts([an_alert("T-2")])
        assert (store.alerts.find("T-1"), store.alerts.find("T-2")) == (None, an_alert("T-2"))
        assert store.narratives.get("one") == "first"
        store.narratives.put_many({"one": "second"})
        store.database.execute("DELETE FROM narratives WHERE key = 'two'")
        assert (store.narratives.get("one"), store.narratives.get("two")) == ("second", None)


def test_no_table_has_an_index_but_its_key(tmp_path: Path) -> None:
    """One would stand in memory for good, and be lost after a kill; `domain.store.places` finds rows without."""
    with new_store(tmp_path) as store:
        assert store.database.query("SELECT index_name FROM duckdb_indexes()") == []


def test_second_opener_in_another_process_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "cases.whyflag"
    new_store(tmp_path).close()
    code = (
        "import sys; from pathlib import Path; from domain.store import Store\n"
        "store = Store.open(Path(sys.argv[1]), sys.argv[2]); print('open', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(path), PASSPHRASE]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"open\n"
        with pytest.raises(StoreInUse) as refused:
            Store.open(path, PASSPHRASE)
        assert refused.value.retryable and "cases.whyflag" in refused.value.message
        first.kill()
        first.wait()
    Store.open(path, PASSPHRASE).close()


def test_plain_duckdb_cannot_read_the_store(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        put(store, payments(1))
    with pytest.raises(duckdb.Error):
        duckdb.connect(str(tmp_path / "cases.whyflag"), read_only=True)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')",
        "COPY transactions TO '/tmp/whyflag-leak.csv'",
        "EXPORT DATABASE '/tmp/whyflag-leak'",
        "ATTACH '/tmp/whyflag-leak.duckdb' AS leak",
        "INSTALL spatial",
        "LOAD '/tmp/evil.duckdb_extension'",
        "SET enable_external_access = true",
        "SET max_temp_directory_size = '90GB'",
        "SET disabled_filesystems = ''",
        "SET temp_file_encryption = false",
        "RESET lock_configuration",
        "CREATE PERSISTENT SECRET s (TYPE http, BEARER_TOKEN 'x')",
    ],
)
def test_sql_reaches_neither_files_nor_network_nor_settings(tmp_path: Path, sql: str) -> None:
    with new_store(tmp_path) as store, pytest.raises(duckdb.Error):
        store.connection.execute(sql)
    assert not list(Path("/tmp").glob("whyflag-leak*"))


def test_sql_sees_no_variable_of_the_program(tmp_path: Path) -> None:
    frame = pd.DataFrame({"secret": [1]})
    with new_store(tmp_path) as store, pytest.raises(duckdb.CatalogException):
        store.connection.execute("SELECT * FROM frame")
    assert len(frame) == 1


def test_key_is_not_to_be_found_by_sql(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        seen = store.database.query("SELECT * FROM duckdb_databases()")
        seen += store.database.query("SELECT name, value FROM duckdb_settings()")
        [(cipher,)] = store.database.query("SELECT cipher FROM duckdb_databases() WHERE database_name = 'store'")
    assert cipher == "GCM"
    assert "ENCRYPTION_KEY" not in str(seen).upper() and "base64" not in str(seen)


def test_missing_cipher_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "CIPHER_PACKAGE", "no_such_package")
    with pytest.raises(CipherMissing, match="encryption library"):
        created(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_transaction_is_all_or_nothing_and_nests(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        with pytest.raises(KeyError), store.transaction():
            put(store, payments(1))
            with store.transaction():
                store.narratives.put("key", "text")
            raise KeyError
        assert (store.transactions.count(), store.narratives.get("key")) == (0, None)
        with store.transaction():
            with store.transaction():
                put(store, payments(1))
            store.narratives.put("key", "text")
        assert (store.transactions.count(), store.narratives.get("key")) == (1, "text")


def test_failed_statement_undoes_the_whole_transaction_and_the_store_stays_usable(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        with pytest.raises(duckdb.ConstraintException), store.transaction():
            put(store, payments(1))
            put(store, [Transaction("T-9", START, "C", -1.0)])
        assert store.transactions.count() == 0
        put(store, payments(2))
        assert store.transactions.count() == 2


def test_interrupt_stops_a_running_query_as_cancelled(tmp_path: Path) -> None:
    raised: list[WhyflagError] = []
    begun = threading.Event()

    def work() -> None:
        begun.set()
        try:
            store.database.query("SELECT count(*) FROM range(100000000) a, range(100000) b WHERE a.range * b.range = 7")
        except WhyflagError as error:
            raised.append(error)

    with new_store(tmp_path) as store:
        thread = threading.Thread(target=work)
        thread.start()
        begun.wait()
        while thread.is_alive():
            store.interrupt()
            thread.join(timeout=0.01)
        assert [type(error) for error in raised] == [Cancelled]
        assert store.transactions.count() == 0


def test_close_may_be_called_again(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    store.close()
    store.close()


def test_only_the_memory_limit_may_change_and_only_for_a_while(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    with Store.open(tmp_path / "cases.whyflag", PASSPHRASE, limits=Limits(memory_mib=100)) as store:

        def limit() -> object:
            return store.database.first("SELECT current_setting('memory_limit')")

        with store.memory(300):
            assert limit() == ("300.0 MiB",)
        assert limit() == ("100.0 MiB",)
        for other in ("enable_external_access = true", "allowed_configs = ['threads']", "threads = 1"):
            with pytest.raises(duckdb.Error, match="locked"):
                store.connection.execute(f"SET {other}")
