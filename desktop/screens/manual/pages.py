"""The manual's pages and the search over them. No widget, no display."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

LONGEST_SNIPPET = 140
PICTURE = ".webp"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the text under it, in Markdown."""

    page: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """One file of resources/manual."""

    name: str
    title: str
    text: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A section that holds every word looked for, and the line where the first stands."""

    section: Section
    snippet: str


def manual_folder() -> Traversable:
    return files("resources") / "manual"


def picture_names(picture: str, theme: str, language: str) -> tuple[str, ...]:
    """The files that may show `queue.webp`, the best first: in this theme and language, in this theme, in any.

    The plain name holds the light theme in English, as whoever reads the page elsewhere sees it.
    """
    stem = picture.removesuffix(PICTURE)
    return f"{stem}-{theme}-{language}{PICTURE}", f"{stem}-{theme}{PICTURE}", picture


def read_pages(folder: Traversable) -> tuple[Page, ...]:
    """By title, the start first."""
    found = [
        _page(file.name.removesuffix(".md"), file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".md")
    ]
    return tuple(sorted(found, key=lambda page: (page.name != "start", page.title.lower())))


def search(pages: tuple[Page, ...], query: str) -> tuple[Hit, ...]:
    """The sections that hold every word of `query`, those that hold it in the heading first."""
    words = query.lower().split()
    if not words:
        return ()
    hits = [
        (any(word in section.heading.lower() for word in words), Hit(section, _snippet(section.text, words)))
        for page in pages
        for section in page.sections
        if all(word in f"{page.title} {section.heading} {section.text}".lower() for word in words)
    ]
    return tuple(hit for _, hit in sorted(hits, key=lambda pair: not pair[0]))


def _page(name: str, text: str) -> Page:
    sections = tuple(_sections(name, text))
    title = next((section.heading for section in sections if section.heading), name)
    return Page(name, title, text, sections)


def _sections(page: str, text: str) -> Iterator[Section]:
    heading, lines, fenced = "", list[str](), False
    for line in text.splitlines():
        fenced ^= line.startswith("```")
        if line.startswith("#") and not fenced:
            if heading or any(lines):
                yield Section(page, heading, "\n".join(lines).strip())
            heading, lines = line.lstrip("#").strip(), []
        else:
            lines.append(line)
    yield Section(page, heading, "\n".join(lines).strip())


def _snippet(text: str, words: list[str]) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    line = next((line for line in lines if any(word in line.lower() for word in words)), lines[0] if lines else "")
    return line if len(line) <= LONGEST_SNIPPET else line[: LONGEST_SNIPPET - 1] + "…"
