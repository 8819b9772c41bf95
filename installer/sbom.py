"""Writes the software bill of materials of a lock file as CycloneDX 1.6 JSON; needs neither network nor packages.

python installer/sbom.py [cpu|cuda] > whyflag.cdx.json

Every locked package with its version, its hashes and what it is needed by, and the base model. The same lock gives the
same bytes: no time, and a serial number made of the content. For known weaknesses, on a machine with a network:
pip-audit --require-hashes --disable-pip -r installer/locks/cpu.txt
"""

import hashlib
import json
import re
import sys
import tomllib
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
ENTRY = re.compile(
    r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>\S+) \\\n(?P<hashes>(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)"
    r"(?P<via>(?:    #.*\n)*)",
    re.MULTILINE,
)
LICENCE = re.compile(r"^\| (\S+) \| (\S+) \| (.+?) \|$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Locked:
    """A package of a lock file; `needed_by` are packages, or files of this project."""

    name: str
    version: str
    sha256: tuple[str, ...]
    needed_by: tuple[str, ...]

    @property
    def reference(self) -> str:
        return f"pkg:pypi/{self.name}@{self.version.replace('+', '%2B')}"


def read_lock(text: str) -> tuple[Locked, ...]:
    return tuple(
        Locked(
            entry["name"],
            entry["version"],
            tuple(re.findall(r"sha256:([0-9a-f]{64})", entry["hashes"])),
            tuple(re.findall(r"#\s+(?:via )?((?:-r )?[\w./-]+(?: \([\w./-]+\))?)\s*$", entry["via"], re.MULTILINE)),
        )
        for entry in ENTRY.finditer(text + "\n")
    )


def bill(root: Path, lock: str) -> dict[str, Any]:
    """The document. `lock` is cpu or cuda."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    packages = read_lock((root / "installer" / "locks" / f"{lock}.txt").read_text(encoding="utf-8"))
    licences = {
        re.sub(r"[._]", "-", name.lower()): licence
        for name, _, licence in LICENCE.findall((root / "THIRD_PARTY_NOTICES.md").read_text(encoding="utf-8"))
    }
    me = f"pkg:pypi/{project['name']}@{project['version']}"
    [base] = re.findall(r"^(\S+)==(\S+).*?sha256:([0-9a-f]{64})", (root / "installer" / "base_model.txt").read_text(
        encoding="utf-8"), re.MULTILINE | re.DOTALL)  # fmt: skip
    model = f"pkg:pypi/{base[0]}@{base[1]}"
    references = {package.name: package.reference for package in packages}
    needs: dict[str, set[str]] = {reference: set() for reference in (me, model, *references.values())}
    for package in packages:
        for parent in package.needed_by:
            needs[references.get(parent, me)].add(package.reference)
    needs[me].add(model)
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": me,
                "name": project["name"],
                "version": project["version"],
                "licenses": [{"license": {"id": project["license"]}}],
            },
            "properties": [{"name": "whyflag:lock", "value": lock}],
        },
        "components": [_component(package, licences.get(package.name, "")) for package in packages]
        + [
            {
                "type": "machine-learning-model",
                "bom-ref": model,
                "name": base[0],
                "version": base[1],
                "purl": model,
                "hashes": [{"alg": "SHA-256", "content": base[2]}],
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        ],
        "dependencies": [{"ref": ref, "dependsOn": sorted(on)} for ref, on in sorted(needs.items())],
    }
    digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    return {"serialNumber": f"urn:uuid:{uuid.UUID(digest[:32], version=4)}", **document}


def _component(package: Locked, licence: str) -> dict[str, Any]:
    """The hashes are of the files that the lock allows: one for each platform's wheel, and the source's."""
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": package.reference,
        "name": package.name,
        "version": package.version,
        "purl": package.reference,
        "externalReferences": [
            {
                "type": "distribution",
                "url": f"https://pypi.org/project/{package.name}/{package.version}/",
                "hashes": [{"alg": "SHA-256", "content": sha256} for sha256 in package.sha256],
            }
        ],
    }
    return component | ({"licenses": [{"license": {"name": licence}}]} if licence else {})


def main() -> None:
    lock = sys.argv[1] if len(sys.argv) > 1 else "cpu"
    json.dump(bill(ROOT, lock), sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
