"""Backups: encrypted, proved by a test restore, rotated; taken back whole; nothing lost by a restore that fails."""

import getpass
import json
import os
import shutil
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop.daily_backup import back_up_if_due, backup_check
from desktop.observing import Observer
from domain.access.users import add_user, change_passphrase
from domain.errors import (
    BackupFailed,
    BackupUnusable,
    Cancelled,
    NotAllowed,
    StoreExists,
    StoreInUse,
    StoreWriteFailed,
    WrongPassphrase,
)
from domain.progress import finish
from domain.store import Store
from domain.store.backups import (
    Backup,
    BackupPlan,
    backups_of,
    due,
    making,
    read_manifest,
    read_plan,
    spare,
    write_plan,
)
from tests.stores import CHEAP, PASSPHRASE, new_store, payments, put

NOW = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)
CANARY = "CANARY-51b0c7"
ME = getpass.getuser()


def backed_up(folder: Path, rows: int = 3) -> Backup:
    with new_store(folder) as store:
        put(store, payments(rows, customer=CANARY))
        return finish(store.back_up(now=NOW))


def restore(backup: Backup, path: Path, passphrase: str = PASSPHRASE, replace: bool = False) -> Backup:
    return finish(Store.restore(backup.folder, path, passphrase, now=NOW, replace=replace))


def test_backup_comes_back_with_every_row_and_an_audit_of_both(tmp_path: Path) -> None:
    made = backed_up(tmp_path)
    with Store.open(tmp_path / "cases.whyflag", PASSPHRASE) as store:
        assert [entry.action for entry in store.audit.entries()] == ["backup"]
    restore(made, tmp_path / "elsewhere" / "again.whyflag")
    with Store.open(tmp_path / "elsewhere" / "again.whyflag", PASSPHRASE) as store:
        assert store.transactions.get(["T-0", "T-1", "T-2"]) == payments(3, customer=CANARY)
        assert store.audit.verify() == 1
        [entry] = store.audit.entries()
        assert (entry.action, entry.actor, entry.subject) == ("restore", ME, str(made.folder))
    beside = sorted(file.name for file in (tmp_path / "elsewhere").iterdir())
    assert beside == ["again.whyflag", "again.whyflag.head", "again.whyflag.key", "again.whyflag.lock"]


