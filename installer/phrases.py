"""The phrases that domain and models make for people: messages and hints of errors, and steps of progress.

They are f-strings, so a phrase is named by what stands still in it: `No file {0} of {1}.` What differs is a number in
braces. `desktop.support.spoken` finds the phrase that a text was made from, and says it in another language.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from domain import errors

FOLDERS = ("domain", "models")
PROGRESS = "Progress"
# What only the command meets: it speaks English.
BY_COMMAND = {
    "AuditBroken", "BackupFailed", "BackupUnusable", "BundleUnknown", "PolicyInvalid", "RecoveryKeyWrong",
    "ReportUnreadable", "RulesInvalid", "UnknownRule", "UserExists",
}  # fmt: skip
BY_COMMAND_IN = (
    "domain/replay.py", "domain/rules", "domain/store/backups", "domain/store/damage.py", "domain/typology_quality.py",
    "domain/access/wrapping.py", "models/classifier/evaluation.py", "models/narrator/training.py",
    "models/narrator/specialising.py", "models/narrator/base_model.py", "models/narrator/trust.py",
    "models/narrator/evaluation.py",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Phrase:
    text: str
    file: str


def phrases(root: Path) -> Iterator[Phrase]:
    """Each once for each file."""
    files = [file for folder in FOLDERS for file in sorted((root / folder).rglob("*.py"))]
    trees = {str(file.relative_to(root)): ast.parse(file.read_text(encoding="utf-8")) for file in files}
    everywhere = {name: text for tree in trees.values() for name, text in _constants(tree).items()}
    for name, tree in trees.items():
        if not name.startswith(BY_COMMAND_IN):
            known = everywhere | _constants(tree)
            found = {text: None for call in _calls(tree) for node in call for text in _texts(node, known)}
            yield from (Phrase(text, name) for text in found if any(map(str.isalpha, text)))


def _calls(tree: ast.AST) -> Iterator[list[ast.expr]]:
    """The arguments that a person reads, of each error and each step."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id == PROGRESS:
                yield node.args[:1]
            elif node.func.id not in BY_COMMAND and _is_error(node.func.id):
                yield node.args


def _is_error(name: str) -> bool:
    kind = getattr(errors, name, None)
    return isinstance(kind, type) and issubclass(kind, errors.WhyflagError)


def _constants(tree: ast.Module) -> dict[str, str]:
    return {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }


def _texts(node: ast.expr, known: dict[str, str]) -> tuple[str, ...]:
    """None for what is put together elsewhere: it stays English."""
    if isinstance(node, ast.Constant):
        return (node.value,) if isinstance(node.value, str) else ()
    if isinstance(node, ast.JoinedStr):
        return (_named(node),)
    if isinstance(node, ast.IfExp):
        return (*_texts(node.body, known), *_texts(node.orelse, known))
    if isinstance(node, ast.Name) and node.id in known:
        return (known[node.id],)
    return ()


def _named(node: ast.JoinedStr) -> str:
    parts, number = list[str](), 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        else:
            parts.append(f"{{{number}}}")
            number += 1
    return "".join(parts)
