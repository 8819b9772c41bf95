"""The mappings of this user, beside the shipped ones: one TOML file each in a folder."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from domain.errors import MappingInvalid
from domain.guessing import MappingGuess
from domain.mapping import Mapping, load_mapping, mapping_text, shipped_mappings
from domain.private_file import written_whole
from domain.sample import Sample

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file before its import. `problems` tell which of the user's mapping files could not be read."""

    sample: Sample
    guess: MappingGuess
    problems: tuple[str, ...]


def known_mappings(folder: Path) -> tuple[tuple[Mapping, ...], tuple[str, ...]]:
    """The user's mappings and the shipped ones, and a sentence for each file that is no mapping."""
    mappings, problems = [], []
    for name in _places(folder):
        try:
            mappings.append(load_mapping(name))
        except MappingInvalid as broken:
            problems.append(str(broken))
    return tuple(mappings), tuple(problems)


def save_mapping(folder: Path, mapping: Mapping) -> Path:
    """Writes the mapping, in place of the user's own of that name. Raises MappingInvalid."""
    stem = re.sub(r"[^\w.-]+", "-", mapping.name.strip()).strip("-.")
    if not stem or len(stem) > LONGEST_NAME:
        raise MappingInvalid(
            "The mapping needs a name of letters and digits.", f"At most {LONGEST_NAME} of them, such as my-bank."
        )
    if stem in shipped_mappings():
        raise MappingInvalid(f"{stem} is a mapping that whyflag brings along.", "Give yours another name.")
    unfilled = mapping.unfilled(need for _, rules in mapping.columns for rule in rules for need in rule.needs)
    if unfilled:
        raise MappingInvalid(f"The mapping says nothing of {', '.join(unfilled)}, which every row must have.")
    path = folder / f"{stem}.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with written_whole(path) as out:
            out.write(mapping_text(mapping).encode())
    except OSError as failed:
        raise MappingInvalid(f"The mapping could not be written to {path}: {failed.strerror}.") from failed
    return path


def _places(folder: Path) -> Iterator[str]:
    yield from map(str, sorted(folder.glob("*.toml")))
    yield from shipped_mappings()
