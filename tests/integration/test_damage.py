"""A damaged store says what is lost and what is not, and offers its newest backup."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.errors import StoreDamaged
from domain.progress import finish
from domain.store import Store
from domain.store.damage import Examination
from tests.stores import PASSPHRASE, new_store

NOW = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)
ROWS = 400_000


def damaged_store(folder: Path, backed_up: bool = True) -> Path:
    """One table's rows, of which a page in the middle of the file was changed; three decisions since the backup."""
    with new_store(folder) as store:
        store.database.execute(
            f"""INSERT INTO transactions (transaction_id, occurred_at, customer_id, amount, import_id)
                SELECT 'T-' || range, TIMESTAMP '2026-01-01', md5(range::VARCHAR), range, 1 FROM range({ROWS})"""
        )
        if backed_up:
            finish(store.back_up(now=NOW))
        for number in range(3):
            store.audit.append("ann", "decide", f"A-{number}", {})
        path = store.path
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 64] = bytes(byte ^ 0x55 for byte in content[middle : middle + 64])
    path.write_bytes(content)
    return path


def examined(path: Path) -> Examination:
    with Store.open(path, PASSPHRASE) as store:
        return finish(store.examine())


def test_rows_around_a_changed_page_are_found_and_counted(tmp_path: Path) -> None:
    found = examined(damaged_store(tmp_path))
    assert not found.whole
    lost = {one.table: one.lost for one in found.tables if not one.whole}
    assert list(lost) == ["transactions"] and 0 < lost["transactions"] < ROWS, "one group of rows, and not all"
    assert found.audit == "", "the audit lies on other pages and still holds"
    assert found.newest is not None and found.since == (("backup", 1), ("decide", 3))


def test_reading_a_damaged_page_offers_the_newest_backup(tmp_path: Path) -> None:
    path = damaged_store(tmp_path)
    with Store.open(path, PASSPHRASE) as store, pytest.raises(StoreDamaged) as damaged:
        store.database.query("SELECT max(customer_id) FROM transactions")
    [folder] = (tmp_path / "cases.whyflag.backups").iterdir()
    assert f"whyflag restore {folder}" in damaged.value.hint and "400,000 transactions" in damaged.value.hint


@pytest.mark.parametrize("kept", [0, 100, 4096, 50_000])
def test_cut_off_store_offers_the_newest_backup_that_is_whole(tmp_path: Path, kept: int) -> None:
    path = damaged_store(tmp_path)
    [folder] = (tmp_path / "cases.whyflag.backups").iterdir()
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(StoreDamaged, match=r"cases\.whyflag") as damaged, Store.open(path, PASSPHRASE) as store:
        finish(store.examine())
        store.database.query("SELECT max(customer_id) FROM transactions")
    assert f"whyflag restore {folder}" in damaged.value.hint
    (folder / "cases.whyflag").write_bytes(b"a backup that is damaged, too")
    with pytest.raises(StoreDamaged) as damaged, Store.open(path, PASSPHRASE) as store:
        store.database.query("SELECT max(customer_id) FROM transactions")
    assert "No backup stands" in damaged.value.hint


def test_restored_backup_of_a_damaged_store_is_whole(tmp_path: Path) -> None:
    path = damaged_store(tmp_path)
    [folder] = (tmp_path / "cases.whyflag.backups").iterdir()
    finish(Store.restore(folder, path, PASSPHRASE, now=NOW, replace=True))
    assert examined(path).whole


def test_whole_store_is_told_so(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    found = examined(tmp_path / "cases.whyflag")
    assert found.whole and found.newest is None and found.since is None
