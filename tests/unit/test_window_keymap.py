"""Which key means what: defaults, what a person chose, and what is refused."""

import pytest

from desktop.support.actions import CASE, EVERYWHERE, QUEUE, Action, Keymap
from domain.errors import KeyTaken


def action(id_: str, scope: str, *keys: str, fixed: bool = False) -> Action:
    return Action(id_, f"&Do {id_}…", lambda: None, scope, keys, fixed=fixed)


def keymap(**chosen: tuple[str, ...]) -> Keymap:
    made = Keymap(chosen)
    for given in (
        action("undo", EVERYWHERE, "Ctrl+Z"),
        action("down", QUEUE, "J"),
        action("evidence", CASE, "J"),
        action("note", CASE, "T"),
        action("show", QUEUE, "Return", fixed=True),
    ):
        made.add(given)
    return made


def test_one_key_may_mean_two_things_in_two_places() -> None:
    keys = keymap()
    assert keys.keys("down") == keys.keys("evidence") == ("J",)
    keys.choose("note", ["N"])
    assert keys.shown("note") == "N"
    assert keys.chosen == {"note": ("N",)}


@pytest.mark.parametrize("key", ["j", "Ctrl+Z"])
def test_a_key_that_means_something_there_is_refused_with_its_name(key: str) -> None:
    keys = keymap()
    with pytest.raises(KeyTaken, match=r"already means “Do (evidence|undo)”"):
        keys.choose("note", [key])
    assert keys.keys("note") == ("T",)


def test_a_key_of_everywhere_must_be_free_everywhere() -> None:
    with pytest.raises(KeyTaken, match="Do note"):
        keymap().choose("undo", ["T"])


def test_a_fixed_key_stays() -> None:
    with pytest.raises(KeyTaken, match="cannot be changed"):
        keymap().choose("show", ["X"])


def test_a_key_can_be_taken_away_and_given_back() -> None:
    keys = keymap()
    keys.choose("note", [])
    assert keys.shown("note") == ""
    keys.choose("evidence", ["T"])
    with pytest.raises(KeyTaken):
        keys.reset("note")
    keys.reset("evidence")
    keys.reset("note")
    assert keys.chosen == {}


def test_a_file_written_by_hand_never_makes_a_key_mean_two_things() -> None:
    keys = keymap(note=("J",), down=("Ctrl+Z",), gone=("F9",), undo=("no key at all",))
    assert keys.keys("note") == ("T",)
    assert keys.keys("down") == ("J",)
    assert keys.keys("undo") == ("Ctrl+Z",)
    assert keys.chosen == {"gone": ("F9",)}
