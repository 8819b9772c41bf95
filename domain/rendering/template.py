"""A report's template: layout files and a bank's own marks, in a folder that can be copied and changed.

resources/report/standard/
  report.typ     the PDF's layout      report.css     the HTML's style      brand.toml     the marks:

institution = "First Bank"                # beside the title
title = "Fraud alert report"              # "" for the report's own
confidential = "..."                      # the mark on cover and pages; "" for the usual one
note = "..."                              # a paragraph on the cover
logo = "logo.svg"                         # PNG or SVG in the folder, with
logo_alt = "First Bank"                   # its words
accent = "#1f4e79"                        # headings and lines
sections = ["summary", "model", "cases", "suspicion", "method", "audit"]   # which, in this order
"""

import re
import tomllib
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, get_args

from domain.errors import TemplateInvalid

Section = Literal["summary", "model", "cases", "suspicion", "method", "audit"]
SECTIONS: tuple[Section, ...] = get_args(Section)
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
MOST_LOGO = 512 * 1024  # bytes
SHIPPED = "standard"


@dataclass(frozen=True, slots=True)
class Brand:
    """The entries of brand.toml, checked."""

    institution: str = ""
    title: str = ""
    confidential: str = ""
    note: str = ""
    logo: str = ""
    logo_alt: str = ""
    accent: str = "#1f4e79"
    sections: tuple[Section, ...] = SECTIONS


@dataclass(frozen=True, slots=True)
class ReportTemplate:
    """`layout` is typst, `style` is CSS, `logo` an image's bytes (empty: none)."""

    layout: str
    style: str
    brand: Brand
    logo: bytes = b""

    @property
    def logo_kind(self) -> Literal["svg", "png"]:
        return "png" if self.logo.startswith(b"\x89PNG") else "svg"


def shipped_templates() -> tuple[str, ...]:
    """The names that `load_template` knows."""
    folder = Path(str(files("resources") / "report"))
    return tuple(sorted(path.name for path in folder.iterdir() if (path / "brand.toml").is_file()))


def load_template(name: str = SHIPPED) -> ReportTemplate:
    """A shipped template by its name, or a folder by its path. Raises TemplateInvalid naming the file and entry."""
    shipped = shipped_templates()
    folder = Path(str(files("resources") / "report")) / name if name in shipped else Path(name)
    if not folder.is_dir():
        raise TemplateInvalid(
            f"{name!r} is neither a template nor a folder.", f"Shipped are: {', '.join(shipped)}; copy one to start."
        )
    brand = _brand(folder / "brand.toml")
    logo = _read(folder / brand.logo) if brand.logo else b""
    if len(logo) > MOST_LOGO or (logo and not logo.startswith(b"\x89PNG") and b"<svg" not in logo[:4096]):
        raise TemplateInvalid(
            f"{folder / brand.logo} is no logo.", f"It is a PNG or SVG of at most {MOST_LOGO // 1024} KiB."
        )
    return ReportTemplate(_text(folder / "report.typ"), _text(folder / "report.css"), brand, logo)


def _brand(path: Path) -> Brand:
    try:
        given: dict[str, Any] = tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as broken:
        raise TemplateInvalid(
            f"{path} is no TOML file: {broken}.", "See the head of domain/rendering/template.py."
        ) from broken
    known = {field.name for field in fields(Brand)}
    for name, value in given.items():
        if name not in known:
            raise TemplateInvalid(f"{path} has the unknown entry {name!r}.", f"Known: {', '.join(sorted(known))}.")
        if name != "sections" and not isinstance(value, str):
            raise TemplateInvalid(f"{path}: {name} is no text.", "Put it in quotes.")
    sections = given.pop("sections", list(SECTIONS))
    if not isinstance(sections, list) or not set(sections) <= set(SECTIONS) or len(set(sections)) < len(sections):
        raise TemplateInvalid(f"{path}: sections are not each one of them.", f"Some of {', '.join(SECTIONS)}.")
    brand = Brand(**given, sections=tuple(sections))
    if not COLOUR.fullmatch(brand.accent):
        raise TemplateInvalid(f"{path}: accent is {brand.accent!r}, no colour.", 'Write it as "#1f4e79".')
    if Path(brand.logo).name != brand.logo:
        raise TemplateInvalid(f"{path}: the logo {brand.logo!r} is not in the folder.", "Name a file beside it.")
    return brand


def _text(path: Path) -> str:
    try:
        return _read(path).decode("utf-8")
    except UnicodeDecodeError as broken:
        raise TemplateInvalid(f"{path} is no UTF-8 text.", "Save it as UTF-8.") from broken


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as missing:
        raise TemplateInvalid(
            f"{path} cannot be read: {missing.strerror or missing}.", "Copy a shipped one."
        ) from missing
