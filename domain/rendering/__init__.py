"""Renderings of a report: a pure function from its content to a file's bytes, one module a format."""

from collections.abc import Callable
from importlib import import_module

from domain.reporting import Format, Report


def render(report: Report, format: Format) -> bytes:
    """The whole file. The same report gives the same bytes. Raises ReportFailed where a format's writer refuses."""
    renderer: Callable[[Report], bytes] = import_module(f"domain.rendering.{format}").render
    return renderer(report)
