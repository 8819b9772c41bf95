"""The typesetting process: `python -m domain.rendering.typesetting`. One request on stdin, a PDF on stdout.

Typst keeps more than a megabyte a page until its process ends, so a PDF is made in one that ends with it. It holds no
key and no store. A character that no font has is shown by its number, for PDF/UA allows no missing glyph.
"""

import json
import re
import resource
import sys
from collections.abc import Callable
from typing import Any

import typst

from domain.rendering.text import named

_UNDRAWABLE = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_PROBE = b"""#set document(title: "probe")
#set text(lang: "en", font: "Libertinus Serif")
#for character in json(bytes(sys.inputs.data)) { par(character) }
"""
_PROBES = 20


def main() -> int:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    request: dict[str, Any] = json.load(sys.stdin.buffer)
    try:
        pdf = typeset(request["layout"], request["content"], request["timestamp"])
    except typst.TypstError as refused:
        sys.stderr.write(refused.message)
        return 1
    sys.stdout.buffer.write(pdf)
    return 0


def typeset(layout: str, content: Any, timestamp: int) -> bytes:
    """Raises typst.TypstError where the layout does not compile."""
    fonts = typst.Fonts(include_system_fonts=True)
    if replaced := _undrawable(content, fonts):
        content = _map_text(content, lambda text: text.translate(replaced))
    return bytes(_compile(layout.encode(), content, fonts, timestamp))


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


if __name__ == "__main__":
    sys.exit(main())
