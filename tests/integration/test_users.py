"""Users of a store: each opens it with an own passphrase, no edit of a file gives a role, nothing goes unrecorded."""

import base64
import getpass
import hashlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from desktop.store_services import Parts, StoreServices
from domain.access.users import (
    add_user,
    change_passphrase,
    confirm,
    new_recovery_sheet,
    reset_passphrase,
    set_disabled,
    set_roles,
)
from domain.access.wrapping import derive
from domain.casework import add_note, attach, save_text
from domain.deciding import approve, contest, decide, set_policy
from domain.errors import (
    LockedOut,
    NotAllowed,
    RecoveryKeyWrong,
    StoreDamaged,
    StoreInUse,
    StoreWriteFailed,
    UnknownUser,
    UserExists,
    WrongPassphrase,
)
from domain.handling import claim, release, set_deadlines, snooze
from domain.intake import import_files
from domain.mapping import load_mapping
from domain.progress import finish
from domain.store import Store
from domain.store.backups import BackupPlan
from domain.store.database import Database
from domain.store.key import key_path, recover
from domain.store.key_file import KeyFile, write_key_file
from domain.store.migrations import migrate, shipped_migrations
from domain.store.opening import Limits, connect
from tests.reports import an_alert
from tests.stores import CHEAP, PASSPHRASE, new_store, payments, put

NOW = 1_800_000_000.0
ME = getpass.getuser()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path) as opened:
        add_user(opened, "ana", ["analyst"], "ana's first", now=NOW, cost=CHEAP)
        yield opened


def as_user(store: Store, user: str | None, passphrase: str, now: float = NOW) -> Store:
    """The same store, opened anew."""
    store.close()
    return Store.open(store.path, passphrase, user=user, now=now, cost=CHEAP)


def test_each_user_opens_the_same_store_with_an_own_passphrase(store: Store) -> None:
    put(store, payments(2))
    with as_user(store, "ana", "ana's first") as hers:
        assert (hers.person.name, hers.person.roles, hers.transactions.count()) == ("ana", ("analyst",), 2)
    with as_user(store, ME, PASSPHRASE) as mine:
        assert mine.person.roles == ("analyst", "administrator")


@pytest.mark.parametrize(("user", "passphrase"), [("ana", PASSPHRASE), (ME, "ana's first"), ("ana", "ana's firsT")])
def test_one_users_passphrase_is_not_anothers(store: Store, user: str, passphrase: str) -> None:
    with pytest.raises(WrongPassphrase, match=user):
        as_user(store, user, passphrase)


def test_the_login_is_who_opens_where_no_user_is_named(store: Store) -> None:
    with as_user(store, None, PASSPHRASE) as again:
        assert again.person.name == ME
    with pytest.raises(UnknownUser, match="Name one with --user"):
        as_user(store, "eve", PASSPHRASE)


def test_a_first_passphrase_reads_and_an_own_one_decides(store: Store) -> None:
    with as_user(store, "ana", "ana's first") as hers:
        assert hers.person.rights == {"read"}
        change_passphrase(hers, "ana's own", now=NOW, cost=CHEAP)
        assert "decide" in hers.person.rights
    with pytest.raises(WrongPassphrase):
        as_user(store, "ana", "ana's first")
    with as_user(store, "ana", "ana's own") as hers:
        assert "decide" in hers.person.rights


def test_only_an_administrator_manages_users(store: Store) -> None:
    with as_user(store, "ana", "ana's first") as hers:
        change_passphrase(hers, "ana's own", now=NOW, cost=CHEAP)
        for forbidden in (
            lambda: add_user(hers, "eve", ["administrator"], "x", now=NOW, cost=CHEAP),
            lambda: set_roles(hers, "ana", ["administrator"], now=NOW),
            lambda: set_disabled(hers, ME, True, now=NOW),
            lambda: reset_passphrase(hers, ME, "x", now=NOW, cost=CHEAP),
            lambda: new_recovery_sheet(hers, now=NOW),
        ):
            with pytest.raises(NotAllowed, match="administrator"):
                forbidden()


