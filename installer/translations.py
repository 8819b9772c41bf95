"""Collects the window's words into resources/translations/LANGUAGE.po, and compiles LANGUAGE.mo, which it reads.

python -m installer.translations            # after words were added, and again after translating them

Entries that no code uses are dropped; a new one has an empty translation, and is shown in English until it has one.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from desktop.support.spoken import LIST
from domain.transactions import CONTRACT
from domain.typology import load_rules
from installer.phrases import phrases

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "resources" / "translations"
WIDTH = 110


def used_words(root: Path = ROOT) -> Catalog:
    """What desktop/ names with tr, trn or mark, what domain and models say, names of patterns and columns."""
    catalogue = Catalog(charset="utf-8")
    for file in sorted((root / "desktop").rglob("*.py")):
        for message in _messages(ast.parse(file.read_text(encoding="utf-8"))):
            catalogue.add(message, locations=[(str(file.relative_to(root)), 0)])
    for phrase in phrases(root):
        catalogue.add(phrase.text, locations=[(phrase.file, 0)])
    for rule in load_rules().rules:
        catalogue.add(rule.name, locations=[("resources/typologies", 0)])
    for column in CONTRACT:
        catalogue.add(column.meaning, locations=[("domain/transactions.py", 0)])
    return catalogue


def _messages(tree: ast.AST) -> Iterator[str | tuple[str, str]]:
    """By the syntax tree: Babel's own extraction does not look into f-strings."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
            continue
        if node.func.id == "trn":
            (one,), (many,) = _texts(node.args[0]), _texts(node.args[1])
            yield one, many
        elif node.func.id in ("tr", "mark"):
            yield from filter(None, _texts(node.args[0]))


def _texts(node: ast.expr) -> tuple[str, ...]:
    """The literal texts that an argument can be; none for a variable, whose text is named with mark elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return (node.value,)
    if isinstance(node, ast.IfExp):
        return (*_texts(node.body), *_texts(node.orelse))
    return ()


def read_catalogue(language: str) -> Catalog:
    with (FOLDER / f"{language}.po").open("rb") as stream:
        return read_po(stream, locale=language)


def languages() -> tuple[str, ...]:
    return tuple(path.stem for path in sorted(FOLDER.glob("*.po")))


def renew(language: str) -> int:
    """Returns how many entries wait for a translation."""
    catalogue = read_catalogue(language)
    catalogue.update(used_words(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    with (FOLDER / f"{language}.po").open("wb") as stream:
        write_po(stream, catalogue, width=WIDTH, sort_output=True, include_lineno=False, ignore_obsolete=True)
    with (FOLDER / f"{language}.mo").open("wb") as stream:
        write_mo(stream, catalogue)
    return sum(1 for message in catalogue if message.id and not is_translated(message.string))


def write_phrases() -> None:
    """For `desktop.support.spoken`."""
    (FOLDER / LIST).write_text("".join(f"{text}\n" for text in listed_phrases()), encoding="utf-8")


def listed_phrases(root: Path = ROOT) -> list[str]:
    return sorted({phrase.text for phrase in phrases(root)})


def is_translated(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


if __name__ == "__main__":
    write_phrases()
    waiting = {language: renew(language) for language in languages()}
    for language, count in waiting.items():
        print(f"{language}: {count} entries without a translation")
    sys.exit(1 if any(waiting.values()) else 0)
