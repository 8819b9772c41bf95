"""What a decision needs: reason codes, a note, a second person. Read from TOML, kept in the store."""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from importlib.resources import files
from math import isfinite
from pathlib import Path
from typing import Any, get_args

from domain.errors import InvalidDecision, PolicyInvalid
from domain.review import DISPOSITIONS, Disposition
from domain.scoring import Band

NOTE_LIMIT = 10_000
MOST_REASONS = 8
LONGEST_IDLE = 480
SEE = "See resources/decisions/strict.toml."


@dataclass(frozen=True, slots=True)
class FourEyesRule:
    """Asks for a second person where all its conditions hold; an empty one always does."""

    dispositions: tuple[Disposition, ...] = ()
    bands: tuple[Band, ...] = ()
    amount_from: float = 0.0

    def asks(self, disposition: Disposition, band: Band, amount: float) -> bool:
        return (
            (not self.dispositions or disposition in self.dispositions)
            and (not self.bands or band in self.bands)
            and amount >= self.amount_from
        )


@dataclass(frozen=True, slots=True)
class DecisionPolicy:
    """`blind`: the second person gives an own view before the first one's is shown. `lock_minutes`: 0 for never."""

    note_for: tuple[Disposition, ...] = ()
    shortest_note: int = 3
    reasons_for: tuple[Disposition, ...] = ()
    blind: bool = True
    contested: bool = True
    lock_minutes: int = 10
    four_eyes: tuple[FourEyesRule, ...] = ()

    def asks_second(self, disposition: Disposition, band: Band, amount: float, *, contested: bool) -> bool:
        if contested and self.contested and self.four_eyes:
            return True
        return any(rule.asks(disposition, band, amount) for rule in self.four_eyes)

    def check(self, alert_id: str, disposition: Disposition, note: str, reasons: tuple[str, ...]) -> None:
        """Raises InvalidDecision with what is missing."""
        if disposition not in DISPOSITIONS:
            raise InvalidDecision(f"{disposition!r} is no disposition.", f"Choose one of {', '.join(DISPOSITIONS)}.")
        check_note(alert_id, note)
        known = reason_codes()[disposition]
        wrong = [reason for reason in reasons if reason not in known]
        words = disposition.replace("_", " ")
        if wrong or len(reasons) > MOST_REASONS:
            raise InvalidDecision(
                f"{', '.join(wrong) or 'So many reasons'} cannot stand beside {words}.",
                f"Choose some of {', '.join(known)}.",
            )
        if disposition in self.reasons_for and not reasons:
            raise InvalidDecision(f"{words.capitalize()} needs a reason.", f"Choose one of {', '.join(known)}.")
        if disposition in self.note_for and len(note.strip()) < self.shortest_note:
            raise InvalidDecision(
                f"{words.capitalize()} needs a note.", f"Write at least {self.shortest_note} characters."
            )


def check_note(alert_id: str, note: str) -> None:
    if len(note) > NOTE_LIMIT:
        raise InvalidDecision(f"The note on {alert_id} has {len(note):,} characters.", f"Use at most {NOTE_LIMIT:,}.")


@cache
def reason_codes() -> Mapping[Disposition, Mapping[str, str]]:
    """The shipped codes and their words, by disposition."""
    content = tomllib.loads(_shipped("reasons").read_text("utf-8"))
    return {disposition: dict(content[disposition]) for disposition in DISPOSITIONS}


def load_policy(name: str) -> DecisionPolicy:
    """A shipped policy by its name, or a file. Raises PolicyInvalid naming the key."""
    path = _shipped(name) if name in ("standard", "strict") else Path(name)
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyInvalid(f"{path} is no policy: {error}.", SEE) from error
    return policy_of(content, str(path))


def policy_of(content: Mapping[str, Any], source: str) -> DecisionPolicy:
    """Raises PolicyInvalid naming the key."""
    known = {field.name for field in fields(DecisionPolicy)}
    for key in content:
        if key not in known:
            raise PolicyInvalid(f"{source} has the unknown key {key!r}.", f"Known: {', '.join(sorted(known))}.")
    rules = content.get("four_eyes", [])
    if not isinstance(rules, list | tuple) or not all(isinstance(rule, dict) for rule in rules):
        raise PolicyInvalid(f"{source}: `four_eyes` is no list of rules.", "Write [[four_eyes]].")
    return DecisionPolicy(
        note_for=_some(content, "note_for", DISPOSITIONS, source),
        shortest_note=_whole(content, "shortest_note", 1, 1000, 3, source),
        reasons_for=_some(content, "reasons_for", DISPOSITIONS, source),
        blind=_truth(content, "blind", source),
        contested=_truth(content, "contested", source),
        lock_minutes=_whole(content, "lock_minutes", 0, LONGEST_IDLE, 10, source),
        four_eyes=tuple(_rule(rule, f"{source}, [[four_eyes]] {number}") for number, rule in enumerate(rules, 1)),
    )


def policy_document(policy: DecisionPolicy) -> dict[str, Any]:
    return asdict(policy)


def _rule(rule: Mapping[str, Any], source: str) -> FourEyesRule:
    for key in rule:
        if key not in ("dispositions", "bands", "amount_from"):
            raise PolicyInvalid(f"{source} has the unknown key {key!r}.", SEE)
    amount = rule.get("amount_from", 0.0)
    if type(amount) not in (int, float) or not isfinite(amount) or amount < 0:
        raise PolicyInvalid(f"{source}: `amount_from` is {amount!r}.", "Write an amount of 0 or more.")
    return FourEyesRule(
        _some(rule, "dispositions", DISPOSITIONS, source), _some(rule, "bands", get_args(Band), source), float(amount)
    )


def _some(content: Mapping[str, Any], key: str, known: tuple[Any, ...], source: str) -> tuple[Any, ...]:
    given = content.get(key, ())
    if not isinstance(given, list | tuple) or any(one not in known for one in given):
        raise PolicyInvalid(f"{source}: `{key}` is {given!r}.", f"List some of {', '.join(known)}.")
    return tuple(one for one in known if one in given)


def _whole(content: Mapping[str, Any], key: str, least: int, most: int, default: int, source: str) -> int:
    given = content.get(key, default)
    if type(given) is not int or not least <= given <= most:
        raise PolicyInvalid(f"{source}: `{key}` is {given!r}.", f"Write a whole number from {least} to {most}.")
    return given


def _truth(content: Mapping[str, Any], key: str, source: str) -> bool:
    given = content.get(key, True)
    if type(given) is not bool:
        raise PolicyInvalid(f"{source}: `{key}` is {given!r}.", "Write true or false.")
    return given


def _shipped(name: str) -> Path:
    return Path(str(files("resources") / "decisions" / f"{name}.toml"))