def test_an_auditor_is_refused_by_every_use_case_that_changes_or_takes_out_a_case(store: Store, tmp_path: Path) -> None:
    put(store, payments(2))
    store.alerts.replace_alerts([an_alert("T-1")])
    add_user(store, "eve", ["auditor"], "eve's first", now=NOW, cost=CHEAP)
    at = datetime(2026, 4, 1, tzinfo=UTC)
    with as_user(store, "eve", "eve's first") as hers:
        change_passphrase(hers, "eve's own", now=NOW, cost=CHEAP)
        alert, before = "A-T-1", hers.audit.head()
        who = {"actor": "eve"}
        for changing in (
            lambda: decide(hers, alert, "escalated", "", now=at, **who),
            lambda: approve(hers, alert, "", now=at),
            lambda: contest(hers, alert, "no", now=at),
            lambda: set_policy(hers, hers.proposals.policy()),
            lambda: claim(hers, [alert], now=at, **who),
            lambda: release(hers, [alert], **who),
            lambda: snooze(hers, [alert], None, now=at, **who),
            lambda: set_deadlines(hers, hers.handling.deadlines(), **who),
            lambda: add_note(hers, alert, "a note", now=at, **who),
            lambda: attach(hers, alert, key_path(hers.path), now=at, **who),
            lambda: save_text(hers, alert, "sar", "draft", "other", now=at, **who),
            lambda: finish(import_files(hers, [], load_mapping("whyflag"), **who)),
            lambda: finish(hers.back_up(now=at)),
            lambda: hers.plan_backups(BackupPlan(tmp_path)),
        ):
            with pytest.raises(NotAllowed, match="eve"):
                changing()
        assert hers.audit.head() == before


def test_names_are_one_whatever_their_case_and_visible(store: Store) -> None:
    with pytest.raises(UserExists):
        add_user(store, "ANA", ["analyst"], "x", now=NOW, cost=CHEAP)
    for name in ("", " ana", "two\nlines", "x" * 65, "e\u0301ve"):
        with pytest.raises(UnknownUser, match="no name"):
            add_user(store, name, ["analyst"], "x", now=NOW, cost=CHEAP)
    with pytest.raises(UnknownUser, match="no role"):
        add_user(store, "bo", ["king"], "x", now=NOW, cost=CHEAP)  # type: ignore[list-item]
    with pytest.raises(NotAllowed, match="auditor"):
        add_user(store, "bo", ["auditor", "analyst"], "x", now=NOW, cost=CHEAP)


def test_the_last_administrator_stays(store: Store) -> None:
    for change in (lambda: set_disabled(store, ME, True, now=NOW), lambda: set_roles(store, ME, ["analyst"], now=NOW)):
        with pytest.raises(UserExists, match="last administrator"):
            change()


def test_a_disabled_user_opens_nothing_until_enabled(store: Store) -> None:
    set_disabled(store, "ana", True, now=NOW)
    with pytest.raises(NotAllowed, match="disabled"):
        as_user(store, "ana", "ana's first")
    with as_user(store, ME, PASSPHRASE) as mine:
        set_disabled(mine, "ana", False, now=NOW)
    as_user(store, "ana", "ana's first").close()


def test_wrong_passphrases_bring_a_growing_pause_that_a_reset_ends_and_the_audit_tells(store: Store) -> None:
    for _ in range(4):
        with pytest.raises(WrongPassphrase):
            as_user(store, "ana", "guess")
    with pytest.raises(LockedOut, match=r"4 wrong passphrases were given for ana\. Wait 5 seconds"):
        as_user(store, "ana", "ana's first")
    with as_user(store, ME, PASSPHRASE) as other:
        assert other.person.name == ME, "another user is not held up"
    with as_user(store, "ana", "ana's first", now=NOW + 5) as hers:
        told = hers.audit.of("ana")[-1]
        assert (told.action, told.details) == ("wrong_passphrase", '{"times":4}')
    as_user(store, "ana", "ana's first").close()


