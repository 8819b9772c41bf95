"""Rights, the pause after wrong passphrases, and the wrapping of keys: no store, no clock."""

from typing import get_args

import pytest

from domain.access.lockout import FREE, LONGEST, Attempts
from domain.access.roles import RIGHT_WORDS, RIGHTS, ROLES, Person, Right, require
from domain.access.wrapping import KeyCost, new_recovery_key, recovery_key, recovery_text, unwrap, wrap
from domain.errors import NotAllowed, RecoveryKeyWrong, WrongPassphrase

CHEAP = KeyCost(memory_kib=64, passes=1, lanes=1)
KEY = bytes(range(32))


def test_an_auditor_changes_nothing() -> None:
    assert RIGHTS["auditor"] == {"read", "report"}


def test_whoever_decides_does_not_approve_nor_administer_and_the_other_way_round() -> None:
    for right in ("decide", "approve", "administer"):
        assert sum(right in RIGHTS[role] for role in ROLES) == 1


def test_every_right_has_its_words_and_somebody_holds_it() -> None:
    assert set(RIGHT_WORDS) == set(get_args(Right)) == frozenset().union(*RIGHTS.values())


def test_a_refusal_names_the_person_the_right_and_who_holds_it() -> None:
    with pytest.raises(NotAllowed, match=r"bo \(auditor\) may not decide alerts. Ask an analyst"):
        require(Person("bo", ("auditor",)), "decide")


def test_somebody_elses_passphrase_allows_reading_only_and_says_the_way_out() -> None:
    newcomer = Person("bo", ("approver",), temporary=True)
    require(newcomer, "read")
    with pytest.raises(NotAllowed, match="user passwd"):
        require(newcomer, "approve")
    assert not Person("bo", ("approver",), disabled=True).rights


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (Person("ana", ("analyst",)), Person("ANA", ("approver",)), True),
        (Person("ana", ("analyst",)), Person("ana-2", ("approver",), identity="Ana"), True),
        (Person("a1", ("analyst",), identity="4711"), Person("a2", ("approver",), identity="4711"), True),
        (Person("ana", ("analyst",)), Person("bo", ("approver",)), False),
    ],
)
def test_two_users_of_one_human_are_one(first: Person, second: Person, same: bool) -> None:
    assert first.is_same_human(second) is second.is_same_human(first) is same


def test_the_pause_begins_after_a_few_tries_and_doubles_up_to_its_limit() -> None:
    attempts, pauses = Attempts(), []
    for _ in range(20):
        attempts = attempts.one_more(now=1000.0)
        pauses.append(attempts.wait(now=1000.0).total_seconds())
    assert pauses[:FREE] == [0.0] * FREE
    assert pauses[FREE : FREE + 3] == [5.0, 10.0, 20.0]
    assert pauses == sorted(pauses) and pauses[-1] == LONGEST


def test_the_pause_ends_with_time_and_a_clock_set_back_shortens_nothing() -> None:
    attempts = Attempts(failed=FREE + 2, last=1000.0)
    assert attempts.wait(1009.0).total_seconds() == 1.0
    assert not attempts.wait(1010.0)
    assert attempts.wait(500.0).total_seconds() == 10.0, "one whole pause, never more"
    assert attempts.one_more(now=900.0).last == 1000.0


def test_only_its_own_passphrase_and_user_unwrap_a_key() -> None:
    wrapped = wrap(KEY, "größer", CHEAP, b"ana")
    assert unwrap(wrapped, "gro\u0308ßer", b"ana") == KEY, "composed or not, it is one passphrase"
    assert unwrap(wrapped, "grosser", b"ana") is None
    assert unwrap(wrapped, "größer", b"bo") is None, "a box moved to another user"
    assert wrap(KEY, "größer", CHEAP, b"ana").box != wrapped.box
    with pytest.raises(WrongPassphrase):
        wrap(KEY, "", CHEAP, b"ana")


def test_a_recovery_key_is_read_as_a_person_types_it() -> None:
    key = new_recovery_key()
    text = recovery_text(key)
    assert recovery_key(text) == recovery_key(f"  {text.lower().replace('-', ' ')}\n") == key
    assert all(len(group) == 4 for group in text.split("-"))


def test_a_mistyped_recovery_key_is_told_from_a_wrong_one() -> None:
    text = recovery_text(KEY)
    swapped = "-".join([text.split("-")[1], text.split("-")[0], *text.split("-")[2:]])
    for typed in (swapped, text[:-1], "", "ümlaut", text + "A"):
        with pytest.raises(RecoveryKeyWrong, match="mistyped"):
            recovery_key(typed)
