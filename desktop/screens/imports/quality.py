"""The import-quality report as text."""

from dataclasses import fields, is_dataclass

from desktop.support.formats import Formats


def quality_text(report: object, formats: Formats) -> str:
    if not is_dataclass(report):
        return "Done."
    return "\n".join(f"{field.name.replace('_', ' ')}: {getattr(report, field.name)}" for field in fields(report))
