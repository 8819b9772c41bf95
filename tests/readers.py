"""A report in the programs that others read it with: `python -m tests.readers --out D --axe FILE [--report FOLDER]`.

The HTML in headless Chromium (accessibility by axe, `npm install axe-core`; pictures on a desk, on a phone and in
print), the workbook in LibreOffice (every number against the JSON report). Without `--report`, three made-up cases.
Exits with 1 where one of them finds fault. It needs programs that no test may rely on, so the suite does not run it.
"""

import argparse
import csv
import json
import re
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from domain.rendering import render
from domain.reporting import Format
from tests.reports import a_report

SIZES = (("desk", "1280,2400"), ("phone", "500,2400"))  # Chromium's window is no narrower than 500
CHROMIUM = ("chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
# Comma, quote, UTF-8, from line 1; values as they are and not as shown; each sheet as a file of its own
CSV_OF_ALL_SHEETS = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
FOUND = re.compile(r'<pre id="axe-found">(.*?)</pre>', re.DOTALL)
AXE = """<script>{axe}</script><script>
axe.run(document, {{resultTypes: ["violations", "incomplete"]}}).then(found => {{
  const told = document.createElement("pre");
  told.id = "axe-found";
  const brief = list => list.map(one => [one.id, one.impact, one.nodes.length, one.nodes[0].html.slice(0, 200)]);
  const all = {{
    violations: brief(found.violations), incomplete: brief(found.incomplete), passes: found.passes.length
  }};
  told.textContent = btoa(unescape(encodeURIComponent(JSON.stringify(all))));
  document.body.append(told);
}});
</script>"""


def made(folder: Path) -> dict[Format, Path]:
    files: dict[Format, Path] = {}
    formats: tuple[Format, ...] = ("html", "xlsx", "json")
    for format in formats:
        files[format] = folder / f"report.{format}"
        files[format].write_bytes(render(a_report(), format))
    return files


def accessibility(page: Path, axe: Path, folder: Path) -> Iterator[str]:
    """What axe finds, one line each. Its script runs in a copy without the page's policy, which would refuse it."""
    html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text("utf-8"))
    copy = folder / "with-axe.html"
    copy.write_text(html.replace("</body>", AXE.format(axe=axe.read_text("utf-8")) + "</body>"), "utf-8")
    for mode in ("light", "dark"):
        options = ["--blink-settings=preferredColorScheme=" + {"dark": "0", "light": "1"}[mode]]
        command = [*CHROMIUM, *options, "--virtual-time-budget=60000", "--dump-dom", copy.as_uri()]
        dom = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        answer = FOUND.search(dom)
        if answer is None:
            yield f"axe gave no answer in {mode}"
            continue
        found = json.loads(b64decode(answer[1]))
        print(f"axe, {mode}: {found['passes']} rules pass, {len(found['violations'])} fail")
        for one in found["incomplete"]:
            print(f"  to be looked at: {one}")
        yield from (f"axe, {mode}: {one}" for one in found["violations"])


def pictures(page: Path, folder: Path) -> None:
    for name, size in SIZES:
        command = [*CHROMIUM, f"--window-size={size}", f"--screenshot={folder / f'{name}.png'}", page.as_uri()]
        subprocess.run(command, capture_output=True, check=True)
    command = [*CHROMIUM, f"--print-to-pdf={folder / 'print.pdf'}", "--no-pdf-header-footer", page.as_uri()]
    subprocess.run(command, capture_output=True, check=True)


def numbers(workbook: Path, report: Path, folder: Path) -> Iterator[str]:
    """Where LibreOffice reads another number, time or text than the JSON report holds."""
    profile = f"-env:UserInstallation={(folder / 'profile').absolute().as_uri()}"
    command = [
        "soffice", profile, "--headless", "--convert-to", CSV_OF_ALL_SHEETS, "--outdir", str(folder), str(workbook)
    ]  # fmt: skip
    subprocess.run(command, capture_output=True, check=True)
    document: dict[str, Any] = json.loads(report.read_text("utf-8"))
    cases = _sheet(folder, workbook, "Cases")
    evidence = iter(_sheet(folder, workbook, "Evidence"))
    yield from _differ("cases", len(document["cases"]), len(cases))
    compared = 0
    for case, row in zip(document["cases"], cases, strict=True):
        explanation, transaction = case["explanation"], case["transaction"]
        name = explanation["alert_id"] or explanation["transaction_id"]
        expected = [
            (transaction["amount"], row["amount"]),
            (explanation["score"], row["score"]),
            (explanation["threshold"], row["threshold"]),
            (transaction["occurred_at"].replace("T", " "), row["time"]),
        ]
        for item in explanation["evidence"]:
            told = next(evidence)
            expected += [
                (item["id"], told["id"]),
                (item["rank"], told["rank"]),
                (item["value"], told["value"]),
                (item["baseline"], told["baseline"]),
                (item["contribution"], told["contribution"]),
            ]
        for there, here in expected:
            compared += 1
            yield from _differ(name, there, here)
    print(f"LibreOffice: {len(cases):,} cases, {compared:,} values compared with the JSON report")


def _sheet(folder: Path, workbook: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{workbook.stem}-{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _differ(where: str, there: object, here: object) -> Iterator[str]:
    """A number may differ by what 15 digits, all that a spreadsheet shows, leave out."""
    if isinstance(there, int | float) and not isinstance(there, bool):
        same = bool(here) and abs(float(str(here)) - there) <= 1e-14 * abs(there)
    else:
        same = str("" if there is None else there) == str(here)
    if not same:
        yield f"{where}: {there!r} in the JSON report, {here!r} in LibreOffice"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--axe", type=Path, required=True)
    parser.add_argument("--report", type=Path)
    arguments = parser.parse_args()
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    files = made(out) if arguments.report is None else _found(arguments.report)
    html = files["html"].absolute()
    faults = [*accessibility(html, arguments.axe, out.absolute()), *numbers(files["xlsx"], files["json"], out)]
    pictures(html, out.absolute())
    for fault in faults:
        print(fault)
    print(f"{len(faults)} faults; pictures in {out}")
    return 1 if faults else 0


def _found(folder: Path) -> dict[Format, Path]:
    endings: tuple[Format, ...] = ("html", "xlsx", "json")
    return {end: next(path for path in folder.glob(f"*.{end}") if "manifest" not in path.name) for end in endings}


if __name__ == "__main__":
    sys.exit(main())
