"""What typologies and detection rules have in common: TOML files of named rules, refused by file and key."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from domain.errors import RulesInvalid

Condition = TypeVar("Condition")
Table = Mapping[str, Any]


def read_rule_file(path: Path, keys: Iterable[str], texts: Iterable[str], described: str) -> Table:
    """The file's content: no key but `keys`, and `texts` among them present as texts. Raises RulesInvalid.

    `described` is the module whose head describes the format, for the hint.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulesInvalid(f"{path} is no TOML file: {error}.", f"See the head of {described}.") from error
    except OSError as error:
        raise RulesInvalid(f"{path} cannot be read: {error.strerror}.") from error
    check_keys(path, "the rule", content, keys)
    for text in texts:
        if not isinstance(content.get(text), str) or not content[text].strip():
            raise RulesInvalid(f"{path} lacks `{text}`.", "It is a text.")
    return content


def conditions(
    path: Path, content: Table, condition: Callable[[Path, str, Table], Condition]
) -> tuple[tuple[Condition, ...], tuple[Condition, ...]]:
    """The conditions under [[all]] and [[any]], each made by `condition`. Raises RulesInvalid where there is none."""
    found = []
    for part in ("all", "any"):
        tables = content.get(part, [])
        if not isinstance(tables, list):
            raise RulesInvalid(f"{path}: `{part}` is no list of conditions.", f"Write [[{part}]].")
        found.append(
            tuple(condition(path, f"condition {number} of {part}", table) for number, table in enumerate(tables, 1))
        )
    if not any(found):
        raise RulesInvalid(f"{path} has no condition.", "Add [[all]] or [[any]].")
    return found[0], found[1]


def check_keys(path: Path, where: str, table: object, known: Iterable[str]) -> None:
    """Raises RulesInvalid where `table` is none, or has a key that is not known."""
    if not isinstance(table, dict):
        raise RulesInvalid(f"{path}: {where} is no table.")
    unknown = sorted(set(table).difference(known))
    if unknown:
        raise RulesInvalid(
            f"{path}: {where} has the unknown key {unknown[0]!r}.", f"Known: {', '.join(sorted(known))}."
        )
