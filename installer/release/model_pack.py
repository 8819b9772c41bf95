"""Puts the language model's files where a package of it takes them from: model_pack.py BASE OUT.

BASE is the base model as it was quantized on this machine. It has to be the one that the shipped adapter was trained
on: then the adapter's signature vouches for both, and no key of this machine gets into the package.
"""

import json
import os
import shutil
import sys
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from models.narrator.artifacts import MANIFEST, verified_hash
from models.narrator.trust import SIGNATURE

ADAPTER = "smollm2-135m-explain"


def pack(base: Path, adapter: Path, out: Path, made: datetime) -> None:
    """Raises ModelRefused where a file differs from its manifest, ValueError where the two do not belong together."""
    trained_on = json.loads((adapter / MANIFEST).read_text(encoding="utf-8"))["base_weights_sha256"]
    if (here := verified_hash(base)) != trained_on:
        raise ValueError(f"the base quantized here is {here}, but the adapter was trained on {trained_on}")
    verified_hash(adapter)
    shutil.copytree(base, out / base.name, ignore=shutil.ignore_patterns(SIGNATURE))
    shutil.copytree(adapter, out / adapter.name)
    manifest = out / base.name / MANIFEST
    facts = json.loads(manifest.read_text(encoding="utf-8")) | {"version": f"{made:%Y%m%d%H%M%S}"}
    manifest.write_text(json.dumps(facts, indent=2), encoding="utf-8")


if __name__ == "__main__":
    pack(
        Path(sys.argv[1]),
        Path(str(files("resources") / "adapters" / ADAPTER)),
        Path(sys.argv[2]),
        datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC),
    )
