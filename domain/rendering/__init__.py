"""Renderings of a report: a pure function from its content and a template to a file's bytes, one module a format."""

from collections.abc import Callable
from importlib import import_module

from domain.rendering.template import ReportTemplate, load_template
from domain.reporting import Format, Report


def render(report: Report, format: Format, template: ReportTemplate | None = None) -> bytes:
    """The whole file. The same report gives the same bytes. Raises ReportFailed where a format's writer refuses."""
    renderer: Callable[[Report, ReportTemplate], bytes] = import_module(f"domain.rendering.{format}").render
    return renderer(report, template or load_template())
