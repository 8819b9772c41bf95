"""The report as a tagged PDF (PDF/UA-1) by typst.

Data goes in as JSON text, so nothing in it is read as markup; the layout is the template's report.typ. Body fonts
are typst's own, the same everywhere; the machine's fonts only serve scripts that those lack, and a character that no
font has is shown by its number, for PDF/UA allows no missing glyph.
"""

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import typst

from domain.errors import ReportFailed
from domain.rendering.template import ReportTemplate
from domain.rendering.text import named
from domain.rendering.view import view
from domain.reporting import Report

_UNDRAWABLE = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_PROBE = b"""#set document(title: "probe")
#set text(lang: "en", font: "Libertinus Serif")
#for character in json(bytes(sys.inputs.data)) { par(character) }
"""
_PROBES = 20


def render(report: Report, template: ReportTemplate) -> bytes:
    """Raises ReportFailed where typst refuses the document."""
    fonts = typst.Fonts(include_system_fonts=True)
    content = asdict(view(report, template.brand))
    replaced = _undrawable(content, fonts)
    if replaced:
        content = _map_text(content, lambda text: text.translate(replaced))
    content |= {"accent": template.brand.accent, "logo": _logo(template)}
    try:
        return bytes(_compile(template.layout.encode(), content, fonts, int(report.created_at.timestamp())))
    except typst.TypstError as refused:
        raise ReportFailed(
            f"The PDF could not be laid out: {refused.message}.",
            "Check report.typ of an own template. Else write the report as json, and report this message.",
        ) from refused


def _logo(template: ReportTemplate) -> dict[str, object] | None:
    if not template.logo:
        return None
    words = template.brand.logo_alt or template.brand.institution
    return {"data": list(template.logo), "kind": template.logo_kind, "alt": words}


def _compile(template: bytes, data: object, fonts: typst.Fonts, timestamp: int) -> Any:
    return typst.compile(
        template,
        font_paths=fonts,
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards="ua-1",
        timestamp=timestamp,
    )


def _undrawable(content: object, fonts: typst.Fonts) -> dict[int, str]:
    """Which characters no font on this machine can draw, each with what to show instead."""
    text = json.dumps(content, ensure_ascii=False)
    left = {character for character in text if ord(character) > 0x24F}
    replaced: dict[int, str] = {}
    for _ in range(_PROBES):
        if not left:
            return replaced
        try:
            _compile(_PROBE, sorted(left), fonts, 0)
        except typst.TypstError as refused:
            missing = left & set("".join(_names(refused.diagnostic)))
            if not missing:
                break
            replaced |= {ord(character): named(character) for character in missing}
            left -= missing
        else:
            return replaced
    return replaced | {ord(character): named(character) for character in left}


def _names(diagnostic: str) -> list[str]:
    return [_ESCAPED.sub(lambda code: chr(int(code[1], 16)), text) for text in _UNDRAWABLE.findall(diagnostic)]


def _map_text(part: Any, change: Callable[[str], str]) -> Any:
    """The same structure with every string changed."""
    if isinstance(part, str):
        return change(part)
    if isinstance(part, dict):
        return {key: _map_text(value, change) for key, value in part.items()}
    return [_map_text(value, change) for value in part] if isinstance(part, (list, tuple)) else part