def test_a_try_is_counted_before_it_is_made(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever kills the program while it derives the key has used up a try."""

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("domain.store.key.unwrap", killed)
    with pytest.raises(KeyboardInterrupt):
        as_user(store, "ana", "guess")
    content = json.loads(key_path(store.path).read_text())
    assert content["users"][1]["attempts"] == {"failed": 1, "last": NOW}


@pytest.mark.parametrize(
    "change",
    [
        {"roles": ["analyst", "administrator"]},
        {"temporary": False},
        {"identity": "somebody else"},
        {"name": "anna"},
    ],
)
def test_nobody_gets_a_role_by_editing_the_key_file(store: Store, change: dict[str, object]) -> None:
    store.close()
    path = key_path(store.path)
    content = json.loads(path.read_text())
    content["users"][1] |= change
    path.write_text(json.dumps(content))
    with pytest.raises((StoreDamaged, WrongPassphrase)):
        as_user(store, content["users"][1]["name"], "ana's first")
    with pytest.raises(StoreDamaged, match="changed outside whyflag"):
        as_user(store, ME, PASSPHRASE)


def test_an_older_key_file_brings_no_right_back(store: Store) -> None:
    path = key_path(store.path)
    former = path.read_text()
    set_disabled(store, "ana", True, now=NOW)
    store.close()
    path.write_text(former)
    with pytest.raises(StoreDamaged, match="older than the store's users"):
        as_user(store, "ana", "ana's first")


def test_the_key_file_is_its_owners_alone_and_holds_no_secret(store: Store) -> None:
    sheet = new_recovery_sheet(store, now=NOW)
    path = key_path(store.path)
    assert path.stat().st_mode & 0o777 == 0o600
    text = path.read_text()
    for secret in (PASSPHRASE, "ana's first", sheet, sheet.replace("-", "")):
        assert secret not in text
        assert all(secret not in entry.details for entry in store.audit.entries())
    assert [entry.name for entry in path.parent.iterdir() if entry.name.endswith(".new")] == []


def test_every_change_of_users_is_in_the_audit_with_before_and_after(store: Store) -> None:
    set_roles(store, "ana", ["approver"], now=NOW)
    reset_passphrase(store, "ana", "second", now=NOW, cost=CHEAP)
    set_disabled(store, "ana", True, now=NOW)
    told = [(entry.action, entry.actor, json.loads(entry.details)) for entry in store.audit.of("ana")]
    assert told == [
        ("add_user", ME, {"after": "analyst", "identity": "ana"}),
        ("roles", ME, {"before": "analyst", "after": "approver"}),
        ("passphrase", ME, {"temporary": True}),
        ("disable_user", ME, {"before": False, "after": True}),
    ]
    assert store.audit.verify() == 4


def test_a_change_whose_file_cannot_be_written_leaves_no_entry(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("domain.store.access.write_key_file", full)
    with pytest.raises(StoreWriteFailed, match="No space"):
        set_disabled(store, "ana", True, now=NOW)
    assert store.audit.verify() == 1
    assert not store.access.file.slot("ana").person.disabled  # type: ignore[union-attr]


def test_a_change_that_a_kill_left_unrecorded_is_recorded_at_the_next_opening(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(path: Path, file: KeyFile) -> None:
        write_key_file(path, file)
        raise KeyboardInterrupt

    monkeypatch.setattr("domain.store.access.write_key_file", killed)
    with pytest.raises(KeyboardInterrupt):
        set_disabled(store, "ana", True, now=NOW)
    monkeypatch.undo()
    with as_user(store, ME, PASSPHRASE) as again:
        last = again.audit.entries()[-1]
        assert (last.action, json.loads(last.details)) == ("users", {"after": "disable_user ana"})


def test_the_newest_recovery_sheet_opens_for_an_administrator_and_is_told(store: Store) -> None:
    former, sheet = new_recovery_sheet(store, now=NOW), new_recovery_sheet(store, now=NOW)
    store.close()
    path = key_path(store.path)
    with pytest.raises(RecoveryKeyWrong, match="Only the newest"):
        recover(path, former, ME, "found again", NOW, CHEAP)
    with pytest.raises(UnknownUser, match="no administrator"):
        recover(path, sheet, "ana", "found again", NOW, CHEAP)
    recover(path, sheet, ME, "found again", NOW, CHEAP)
    with pytest.raises(WrongPassphrase):
        as_user(store, ME, PASSPHRASE)
    with as_user(store, ME, "found again") as mine:
        told = [json.loads(entry.details) for entry in mine.audit.entries()[-2:]]
        assert told == [{"after": f"recovered {ME} by the recovery sheet"}, {"times": 1}]


def test_a_former_recovery_sheet_with_the_key_file_of_its_day_opens_nothing(store: Store) -> None:
    """As a backup holds that file: the former sheet fits it, but the store knows that a newer one was made."""
    path = key_path(store.path)
    former = new_recovery_sheet(store, now=NOW)
    of_its_day = path.read_text()
    newest = new_recovery_sheet(store, now=NOW)
    store.close()
    now_standing = path.read_text()
    path.write_text(of_its_day)
    recover(path, former, ME, "found again", NOW + 9e8, CHEAP)
    with pytest.raises(StoreDamaged, match="former sheet"):
        as_user(store, ME, "found again", now=NOW + 9e8)
    path.write_text(now_standing)
    recover(path, newest, ME, "found again", NOW + 9e8, CHEAP)
    as_user(store, ME, "found again", now=NOW + 9e8).close()


def test_nobody_recovers_beside_an_open_store(store: Store) -> None:
    """The open store would write its own users over the recovered one."""
    sheet = new_recovery_sheet(store, now=NOW)
    with pytest.raises(StoreInUse):
        recover(key_path(store.path), sheet, ME, "found again", NOW, CHEAP)


def test_a_key_file_with_one_passphrase_becomes_a_user_who_decides_and_administers(tmp_path: Path) -> None:
    """The format of the first whyflag: the store's key itself was derived from the passphrase."""
    store = old_store(tmp_path)
    with pytest.raises(WrongPassphrase):
        Store.open(store, "another", cost=CHEAP)
    with Store.open(store, PASSPHRASE, cost=CHEAP) as opened:
        assert opened.person.name == ME
        assert opened.person.roles == ("analyst", "administrator")
        assert opened.transactions.count() == 3
    assert json.loads(key_path(store).read_text())["format"] == 2
    with Store.open(store, PASSPHRASE) as again:
        assert again.audit.verify() == 0
    with pytest.raises(WrongPassphrase):
        Store.open(store, "another")


def old_store(folder: Path) -> Path:
    """A store whose key file has the first format."""
    salt = os.urandom(16)
    derived = derive(PASSPHRASE, salt, CHEAP, 64)
    path = folder / "old.duckdb"
    key = base64.b64encode(derived[:32]).decode()
    database = Database(connect(path, key, folder / "old.duckdb.spill", Limits()), "old")
    migrate(database, shipped_migrations(), "old")
    database.execute(
        """INSERT INTO transactions (transaction_id, occurred_at, customer_id, amount, import_id)
           SELECT 'T-' || range, TIMESTAMP '2026-01-01', 'C-1', 1, 1 FROM range(3)"""
    )
    database.close()
    content = {
        "format": 1, "kdf": "argon2id", "memory_kib": 64, "passes": 1, "lanes": 1, "salt": salt.hex(),
        "check": hashlib.sha256(derived[32:]).hexdigest(),
    }  # fmt: skip
    key_path(path).write_text(json.dumps(content))
    return path


def test_whoever_confirms_gives_the_own_passphrase_and_wrong_ones_count(store: Store) -> None:
    with as_user(store, ME, PASSPHRASE) as mine:
        confirm(mine, PASSPHRASE, now=NOW)
        for _ in range(4):
            with pytest.raises(WrongPassphrase):
                confirm(mine, "ana's first", now=NOW)
        with pytest.raises(LockedOut, match="Wait 5 seconds"):
            confirm(mine, PASSPHRASE, now=NOW)
        set_disabled(mine, "ana", True, now=NOW)
        with pytest.raises(LockedOut):
            confirm(mine, PASSPHRASE, now=NOW)
    with pytest.raises(LockedOut):
        as_user(store, ME, PASSPHRASE)
    with as_user(store, ME, PASSPHRASE, now=NOW + 5) as mine:
        confirm(mine, PASSPHRASE, now=NOW + 5)


def test_no_user_is_changed_in_an_open_window_without_the_own_passphrase(store: Store) -> None:
    window = StoreServices(store, cast(Parts, None))  # of its parts, users need none
    before, head = key_path(store.path).read_text(), store.audit.head()
    for change in (
        lambda: window.change_passphrase("guess", "eve's"),
        lambda: window.add_user("guess", "eve", "", ("administrator",), "eve's"),
        lambda: window.set_roles("guess", "ana", ("administrator",)),
        lambda: window.reset_passphrase("guess", "ana", "eve's"),
        lambda: window.set_disabled("guess", "ana", True),
        lambda: window.new_recovery_sheet("guess"),
    ):
        with pytest.raises((WrongPassphrase, LockedOut)):
            change()
    assert store.audit.head() == head
    assert json.loads(key_path(store.path).read_text())["seal"] == json.loads(before)["seal"]
