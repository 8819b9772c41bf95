"""The report as a tagged PDF (PDF/UA-1) by typst, in a process of its own (see typesetting).

Data goes in as JSON text, so nothing in it is read as markup; the layout is the template's report.typ. Body fonts
are typst's own, the same everywhere; the machine's fonts only serve scripts that those lack.
"""

import json
import os
import subprocess
from dataclasses import asdict

from domain import child_process
from domain.errors import ReportFailed
from domain.rendering.template import ReportTemplate
from domain.rendering.view import view
from domain.reporting import Report

TYPESETTER = child_process.command("domain.rendering.typesetting")


def render(report: Report, template: ReportTemplate) -> bytes:
    """Raises ReportFailed where typst refuses the document."""
    request = _request(report, template)
    environment = {**os.environ, "PYTHONPATH": child_process.search_path()}
    made = subprocess.run(TYPESETTER, input=request, capture_output=True, env=environment, check=False)
    if made.returncode == 0:
        return made.stdout
    told = made.stderr.decode("utf-8", "replace").strip()
    raise ReportFailed(
        f"The PDF could not be laid out: {told or f'its process ended with {made.returncode}'}.",
        "Check report.typ of an own template. Else write the report as json, and report this message.",
    )


def _request(report: Report, template: ReportTemplate) -> bytes:
    content = asdict(view(report, template.brand)) | {"accent": template.brand.accent, "logo": _logo(template)}
    timestamp = int(report.created_at.timestamp())
    return json.dumps({"layout": template.layout, "content": content, "timestamp": timestamp}).encode()


def _logo(template: ReportTemplate) -> dict[str, object] | None:
    if not template.logo:
        return None
    words = template.brand.logo_alt or template.brand.institution
    return {"data": list(template.logo), "kind": template.logo_kind, "alt": words}