def test_backup_is_as_encrypted_and_private_as_the_store(tmp_path: Path) -> None:
    os.umask(0o022)
    made = backed_up(tmp_path)
    for path in (made.folder.parent, made.folder, *made.folder.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
        assert path.is_dir() or CANARY.encode() not in path.read_bytes()
    assert json.loads((made.folder / "backup.json").read_text())["entries"] == 0


def test_what_is_written_while_a_backup_is_proved_is_kept_in_the_store(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        put(store, payments(1))
        work = store.back_up(now=NOW)
        while next(work).step != "reading the copy back":
            pass
        store.narratives.put("key", "while it is proved")
        made = finish(work)
    assert dict(made.counts)["narratives"] == 0
    with Store.open(tmp_path / "cases.whyflag", PASSPHRASE) as store:
        assert store.narratives.get("key") == "while it is proved"


def test_store_that_is_closed_while_its_backup_is_proved_leaves_a_whole_backup(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        work = store.back_up(now=NOW)
        while next(work).step != "reading the copy back":
            pass
        store.close()
        with pytest.raises(Cancelled, match="stands"):
            finish(work)
    [made] = backups_of(store.path, tmp_path / "cases.whyflag.backups")
    restore(made, tmp_path / "again")


def test_wrong_passphrase_takes_nothing_back(tmp_path: Path) -> None:
    made = backed_up(tmp_path)
    with pytest.raises(WrongPassphrase):
        restore(made, tmp_path / "again" / "s", "another")
    assert not (tmp_path / "again").exists()


def test_standing_store_is_replaced_only_when_told_and_kept_aside(tmp_path: Path) -> None:
    made, path = backed_up(tmp_path), tmp_path / "cases.whyflag"
    with Store.open(path, PASSPHRASE) as store:
        store.narratives.put("newer", "than the backup")
    with pytest.raises(StoreExists, match="cases"):
        restore(made, path)
    with Store.open(path, PASSPHRASE), pytest.raises(StoreInUse):
        restore(made, path, replace=True)
    restore(made, path, replace=True)
    with Store.open(path, PASSPHRASE) as store:
        assert store.narratives.get("newer") is None
    [aside] = [file for file in tmp_path.glob("*.replaced-*") if file.suffix not in (".key", ".head")]
    with Store.open(aside, PASSPHRASE) as store:
        assert store.narratives.get("newer") == "than the backup"


def test_a_restore_tells_what_it_takes_out_of_sight(tmp_path: Path) -> None:
    """Going back to an older backup is no way to hide a decision: the audit names the head of what was replaced."""
    made, path = backed_up(tmp_path), tmp_path / "cases.whyflag"
    with Store.open(path, PASSPHRASE) as store:
        store.audit.append(ME, "decide", "A-1", {})
        replaced = store.audit.head()
    restore(made, path, replace=True)
    with Store.open(path, PASSPHRASE) as store:
        [entry] = [entry for entry in store.audit.entries() if entry.action == "restore"]
    told = json.loads(entry.details)
    assert (told["entries"], told["entries_before"], told["head_before"]) == (0, 2, replaced)


def test_only_an_administrator_takes_a_backup_back_or_plans_them_and_an_auditor_makes_none(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        for name, role in (("ana", "analyst"), ("eve", "auditor")):
            add_user(store, name, [role], name, now=1.8e9, cost=CHEAP)  # type: ignore[list-item]
    for name in ("ana", "eve"):
        with Store.open(tmp_path / "cases.whyflag", name, user=name) as hers:
            change_passphrase(hers, f"{name}'s own", now=1.8e9, cost=CHEAP)
            with pytest.raises(NotAllowed, match="manage users and policy"):
                hers.plan_backups(BackupPlan(tmp_path / "b"))
            if name == "ana":
                made = finish(hers.back_up(now=NOW))
            else:
                with pytest.raises(NotAllowed, match="back the store up"):
                    finish(hers.back_up(now=NOW))
    with pytest.raises(NotAllowed, match="take a backup back"):
        finish(Store.restore(made.folder, tmp_path / "again", "ana's own", now=NOW, user="ana"))
    assert not (tmp_path / "again").exists()
    restored = finish(Store.restore(made.folder, tmp_path / "again", PASSPHRASE, now=NOW, user=ME))
    assert restored.folder == made.folder


def test_a_backup_that_is_exchanged_while_it_is_copied_is_not_taken(tmp_path: Path) -> None:
    made = backed_up(tmp_path)
    work = Store.restore(made.folder, tmp_path / "again", PASSPHRASE, now=NOW)
    while next(work).step != "copying the backup":
        pass
    content = json.loads(made.key_file.read_text())
    content["users"][0]["attempts"]["failed"] = 1
    made.key_file.write_text(json.dumps(content))
    with pytest.raises(BackupUnusable, match="changed while it was copied"):
        finish(work)
    assert not (tmp_path / "again").exists()


def test_a_link_laid_where_a_copy_goes_is_not_followed(tmp_path: Path) -> None:
    made, victim = backed_up(tmp_path), tmp_path / "victim"
    victim.write_text("untouched")
    with pytest.raises(FileExistsError):
        (tmp_path / "link").symlink_to(victim)
        making.durable_copy(made.data, tmp_path / "link")
    (tmp_path / "plan.backup.toml.new").symlink_to(victim)
    write_plan(tmp_path / "plan", BackupPlan(tmp_path))
    assert victim.read_text() == "untouched"
    assert read_plan(tmp_path / "plan") == BackupPlan(tmp_path)


def test_log_of_a_killed_store_goes_aside_with_it_and_not_into_the_restored_one(tmp_path: Path) -> None:
    made, path = backed_up(tmp_path), tmp_path / "cases.whyflag"
    wal = path.with_name("cases.whyflag.wal")
    wal.write_bytes(b"a log of the store that is replaced")
    restore(made, path, replace=True)
    assert not wal.exists()
    [aside] = tmp_path.glob("*.replaced-*.wal")
    assert aside.read_bytes().startswith(b"a log of")
    Store.open(path, PASSPHRASE).close()


def test_restore_that_was_killed_between_its_renames_goes_through_when_given_again(tmp_path: Path) -> None:
    made, path = backed_up(tmp_path), tmp_path / "again.whyflag"
    shutil.copyfile(made.key_file, path.with_name("again.whyflag.key"))
    path.with_name("again.whyflag.restoring").write_bytes(b"half")
    restore(made, path)
    Store.open(path, PASSPHRASE).close()


@pytest.mark.parametrize("file", ["cases.whyflag", "cases.whyflag.key", "backup.json"])
def test_changed_or_missing_file_of_a_backup_is_named(tmp_path: Path, file: str) -> None:
    made = backed_up(tmp_path)
    content = bytearray((made.folder / file).read_bytes())
    content[len(content) // 2] ^= 1
    (made.folder / file).write_bytes(content)
    with pytest.raises(BackupUnusable, match=str(made.folder)):
        restore(made, tmp_path / "again")
    (made.folder / file).unlink()
    with pytest.raises(BackupUnusable, match=str(made.folder)):
        restore(made, tmp_path / "again")


def test_forged_manifest_does_not_hold_under_the_stores_key(tmp_path: Path) -> None:
    """Whoever has the files and no passphrase can make the sums fit, but not the seal."""
    made = backed_up(tmp_path)
    path = made.folder / "backup.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"entries": 7}))
    with pytest.raises(BackupUnusable, match="seal"):
        restore(made, tmp_path / "again")


def test_copy_that_fails_its_test_restore_is_no_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def badly(source: Path, target: Path) -> None:
        content = bytearray(source.read_bytes())
        if target.suffix != ".key":
            for at in range(len(content) // 2, len(content), 4096):
                content[at] ^= 1
        target.write_bytes(content)

    monkeypatch.setattr(making, "durable_copy", badly)
    with new_store(tmp_path) as store:
        store.database.execute(
            """INSERT INTO transactions (transaction_id, occurred_at, customer_id, amount, import_id)
               SELECT range, TIMESTAMP '2026-01-01', md5(range::VARCHAR), 1, 1 FROM range(50000)"""
        )
        with pytest.raises(BackupFailed, match="test"):
            finish(store.back_up(now=NOW))
        assert store.audit.verify() == 0, "the audit tells of no backup that does not stand"
    assert list((tmp_path / "cases.whyflag.backups").iterdir()) == []


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with new_store(tmp_path) as store, pytest.raises(BackupFailed, match="file"):
        finish(store.back_up(tmp_path / "file", now=NOW))


def test_restore_into_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    made = backed_up(tmp_path)
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreWriteFailed, match="file"):
        restore(made, tmp_path / "file" / "store")


def a_backup(at: datetime, schema: int = 3) -> Backup:
    return Backup(Path(f"/b/{at.isoformat()}"), "/s", at, schema, (), 0, "", ())


def test_rotation_keeps_the_newest_of_each_day_and_week() -> None:
    hours = [a_backup(NOW - timedelta(hours=8 * number)) for number in range(3 * 60)]
    kept = set(hours) - set(spare(hours, BackupPlan(Path("/b"), daily=7, weekly=4)))
    days = {backup.created_at.date() for backup in kept}
    assert len(kept) == len(days), "one a day at most"
    assert {NOW.date() - timedelta(days=number) for number in range(7)} <= days
    assert {backup.created_at.isocalendar()[1] for backup in kept} >= {48, 47, 46, 45}
    assert len(kept) == 7 + 2, "the last four weeks end within the seven days in two cases"


def test_rotation_never_takes_the_newest() -> None:
    assert spare([a_backup(NOW)], BackupPlan(Path("/b"), daily=0, weekly=0)) == ()


def test_rotation_keeps_the_last_backup_before_each_migration() -> None:
    old = [a_backup(NOW - timedelta(days=100 + days), schema=2) for days in range(3)]
    assert spare([*old, a_backup(NOW)], BackupPlan(Path("/b"), daily=1, weekly=0)) == tuple(old[1:])


def test_backup_is_due_after_a_day() -> None:
    assert due([], NOW)
    assert due([a_backup(NOW - timedelta(hours=24))], NOW)
    assert not due([a_backup(NOW - timedelta(hours=23)), a_backup(NOW - timedelta(days=9))], NOW)


def test_plan_rotates_own_backups_only(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    plan = BackupPlan(tmp_path / "b", daily=1, weekly=0)
    with new_store(tmp_path) as store, new_store(tmp_path / "other") as other:
        write_plan(store.path, plan)
        assert read_plan(store.path) == plan
        foreign = finish(other.back_up(plan.folder, now=NOW - timedelta(days=3)))
        for days in (2, 1, 0):
            last = finish(store.back_up(now=NOW - timedelta(days=days)))
        assert backups_of(store.path, plan.folder) == (last,)
    assert read_manifest(foreign.folder) == foreign


def test_broken_plan_is_no_plan(tmp_path: Path) -> None:
    (tmp_path / "s.backup.toml").write_text("folder = 3")
    assert read_plan(tmp_path / "s") is None


def test_window_backs_up_once_a_day_where_there_is_a_plan(tmp_path: Path) -> None:
    observer = Observer()
    with new_store(tmp_path) as store:
        back_up_if_due(store, observer, NOW)
        assert "no daily one is planned" in backup_check(store.path, NOW).found, "without a plan nothing is made"
        write_plan(store.path, BackupPlan(tmp_path / "b"))
        assert not backup_check(store.path, NOW).passed
        for hours in (0, 1, 23, 25):
            back_up_if_due(store, observer, NOW + timedelta(hours=hours))
        assert [one.created_at for one in backups_of(store.path, tmp_path / "b")] == [NOW + timedelta(hours=25), NOW]
        assert backup_check(store.path, NOW + timedelta(hours=26)).passed
        assert not backup_check(store.path, NOW + timedelta(days=4)).passed


def test_daily_backup_that_fails_does_not_stop_the_window(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with new_store(tmp_path) as store:
        write_plan(store.path, BackupPlan(tmp_path / "file"))
        back_up_if_due(store, Observer(), NOW)
        assert backup_check(store.path, NOW).hint
