"""A store of another schema: backed up before it is changed, changed whole or not at all, never touched if newer."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from domain.errors import BackupFailed, MigrationFailed, StoreTooNew
from domain.progress import finish
from domain.store import Store
from domain.store import store as store_module
from domain.store.backups import backups_of
from domain.store.migrations import Migration, migrate, schema_version, shipped_migrations
from tests.stores import CHEAP, PASSPHRASE, new_store, payments, put

SHIPPED = shipped_migrations()
NEXT = SHIPPED[-1].version + 1
MORE = Migration(NEXT, "more.sql", "CREATE TABLE more (n INTEGER); INSERT INTO more VALUES (1)")
BROKEN = Migration(NEXT + 1, "broken.sql", "INSERT INTO more VALUES (2); SELECT * FROM nowhere")


def with_migrations(monkeypatch: pytest.MonkeyPatch, *further: Migration) -> None:
    monkeypatch.setattr(store_module, "shipped_migrations", lambda: (*SHIPPED, *further))


def old_store(folder: Path) -> Path:
    with new_store(folder) as store:
        put(store, payments(2))
        return store.path


def test_older_store_is_backed_up_then_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = old_store(tmp_path)
    with_migrations(monkeypatch, MORE)
    with Store.open(path, PASSPHRASE) as store:
        assert store.database.query("SELECT n FROM more") == [(1,)]
        assert schema_version(store.database) == NEXT
    [backup] = backups_of(path, tmp_path / "cases.whyflag.backups")
    assert backup.schema == NEXT - 1
    monkeypatch.undo()
    older = tmp_path / "older.whyflag"
    finish(Store.restore(backup.folder, older, PASSPHRASE, now=datetime.now(UTC)))
    with Store.open(older, PASSPHRASE) as store:
        assert store.transactions.count() == 2, "the older program opens what was backed up"
    Store.open(older, PASSPHRASE).close()


@pytest.mark.parametrize("version", range(1, NEXT - 1))
def test_store_of_every_earlier_schema_opens_after_a_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    """Upgrading from any version, and back: what the older program wrote is in the backup as it wrote it."""
    path = tmp_path / "cases.whyflag"
    monkeypatch.setattr(store_module, "shipped_migrations", lambda: SHIPPED[:version])
    with Store.create(path, PASSPHRASE, cost=CHEAP) as store:
        put(store, payments(2))
    monkeypatch.undo()
    with Store.open(path, PASSPHRASE) as store:
        assert schema_version(store.database) == NEXT - 1
        assert store.transactions.count() == 2
    [backup] = backups_of(path, tmp_path / "cases.whyflag.backups")
    assert backup.schema == version


def test_store_that_is_up_to_date_is_not_backed_up(tmp_path: Path) -> None:
    Store.open(old_store(tmp_path), PASSPHRASE).close()
    assert not (tmp_path / "cases.whyflag.backups").exists()


def test_failing_migration_leaves_the_store_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even the migrations before the one that fails are kept: older and newer program both know where they are."""
    path = old_store(tmp_path)
    with_migrations(monkeypatch, MORE, BROKEN)
    with pytest.raises(MigrationFailed, match=f"schema {NEXT - 1} to {NEXT + 1}") as failed:
        Store.open(path, PASSPHRASE)
    [backup] = backups_of(path, tmp_path / "cases.whyflag.backups")
    assert str(backup.folder) in failed.value.hint and "as it was" in failed.value.message
    monkeypatch.undo()
    with Store.open(path, PASSPHRASE) as store:
        assert schema_version(store.database) == NEXT - 1
        assert store.transactions.count() == 2
        with pytest.raises(duckdb.CatalogException):
            store.database.query("SELECT * FROM more")


def test_no_backup_no_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = old_store(tmp_path)
    (tmp_path / "cases.whyflag.backups").write_text("where the backup should go")
    with_migrations(monkeypatch, MORE)
    with pytest.raises(BackupFailed):
        Store.open(path, PASSPHRASE)
    monkeypatch.undo()
    with Store.open(path, PASSPHRASE) as store:
        assert schema_version(store.database) == NEXT - 1


def test_newer_store_is_refused_in_words_and_not_touched(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        store.database.execute("UPDATE meta SET value = '999' WHERE name = 'schema_version'")
    before = hashlib.sha256((tmp_path / "cases.whyflag").read_bytes()).digest()
    with pytest.raises(StoreTooNew, match=f"schema 999; this whyflag knows schemas up to {NEXT - 1}") as refused:
        Store.open(tmp_path / "cases.whyflag", PASSPHRASE)
    assert "newer whyflag" in refused.value.hint
    assert hashlib.sha256((tmp_path / "cases.whyflag").read_bytes()).digest() == before


def test_a_migration_is_applied_once(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        for _ in range(2):
            assert migrate(store.database, (*SHIPPED, MORE), "s") == NEXT
        assert store.database.query("SELECT n FROM more") == [(1,)]


def test_shipped_migrations_are_numbered_without_gap() -> None:
    assert [migration.version for migration in SHIPPED] == list(range(1, len(SHIPPED) + 1))
