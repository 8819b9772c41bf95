"""Gathers the licence texts of all packages of this environment: licences.py OUT. One folder for each package."""

import re
import shutil
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.utils import canonicalize_name

TEXT = re.compile(r"(licen[cs]e|copying|notice|authors)[^/]*$", re.IGNORECASE)
TOOLS = frozenset(("pip", "pyinstaller", "pyinstaller-hooks-contrib", "altgraph", "hatchling", "whyflag"))


def texts(package: Distribution) -> list[Path]:
    """Of the package itself and of what it carries, by their place in it."""
    found = [
        Path(file) for file in package.files or () if TEXT.search(str(file)) and file.suffix not in (".py", ".pyc")
    ]
    return sorted(file for file in found if ".." not in file.parts and Path(str(package.locate_file(file))).is_file())


def gather(out: Path) -> None:
    for package in distributions():
        name = canonicalize_name(package.name)
        if name in TOOLS:
            continue
        for file in texts(package):
            place = out / name / "-".join(part for part in file.parts if not part.endswith(".dist-info"))
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(package.locate_file(file)), place)


if __name__ == "__main__":
    gather(Path(sys.argv[1]))
